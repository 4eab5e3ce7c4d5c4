// Where a job stands once the steps that wait in this phone have been done: the manual's own states, outcomes and
// conditions, as the job's kit brought them (web/field/kit.py). What a phone cannot know the office decides afterwards.
import { holds, isSet, lookup } from "./depends.js";

const reads = (facts) => (name) => lookup(facts, name);
const holdsFor = (condition, facts) => condition === true || (condition !== false && holds(condition, reads(facts)));

function reckoned(field, facts) {
  if (field.kind === "derived") return field.choices.find((one) => holdsFor(one.when, facts))?.value;
  if (field.kind === "marks") return field.choices.filter((one) => holdsFor(one.when, facts)).map((one) => one.value);
  if (field.kind === "elapsed" || field.kind === "share") return undefined; // the office reckons it
  const parts = field.of.map((name) => [name.startsWith("-") ? -1 : 1, lookup(facts, name.replace(/^-/, ""))]);
  if (field.kind === "sum") return parts.reduce((sum, [sign, value]) => sum + sign * (Number.isInteger(value) ? value : 0), 0);
  return parts.every(([, value]) => Number.isInteger(value)) ? parts.reduce((all, [, value]) => all * value, 1) : undefined;
}

// what an effect of the engine does to the facts that conditions read
const EFFECTS = {
  charge: (facts, amount) => ({ balance_fen: (facts.balance_fen ?? 0) + amount, charged_fen: (facts.charged_fen ?? 0) + amount }),
  set_charge: (facts, amount) => ({ balance_fen: (facts.balance_fen ?? 0) + amount - (facts.charged_fen ?? 0), charged_fen: amount }),
  collect: (facts, amount) => ({ balance_fen: (facts.balance_fen ?? 0) - amount }),
  take_in_hand: (facts, amount) => ({ balance_fen: (facts.balance_fen ?? 0) - amount }),
  appoint: (_facts, _amount, value) => ({ appointment_at: value }),
  clear_appointment: () => ({ appointment_at: undefined }),
  complete: (_facts, _amount, _value, at) => ({ completed_at: at }),
};

function effected(facts, effects, seen, at) {
  let found = facts;
  for (const one of effects) {
    if (holdsFor(one.when, seen)) found = { ...found, ...EFFECTS[one.do](found, Number(seen[one.amount] ?? 0), seen[one.field], at) };
  }
  return found;
}

// A moment as the office writes it (kernel/moments.iso): conditions compare moments as text.
const asKept = (at) => new Date(at).toISOString().replace(".000Z", "Z");

/** The facts after an action with this input; keptAt: when it was done, as ISO text. */
export function after(facts, action, data, keptAt) {
  const at = asKept(keptAt);
  const seen = { ...facts }, kept = {};
  for (const field of action.fields) {
    if (!holdsFor(field.show, seen)) continue;
    const computed = ["derived", "sum", "product", "marks", "elapsed", "share"].includes(field.kind);
    const value = computed ? reckoned(field, seen) : data[field.key];
    if (!isSet(value)) continue;
    seen[field.key] = value;
    if (field.keep) kept[field.key] = value;
    const total = data[`${field.key}_fen`];
    if (field.kind === "lines" && total !== undefined) {
      seen[`${field.key}_fen`] = total;
      if (field.keep) kept[`${field.key}_fen`] = total;
    }
  }
  if (action.joint) return facts;
  const way = action.outcomes.find((one) => holdsFor(one.when, seen));
  const events = action.forget.includes("events") ? {} : { ...facts.events };
  for (const event of [...action.emits, ...(way?.emits ?? [])]) {
    const last = events[event] ?? {};
    events[event] = { n: (last.n ?? 0) + 1, at, first_at: last.first_at ?? last.at ?? at };
  }
  const forgotten = Object.fromEntries(action.forget.filter((name) => !(name in kept)).map((name) => [name, undefined]));
  const found = { ...facts, ...forgotten, ...kept, events, state: way?.to || action.to || facts.state };
  return effected(found, [...action.effects, ...(way?.effects ?? [])], seen, at);
}

/** Every fact that a condition reads. The same as policy/conditions.py. */
function names(condition) {
  if (typeof condition !== "object") return [];
  return Object.entries(condition).flatMap(([name, want]) => {
    if (name === "any") return want.flatMap(names);
    const operands = want !== null && typeof want === "object" && !Array.isArray(want) ? Object.values(want) : [want];
    return [name, ...operands.filter((one) => typeof one === "string" && one.startsWith("=")).map((one) => one.slice(1))];
  });
}

/** Whether an action cannot be done without filling something in. */
function asks(action, facts) {
  return action.fields.filter((field) => holdsFor(field.show, facts)).some((field) => {
    const others = new Set(action.fields.filter((one) => one !== field).map((one) => one.key));
    return holdsFor(field.require, facts) || [...names(field.show), ...names(field.require)].some((name) => others.has(name.split(".")[0]));
  });
}

function offersOf(kit, facts) {
  const here = kit.states[facts.state];
  const found = kit.actions
    .filter((action) => action.from.includes(facts.state) || (action.from.includes("*") && !here?.end))
    .filter((action) => holdsFor(action.when, facts))
    .map((action) => {
      const missing = action.needs.find((need) => holdsFor(need.only_if, facts) && !holdsFor(need.when, facts));
      const blocked = missing ? `${missing.says}${missing.clause ? `（${missing.clause}）` : ""}` : "";
      return { action, blocked, direct: !blocked && !asks(action, facts) };
    });
  return found.sort((one, other) => other.action.primary - one.action.primary);
}

/** {facts, the events that happened, label of the state, main, others} of a job after the steps that are still in the phone. */
export function project(kit, waiting) {
  let facts = { ...kit.facts, state: kit.state };
  for (const step of waiting) {
    const action = kit.actions.find((one) => one.key === step.action);
    if (action) facts = after(facts, action, step.data, step.keptAt);
  }
  const offers = offersOf(kit, facts);
  const main = offers.find((one) => !one.blocked && one.action.primary > 0);
  const rank = (one) => (one.action.key === "note" ? 2 : one.blocked ? 1 : 0);
  const others = offers.filter((one) => one !== main).sort((one, other) => rank(one) - rank(other));
  const known = kit.facts.events ?? {};
  const happened = Object.keys(facts.events ?? {}).filter((event) => facts.events[event].n !== known[event]?.n);
  return { facts, happened, label: kit.states[facts.state]?.label ?? "", main, others };
}
