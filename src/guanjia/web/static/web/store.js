// Steps kept in this phone until the office has them: one database a person, in the order in which they were done.
// A step: {id, key, number, action, label, place, office, seq, at, entries, data, shown, state, ...}; state is `waiting`,
// `conflict` or `sent`. Nothing is taken out before the server has confirmed it.
import { library } from "./common.js";

const DAY = 24 * 3600_000;
let opened;

/** Who is signed in on this page. */
export const person = () => document.body.dataset.user || "";

/** Whether this browser can keep steps and never send one twice (a page without https cannot). */
export const canKeep = () => window.isSecureContext && "indexedDB" in window && "locks" in navigator && Boolean(person());

async function open() {
  const idb = await library("idb-keyval.umd.js", "idbKeyval");
  opened ??= idb.createStore(`guanjia-steps-${person()}`, "steps");
  return idb;
}

/** Every step of this person, oldest first. */
export async function steps() {
  if (!canKeep()) return [];
  const idb = await open();
  const found = await idb.values(opened);
  return found.sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Adds a step behind the others; its time is not before theirs. Rejects with QuotaExceededError when the phone is full. */
export function add(step) {
  return navigator.locks.request(`guanjia-add-${person()}`, async () => {
    const all = await steps(), idb = await open();
    const id = String(Number(all.at(-1)?.id ?? "0") + 1).padStart(10, "0");
    const last = Math.max(0, ...all.filter((one) => one.number === step.number).map((one) => Date.parse(one.keptAt)));
    const keptAt = new Date(Math.max(Date.parse(step.keptAt), last + 1)).toISOString();
    await idb.set(id, { ...step, id, keptAt }, opened);
    await prune(all, idb);
    return id;
  });
}

/** Changes a step that is there: `how` gives the new one. */
export async function change(id, how) {
  const idb = await open();
  await idb.update(id, (step) => (step ? how(step) : step), opened);
}

/** Takes steps out for good. */
export async function remove(ids) {
  const idb = await open();
  await idb.delMany(ids, opened);
}

/** What was sent is shown for a day, and longer while something of the same job waits. */
async function prune(all, idb) {
  const waiting = new Set(all.filter((one) => one.state !== "sent").map((one) => one.number));
  const old = all.filter((one) => one.state === "sent" && !waiting.has(one.number) && Date.now() - one.sentAt > DAY);
  if (old.length) await idb.delMany(old.map((one) => one.id), opened);
}
