// A form of the field that cannot be handed in now becomes a step in this phone; steps go out when the network is back.
import { _, fill } from "./common.js";
import { isOnline, setOnline } from "./connection.js";
import { refresh, isSet } from "./depends.js";
import { write } from "./drafts.js";
import { fenOf } from "./lines.js";
import { keepStep, onQueue, replaceStep, sendAll } from "./queue.js";
import { drawQueue, make } from "./queueview.js";
import { trouble } from "./send.js";
import { canKeep, steps } from "./store.js";

const PICTURE = 8_000_000, EVERY = 15_000;
const waiting = new Set();

const labelOf = (field) => [...(field.querySelector(".tick label, legend, label")?.childNodes ?? [])].find((node) => node.nodeType === Node.TEXT_NODE)?.textContent.trim() ?? "";

function wordOf(field, value) {
  const { field: key, kind } = field.dataset;
  if (kind === "photos") return fill(_("%(n)s 张"), { n: value.length });
  if (kind === "signature") return field.querySelector(`[name="${key}-name"]`)?.value || _("已签");
  if (["tick", "bool"].includes(kind)) return value ? _("是") : _("否");
  if (["lines", "items", "suppliers"].includes(kind)) return value.map((row) => [row.name, row.price, row.qty && `×${row.qty}${row.unit ?? ""}`].filter(Boolean).join(" ")).join("、");
  const chosen = [...field.querySelectorAll("input:checked")].map((input) => input.closest("label")?.textContent.trim());
  const option = field.querySelector("select")?.selectedOptions[0]?.textContent.trim();
  if (chosen.length) return chosen.join("、");
  return option ?? field.querySelector("input, textarea")?.value.trim() ?? "";
}

/** What was entered, as later conditions read it: price lines as the engine keeps them. */
function dataOf(seen) {
  const found = {};
  for (const [key, value] of Object.entries(seen)) {
    const priced = Array.isArray(value) && value.some((row) => typeof row.fen === "bigint");
    found[key] = priced
      ? value.map(({ name, qty, unit, price, fen }) => ({ name, qty, unit, price_fen: Number(fenOf(price ?? "") ?? 0n), amount_fen: Number(fen) }))
      : value;
  }
  return found;
}

const shownFields = (form) => [...form.querySelectorAll("[data-field]")].filter((field) => !field.hasAttribute("data-off"));

/** The labels of what must be filled in and is not; what the browser itself insists on does not get here. */
function missing(form, seen) {
  return shownFields(form).filter((field) => {
    const word = field.querySelector(".req"), { field: key } = field.dataset;
    if (!word || word.hidden || isSet(seen[key])) return false;
    const how = [...field.querySelectorAll(`[name="${key}-how"]`)].find((way) => way.checked || way.type === "hidden")?.value;
    return how === undefined || how === "screen";
  }).map(labelOf);
}

function stepOf(form, body, seen) {
  const { step: number, action, label, place, office, seq } = form.dataset;
  const shown = shownFields(form).filter((field) => isSet(seen[field.dataset.field]))
    .map((field) => [labelOf(field), wordOf(field, seen[field.dataset.field])]);
  const entries = [...body.entries()].filter(([name, value]) => name !== "csrfmiddlewaretoken" && name !== "key" && !(value instanceof Blob && !value.size));
  return {
    number, action, label, place, office, seq: Number(seq), entries, shown, data: dataOf(seen),
    key: body.get("key") || crypto.randomUUID(),
  };
}

/** Why a step cannot be kept, or "". */
async function unfit(step) {
  const pictures = step.entries.map(([, value]) => value).filter((value) => value instanceof Blob);
  const large = pictures.find((one) => one.size > PICTURE);
  if (large) return fill(_("照片「%(name)s」太大，这一步没有存下。请去掉它，拍一张小的。"), { name: large.name });
  const needed = pictures.reduce((sum, one) => sum + one.size, 0);
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  return quota !== undefined && quota - usage < needed * 1.1 ? full() : "";
}

const full = () => _("手机存满了，这一步没有存下。填的都还在这一页：请去掉几张照片，或清理手机后再按一次。");

async function keep(form, body) {
  const seen = refresh(form), lacking = missing(form, seen);
  if (lacking.length) return trouble(form, fill(_("请填写「%(what)s」。"), { what: lacking.join("」「") }));
  const step = stepOf(form, body, seen), reason = await unfit(step);
  if (reason) return trouble(form, reason);
  try {
    if (form.dataset.stepId) await replaceStep(form.dataset.stepId, step);
    else await keepStep(step);
  } catch (error) {
    return trouble(form, error?.name === "QuotaExceededError" ? full() : fill(_("这一步没有存下（%(why)s）。填的都还在这一页，请再按一次。"), { why: error?.name ?? "?" }));
  }
  form.dispatchEvent(new Event("guanjia:sent"));
  sendAll();
  const address = `/field/${step.number}/`;
  if (isOnline() || (navigator.serviceWorker?.controller && (await caches.match(address)))) location.assign(address);
  else stay(form, step);
  return undefined;
}

