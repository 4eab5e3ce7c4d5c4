// The day's jobs are taken along while there is a network; without one a job goes on where the kept steps have brought it.
import { _, fill, onEach } from "./common.js";
import { isOnline } from "./connection.js";
import { readWith } from "./depends.js";
import { refill } from "./keeping.js";
import { yuan, inWords } from "./lines.js";
import { project } from "./project.js";
import { icon, make } from "./queueview.js";
import { canKeep, steps } from "./store.js";

const FRESH = 10 * 60_000;
const pageOf = (number) => `/field/${number}/`;
const kitOf = (number) => `/field/${number}/kit/`;

async function copied(path) {
  const found = await caches.match(path);
  return found && Date.now() - Number(found.headers.get("X-Copied")) < FRESH ? found : undefined;
}

/** Fetches what is missing or has changed; the service worker keeps it. `jobs`: "BX2603-0001:12 …". */
async function takeAlong(jobs) {
  const wanted = [];
  for (const pair of jobs.split(" ").filter(Boolean)) {
    const [number, seq] = pair.split(":"), kit = await copied(kitOf(number));
    const known = kit && (await kit.json()).seq === Number(seq) && (await copied(pageOf(number)));
    if (!known) wanted.push(pageOf(number), kitOf(number));
  }
  for (const path of ["/field/", "/field/kept/"]) if (!(await copied(path))) wanted.push(path);
  for (const path of wanted) await fetch(path, { headers: { "X-Guanjia-Copy": "1" } }).catch(() => undefined);
  document.documentElement.dataset.ahead = "yes";
}

async function register(strip) {
  if (!("serviceWorker" in navigator) || !strip) return;
  await navigator.serviceWorker.register(strip.dataset.worker, { updateViaCache: "none" });
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) {
    await new Promise((resolve) => { navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }); });
  }
  const jobs = document.querySelector("[data-jobs]");
  if (jobs && isOnline()) await takeAlong(jobs.dataset.jobs);
}

async function kit(number) {
  const response = await fetch(kitOf(number)).catch(() => null);
  return response?.ok && !response.redirected ? response.json() : null;
}

/** The price lines and their total as the facts have them, where a form shows what is to be paid. */
function money(box, { materials = [], fee }) {
  const sum = BigInt(fee ?? materials.reduce((all, one) => all + one.amount_fen, 0));
  if (!materials.length && !sum) return box.replaceChildren();
  const rows = materials.map((one) => make("li", {},
    make("span", { text: one.name }, make("small", { text: `${yuan(BigInt(one.price_fen))} × ${one.qty}${one.unit}` })),
    make("b", { text: yuan(BigInt(one.amount_fen)) })));
  const total = make("li", { className: "sum" }, make("span", { text: _("合计") }, make("small", { text: inWords(sum) })), make("b", { text: `¥${yuan(sum)}` }));
  return box.replaceChildren(make("ul", { className: "lines whole" }, ...rows, total));
}

const addressOf = (found, action) => `/field/${found.number}/do/${action.key}/`;

function formOf(found, action) {
  const form = make("form", {
    className: "go", method: "post", action: addressOf(found, action), "data-send": "", "data-step": found.number, "data-action": action.key,
    "data-label": action.label, "data-place": found.place, "data-office": found.office, "data-seq": String(found.seq),
  }, make("input", { type: "hidden", name: "key", value: crypto.randomUUID() }),
  make("button", { className: "big" }, icon("check", "l"), action.label));
  return form;
}

/** What the card counts down is done, as far as this phone knows. */
function calm(card) {
  if (!card) return;
  card.className = "job calm";
  card.querySelector(".cd")?.remove();
  card.querySelector(".hd p")?.replaceChildren(make("span", { className: "how waiting" }, icon("clock"), _("已办，等有网传到办公室")));
}

