// Never lose typing: a form with data-draft="key" is kept in this browser until the server says that it is done.
// Kept per person; wiped on a real sign-out, not on a session that ran out.
import { _, fill, onEach } from "./common.js";

const prefix = () => `draft:${document.body.dataset.user || "-"}:`;
let signedOut = false;
const SKIP = new Set(["csrfmiddlewaretoken"]);

function inputs(form) {
  return [...form.elements].filter(
    (input) => input.name && !SKIP.has(input.name) && !["file", "password", "submit", "button"].includes(input.type)
      && !input.name.endsWith("-png") && !input.name.endsWith("-strokes"),
  );
}

function read(form) {
  const values = {};
  for (const input of inputs(form)) {
    if (input.type === "checkbox" || input.type === "radio") {
      values[input.name] ??= [];
      if (input.checked) values[input.name].push(input.value);
    } else {
      values[input.name] = input.value;
    }
  }
  return values;
}

/** Puts values (by name; of ticks and choices those that are chosen) back into a form. */
export function write(form, values) {
  // rows of price lines that the empty form does not have yet
  for (const editor of form.querySelectorAll("[data-lines]")) {
    const wanted = Object.keys(values).filter((name) => name.startsWith(`${editor.dataset.lines}-`) && name.endsWith("-name"));
    for (let guard = 0; guard < 60 && wanted.some((name) => !form.elements[name]); guard += 1) {
      editor.querySelector("[data-add-line]").click();
    }
  }
  for (const input of inputs(form)) {
    if (!(input.name in values)) continue;
    if (input.type === "checkbox" || input.type === "radio") input.checked = values[input.name].includes(input.value);
    else if (input.type !== "hidden") input.value = values[input.name];
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Forgets the draft under a key. */
export function clearDraft(key) {
  localStorage.removeItem(prefix() + key);
}

function offer(form, key, kept) {
  const note = document.createElement("p");
  note.className = "draft";
  const words = document.createElement("span");
  words.textContent = fill(_("已放回 %(time)s 没提交的内容。"), { time: kept.time });
  const drop = document.createElement("button");
  drop.type = "button";
  drop.textContent = _("不要，清掉");
  drop.addEventListener("click", () => {
    clearDraft(key);
    form.reset();
    form.dispatchEvent(new Event("input", { bubbles: true }));
    clearDraft(key);
    note.remove();
  });
  note.append(words, drop);
  form.prepend(note);
}

function keep(form) {
  const key = form.dataset.draft;
  const fresh = JSON.stringify(read(form));
  const stored = localStorage.getItem(prefix() + key);
  if (stored) {
    try {
      const kept = JSON.parse(stored);
      if (JSON.stringify(kept.values) !== fresh && !form.querySelector("[aria-invalid='true']")) {
        write(form, kept.values);
        offer(form, key, kept);
      }
    } catch {
      clearDraft(key);
    }
  }
  let timer, sent = false;
  const save = () => {
    if (sent || !form.isConnected) return undefined;
    const values = read(form);
    if (JSON.stringify(values) === fresh) return clearDraft(key);
    const time = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    try {
      localStorage.setItem(prefix() + key, JSON.stringify({ time, values, title: form.dataset.draftTitle, href: location.pathname }));
    } catch {
      /* a full store keeps what it has */
    }
    return undefined;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 250);
  });
  form.addEventListener("guanjia:sent", () => {
    sent = true;
    clearTimeout(timer);
    clearDraft(key);
  });
  window.addEventListener("pagehide", () => {
    if (timer && !signedOut) save();
  });
}

/** Keeps every form with data-draft on the page, now and later. */
export function startDrafts() {
  onEach("form[data-draft]", keep);
  for (const form of document.querySelectorAll("form[data-signout]")) {
    form.addEventListener("submit", () => {
      signedOut = true;
      for (const key of Object.keys(localStorage)) if (key.startsWith(prefix())) localStorage.removeItem(key);
    });
  }
}