/** The job's page is not in this phone: the step is shown here, in place of its form. */
function stay(form, step) {
  document.querySelectorAll(".pfoot .big:not(.ghost)").forEach((one) => one.remove());
  form.replaceWith(make("div", { "data-queue": step.number }));
  draw();
}

function takeOver(event) {
  const form = event.target;
  if (!form.dataset.step || !canKeep()) return;
  const later = event.type === "guanjia:unsent" || !isOnline() || waiting.has(form.dataset.step) || form.dataset.stepId;
  if (!later) return;
  event.preventDefault();
  form.setAttribute("aria-busy", "true");
  keep(form, event.detail.body).finally(() => form.removeAttribute("aria-busy"));
}

/** Puts a kept step back into its form, to be corrected. */
export async function refill(form) {
  const id = new URLSearchParams(location.search).get("kept");
  const step = id && (await steps()).find((one) => one.id === id && one.state === "conflict");
  if (!step || !form) return;
  form.dataset.stepId = id;
  form.querySelector("[name=key]").value = step.key;
  const values = {};
  for (const [name, value] of step.entries) if (!(value instanceof Blob)) (values[name] ??= []).push(value);
  for (const input of form.elements) {
    if (["checkbox", "radio"].includes(input.type)) values[input.name] ??= [];
    else if (values[input.name]) [values[input.name]] = [values[input.name].join("\n")];
  }
  write(form, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Array.isArray(value) && !form.querySelector(`[name="${CSS.escape(name)}"]:is([type=checkbox], [type=radio])`) ? value[0] : value])));
  for (const box of form.querySelectorAll("[data-signature]")) {
    for (const end of ["png", "strokes"]) box.querySelector(`[name$="-${end}"]`).value = step.entries.find(([name]) => name === `${box.dataset.signature}-${end}`)?.[1] ?? "";
    box.dispatchEvent(new Event("guanjia:strokes"));
  }
  for (const input of form.querySelectorAll("input[type=file]")) {
    const pictures = new DataTransfer();
    for (const [name, value] of step.entries) if (name === input.name && value instanceof Blob) pictures.items.add(value);
    if (pictures.files.length) {
      input.files = pictures.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
}

async function draw() {
  const all = await steps();
  waiting.clear();
  for (const step of all) if (step.state !== "sent") waiting.add(step.number);
  for (const box of document.querySelectorAll("[data-queue]")) drawQueue(box, all);
  document.dispatchEvent(new CustomEvent("guanjia:steps", { detail: { all } }));
  return all;
}

/** The office may be there again although nobody said so: the browser only knows of its own cable. */
async function probe() {
  if (document.hidden || !navigator.onLine) return;
  if (isOnline()) return sendAll();
  const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(5000) }).catch(() => null);
  if (answer && ![502, 503, 504].includes(answer.status)) setOnline(true);
  return undefined;
}

/** Wires the page: forms, the list of what is kept, and the sending. */
export function startKeeping() {
  document.addEventListener("guanjia:sending", takeOver);
  document.addEventListener("guanjia:unsent", takeOver);
  let sent = false;
  onQueue(async (what) => {
    sent ||= what === "sent";
    const all = await draw();
    const { queue: number } = document.querySelector("[data-queue]")?.dataset ?? {};
    const left = all.some((one) => one.state !== "sent" && (!number || one.number === number));
    // what the page shows is older than what was just sent; a form in hand is never taken away
    if (!sent || left || !isOnline() || document.querySelector("form[data-draft]")) return;
    const gone = all.some((one) => one.number === number && one.gone);
    location.assign(number && !gone ? `/field/${number}/` : "/field/");
  });
  document.addEventListener("guanjia:connection", ({ detail }) => { if (detail.online) sendAll(); });
  document.addEventListener("visibilitychange", probe);
  window.addEventListener("pageshow", () => sendAll());
  setInterval(probe, EVERY);
  if (document.body.dataset.copied) {
    setOnline(false);
    for (const toast of document.querySelectorAll("#toasts .toast")) toast.remove();
  }
  draw().then(() => sendAll());
  if (!document.querySelector("[data-stand-in]")) refill(document.querySelector("form[data-step][data-draft]"));
}