/** The main button and the other ways of a job, as they are after the kept steps. */
function redraw(found, view) {
  const foot = document.querySelector(`[data-foot="${found.number}"]`);
  foot?.querySelectorAll(".go, a.big:not(.ghost)").forEach((one) => one.remove());
  const { main } = view;
  if (main && foot) {
    foot.append(main.direct ? formOf(found, main.action)
      : make("a", { className: "big", href: addressOf(found, main.action) }, icon("right", "l"), main.action.label));
  }
  if (found.ends.some((event) => view.happened.includes(event))) calm(document.querySelector(".job"));
  foot?.dispatchEvent(new CustomEvent("guanjia:added", { bubbles: true }));
  if (!document.querySelector(`[data-queue="${found.number}"]`)) return;
  const state = document.querySelector(".pbar .push .st");
  if (state) state.textContent = view.label;
  const ways = document.querySelector("[data-ways]");
  ways?.replaceChildren(...view.others.map(({ action, blocked }) => make("li", {}, blocked
    ? make("span", { className: "locked", role: "link", "aria-disabled": "true", tabindex: "0" }, icon("lock"), make("span", { text: action.label }, make("small", { text: blocked })))
    : make("a", { href: addressOf(found, action) }, make("span", { text: action.label }, action.source ? make("small", { text: action.source }) : null), icon("right")))));
}

async function goOn(number, all) {
  const open = all.filter((one) => one.number === number && one.state !== "sent");
  if (!open.length) return;
  const found = await kit(number);
  if (found) redraw(found, project(found, open));
}

/** What stands in the inputs before anybody typed: defaults that a kept step has set anew. */
function defaults(form, action, facts) {
  for (const field of action.fields) {
    const value = field.default.startsWith("=") ? facts[field.default.slice(1)] : undefined;
    const input = form.querySelector(`[name="${field.key}"]`);
    if (!input || value === undefined || value === null || typeof value === "object") continue;
    if (["checkbox", "radio"].includes(input.type)) {
      for (const one of form.querySelectorAll(`[name="${field.key}"]`)) one.checked = one.value === String(value);
    } else if (field.kind !== "time") {
      input.value = field.kind === "amount" ? yuan(BigInt(value)).replaceAll(",", "") : String(value);
    }
  }
}

/** The form that the address asks for, drawn from what was taken along. */
async function standIn(place) {
  const match = /^\/field\/([^/]+)\/do\/([^/]+)\/$/.exec(location.pathname);
  const found = match && (await kit(match[1]));
  const action = found?.actions.find((one) => one.key === match[2]);
  if (!action) return;
  const id = new URLSearchParams(location.search).get("kept");
  const before = (await steps()).filter((one) => one.number === found.number && one.state !== "sent" && (!id || one.id < id));
  const view = project(found, before);
  const offer = [view.main, ...view.others].find((one) => one?.action === action);
  const refused = offer?.blocked || (offer ? "" : fill(_("现在是「%(state)s」，不能%(what)s。"), { state: view.label, what: action.label }));
  const main = document.createElement("div");
  main.innerHTML = action.main;
  const form = main.querySelector("form");
  form.querySelector("[name=key]").value = crypto.randomUUID();
  readWith(form, view.facts);
  defaults(form, action, view.facts);
  const bill = main.querySelector("[data-money]");
  if (bill) money(bill, view.facts);
  if (refused) form.before(make("p", { className: "note bad", role: "alert" }, icon("lock"), make("span", { text: refused })));
  place.replaceChildren(...main.childNodes);
  place.removeAttribute("data-stand-in");
  document.querySelector("[data-queue]")?.remove();
  document.title = `${action.label} ${found.place}`;
  document.querySelector("[data-kept-heading]").textContent = `${found.place} ${found.subject.slice(0, 8)}`;
  const state = document.querySelector("[data-kept-state]");
  state.textContent = view.label;
  state.hidden = false;
  for (const link of document.querySelectorAll(".pbar .back, .pfoot .ghost")) link.href = pageOf(found.number);
  document.querySelector("[data-as-of]").textContent = new Intl.DateTimeFormat("zh-CN", { timeZone: document.body.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(found.at));
  if (!refused) document.querySelector(".pfoot").append(make("button", { className: "big", form: "act" }, icon("check", "l"), action.label));
  place.dispatchEvent(new CustomEvent("guanjia:added", { bubbles: true }));
  await refill(form);
}

/** Wires the page. */
export function startAhead() {
  if (!canKeep()) return;
  register(document.querySelector("[data-worker]")).catch(() => undefined);
  document.addEventListener("guanjia:steps", ({ detail }) => {
    for (const foot of document.querySelectorAll("[data-foot]")) goOn(foot.dataset.foot, detail.all);
  });
  onEach("[data-stand-in]", standIn);
}
