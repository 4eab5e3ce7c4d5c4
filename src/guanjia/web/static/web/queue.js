// The way of a step from this phone to the office: kept with its time, sent in order, each once, by one tab at a time.
import { serverNow } from "./common.js";
import { setOnline } from "./connection.js";
import { add, canKeep, change, person, remove, steps } from "./store.js";

const SLOW = 60_000;
const listeners = new Set();
const channel = "BroadcastChannel" in window ? new BroadcastChannel("guanjia-steps") : null;

/** Why nothing goes out although there is a network: "" | "signin" | "other" | "trouble". */
export let halted = "";

/** Calls `listen(what)` whenever the queue has changed, in this tab or another; what: "kept" | "sent" | "conflict" | "halted". */
export function onQueue(listen) {
  listeners.add(listen);
}

function tell(what, everywhere = true) {
  for (const listen of listeners) listen(what);
  if (everywhere) channel?.postMessage({ what, person: person() });
}

channel?.addEventListener("message", ({ data }) => {
  if (data.person === person()) tell(data.what, false);
});

/** Keeps a step: {number, action, label, place, office, seq, key, entries, data, shown}. */
export async function keepStep(step) {
  navigator.storage?.persist?.();
  const id = await add({ ...step, state: "waiting", keptAt: new Date(serverNow()).toISOString() });
  tell("kept");
  return id;
}

/** Puts a step that was corrected in the place of the one that the office did not take. */
export async function replaceStep(id, step) {
  const before = (await steps()).find((one) => one.id === id);
  await change(id, (old) => ({ ...old, ...step, seq: old.answer?.office?.seq ?? old.seq, settled: true, state: "waiting", answer: undefined }));
  tell("kept");
  return before ? id : keepStep(step);
}

const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

function bodyOf(step, earlier) {
  const body = new FormData();
  for (const [name, value] of step.entries) {
    if (value instanceof Blob) body.append(name, value, value.name || "photo.jpg");
    else body.append(name, value);
  }
  const known = Math.max(step.seq, ...earlier.map((one) => one.seqDone ?? 0));
  const settled = step.settled || earlier.some((one) => one.settled);
  body.set("key", step.key);
  body.set("kept-at", step.keptAt);
  body.set("kept-seq", String(known));
  body.set("kept-by", person());
  body.set("kept-office", step.office);
  body.set("kept-settled", settled ? "1" : "");
  body.set("csrfmiddlewaretoken", cookie("csrftoken"));
  return body;
}

/** Sends one step; "next" when the one behind it may go, "stop" when nothing goes at present. */
async function post(step, all) {
  const earlier = all.filter((one) => one.number === step.number && one.id < step.id && one.state === "sent");
  let response, answer;
  try {
    response = await fetch(`/field/${step.number}/do/${step.action}/`, {
      method: "POST", body: bodyOf(step, earlier), headers: { Accept: "application/json" }, redirect: "manual", signal: AbortSignal.timeout(SLOW),
    });
  } catch {
    setOnline(false);
    return "stop";
  }
  if ([502, 503, 504].includes(response.status)) {
    setOnline(false);
    return "stop";
  }
  setOnline(true);
  try {
    answer = await response.json();
  } catch {
    halted = response.type === "opaqueredirect" || response.status === 403 ? "signin" : "trouble";
    return "stop";
  }
  if (answer.code === "KEPT_BY_OTHER") {
    halted = "other";
    return "stop";
  }
  if (response.ok) {
    await change(step.id, (old) => ({ ...old, state: "sent", seqDone: answer.seq, sentAt: Date.now(), countsAt: answer.at, entries: [] }));
    tell("sent");
  } else {
    await change(step.id, (old) => ({ ...old, state: "conflict", answer }));
    tell("conflict");
  }
  return "next";
}

/** The first step that waits and has none of its job before it that waits as well. */
export const nextOf = (all) => all.find((step) => step.state === "waiting"
  && !all.some((one) => one.number === step.number && one.id < step.id && one.state !== "sent"));

let asked = false;

/** Sends what can be sent. Only one tab of the person does; the others wait and find nothing left. */
export async function sendAll() {
  if (!canKeep() || asked || !navigator.onLine) return;
  if (!(await steps()).some((one) => one.state === "waiting")) return;
  asked = true;
  try {
    await navigator.locks.request(`guanjia-send-${person()}`, async () => {
      halted = "";
      for (;;) {
        const all = await steps(), next = nextOf(all);
        if (!next || (await post(next, all)) === "stop") break;
      }
    });
  } finally {
    asked = false;
  }
  if (halted) tell("halted", false);
}

/** The person wants his own all the same, knowing what the office has. */
export async function insist(step) {
  await change(step.id, (old) => ({ ...old, state: "waiting", settled: true, seq: old.answer.office.seq, answer: undefined }));
  tell("kept");
  await sendAll();
}

/** The office's counts. What the phone had goes there as a note, photographs included, so that nothing is lost. */
export async function giveIn(step, words) {
  const { office } = step.answer;
  if (!office) {
    await remove([step.id]);
  } else {
    // a job that somebody else has now takes nothing more of what was done after this step
    const whole = office.here ? [step] : (await steps()).filter((one) => one.number === step.number && one.state !== "sent" && one.id >= step.id);
    for (const one of whole) {
      const photos = one.entries.filter(([, value]) => value instanceof Blob).map(([, value]) => ["photos", value]);
      const note = { action: "note", key: crypto.randomUUID(), data: {}, entries: [["text", words(one)], ...photos], givenIn: true, gone: !office.here };
      await change(one.id, (old) => ({ ...old, ...note, state: "waiting", seq: office.seq, answer: undefined }));
    }
  }
  tell("kept");
  await sendAll();
}
