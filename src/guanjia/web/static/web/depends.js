// Fields that hang on other fields: shown and demanded as the manual says, without a reload. The server decides again.
// data-rules on a field: {"show": condition, "require": condition or true or false, "facts": what the case knows}.
import { onEach } from "./common.js";
import { fenOf, milliOf } from "./lines.js";

/** Whether there is anything in a value. */
export const isSet = (value) => value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && !value.length)
  && !(typeof value === "object" && value !== null && !Object.keys(value).length);
const same = (have, want) => have === want || (!isSet(have) && have !== "" && want === null);
const oneOf = (have, want) => (Array.isArray(want) ? want.some((one) => same(have, one)) : same(have, want));
const among = (have, want) => {
  if (have === null || typeof have !== "object" && typeof have !== "string") return false;
  const holds = (one) => (Array.isArray(have) || typeof have === "string" ? have.includes(one) : one in have);
  return Array.isArray(want) ? want.some(holds) : holds(want);
};
// moments without a fraction sort as moments do
const sortable = (value) => (/^[^.]*:\d\dZ$/.test(value) ? value.replace("Z", ".000000Z") : value);
const ordered = (compare) => (have, want) =>
  isSet(have) && isSet(want) && typeof have === typeof want && compare(sortable(have), sortable(want));

const TESTS = {
  is: same,
  not: (have, want) => !oneOf(have, want),
  in: oneOf,
  has: among,
  lacks: (have, want) => !among(have, want),
  set: (have, want) => isSet(have) === want,
  gt: ordered((a, b) => a > b),
  ge: ordered((a, b) => a >= b),
  lt: ordered((a, b) => a < b),
  le: ordered((a, b) => a <= b),
  // how late it will be when the step arrives is the office's to say
  within: () => true,
  past: () => true,
};

/** A fact by name; dots reach into tables, `.count` counts a list. The same as policy/conditions.py. */
export function lookup(facts, name) {
  if (name in facts) return facts[name];
  let value = facts;
  for (const part of name.split(".")) {
    if (part === "count" && Array.isArray(value)) return value.length;
    if (value === null || typeof value !== "object" || Array.isArray(value) || !(part in value)) return undefined;
    value = value[part];
  }
  return value;
}

/** Whether a condition of a manual holds; `read` gives a fact by name. The same as policy/conditions.py. */
export function holds(condition, read) {
  return Object.entries(condition).every(([name, want]) => {
    if (name === "any") return want.some((part) => holds(part, read));
    const have = read(name);
    const meant = (one) =>
      typeof one === "string" && one.startsWith("=") ? read(one.slice(1)) ?? (typeof have === "number" ? 0 : undefined) : one;
    if (want === null || typeof want !== "object" || Array.isArray(want)) return oneOf(have, meant(want));
    return Object.entries(want).every(([operator, operand]) => TESTS[operator](have, meant(operand)));
  });
}

function rowsOf(field, key) {
  return [...field.querySelectorAll("[data-line]")]
    .map((row) => Object.fromEntries([...row.querySelectorAll("[name]")].map((input) => [input.name.split("-").pop(), input.value.trim()])))
    .filter((row) => row.name || row.price)
    .map((row) => ({ ...row, fen: key && row.price ? ((fenOf(row.price) ?? 0n) * (milliOf(row.qty || "1") ?? 0n) + 500n) / 1000n : 0n }));
}

function add(seen, field) {
  const { field: key, kind } = field.dataset;
  const named = [...field.querySelectorAll(`[name="${key}"]`)];
  const checked = named.filter((input) => input.checked).map((input) => input.value);
  let value;
  if (kind === "tick") value = checked.length ? true : undefined;
  else if (kind === "bool") value = checked.length ? checked[0] === "true" : undefined;
  else if (kind === "choice") [value] = checked;
  else if (kind === "multi") value = checked;
  else if (["lines", "items", "suppliers"].includes(kind)) {
    const rows = rowsOf(field, key);
    value = rows;
    if (kind === "lines" && rows.length) seen[`${key}_fen`] = Number(rows.reduce((sum, row) => sum + row.fen, 0n));
  } else if (kind === "amount") value = fenOf(named[0]?.value ?? "") === null ? undefined : Number(fenOf(named[0].value));
  else if (kind === "number") value = /^-?\d+$/.test(named[0]?.value.trim() ?? "") ? Number(named[0].value) : undefined;
  else if (kind === "signature") value = field.querySelector(`[name="${key}-png"]`)?.value;
  else if (kind === "photos") value = named.flatMap((input) => (input.type === "file" ? [...input.files].map((file) => file.name) : [input.value]));
  else value = named[0]?.value.trim();
  if (isSet(value)) seen[key] = value;
}

function insist(field, required) {
  const word = field.querySelector(".req");
  if (word) word.hidden = !required;
  const { field: key, kind } = field.dataset;
  if (["lines", "items", "suppliers", "multi", "photos", "signature"].includes(kind)) return;
  for (const input of field.querySelectorAll(`[name="${key}"]`)) input.required = required;
}

function show(field, shown) {
  field.hidden = !shown;
  field.toggleAttribute("data-off", !shown);
  for (const input of field.querySelectorAll("input, select, textarea, button")) input.disabled = !shown;
}

const ahead = new WeakMap();

/** The facts that a form is to be read with, instead of those that came with it: steps that wait in the phone come first. */
export function readWith(form, facts) {
  ahead.set(form, facts);
}

/** Goes through the fields in their order, as the server does: each sees only what stands before it. Gives what was entered. */
export function refresh(form) {
  const seen = {}, later = ahead.get(form);
  for (const field of form.querySelectorAll("[data-field]")) {
    if (field.dataset.rules) {
      const rules = JSON.parse(field.dataset.rules);
      const read = (name) => (name in seen ? seen[name] : later ? lookup(later, name) : rules.facts[name]);
      const shown = holds(rules.show, read);
      show(field, shown);
      insist(field, shown && (typeof rules.require === "boolean" ? rules.require : holds(rules.require, read)));
      if (!shown) continue;
    }
    add(seen, field);
  }
  return seen;
}

/** Wires every form that has fields with rules. */
export function startDepends() {
  onEach("form", (form) => {
    if (!form.querySelector("[data-rules]")) return;
    form.addEventListener("input", () => refresh(form));
    form.addEventListener("change", () => refresh(form));
    form.addEventListener("reset", () => setTimeout(() => refresh(form)));
    refresh(form);
  });
}
