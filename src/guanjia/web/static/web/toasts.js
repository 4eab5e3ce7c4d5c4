// Done: eight seconds, 撤销, never the focus. What a person must act on is never said here.
import { _ } from "./common.js";
import { clearDraft } from "./drafts.js";

const SECONDS = 8;

function arm(toast) {
  const { undo = "", draft = "" } = JSON.parse(toast.dataset.toast || "{}");
  if (draft) clearDraft(draft);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = _("撤销 Ctrl Z");
    button.dataset.undo = undo;
    button.addEventListener("click", () => undoNow(toast, undo));
    toast.append(button);
  }
  let timer = setTimeout(() => toast.remove(), SECONDS * 1000);
  const hold = () => clearTimeout(timer);
  const release = () => { timer = setTimeout(() => toast.remove(), SECONDS * 1000); };
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", release);
}

function undoNow(toast, address) {
  toast.remove();
  window.htmx.ajax("POST", address, { target: document.getElementById("trouble"), swap: "innerHTML" })
    .then(() => document.dispatchEvent(new CustomEvent("guanjia:undone", { detail: { address } })));
}

/** Shows a toast. `text` is plain text. */
export function toast({ text, undo = "", draft = "" }) {
  const region = document.getElementById("toasts");
  if (!region) return;
  const line = document.createElement("p");
  line.className = "toast";
  line.dataset.toast = JSON.stringify({ undo, draft });
  const icon = document.createElement("i");
  icon.className = "i i-check";
  icon.setAttribute("aria-hidden", "true");
  const words = document.createElement("span");
  words.textContent = text;
  line.append(icon, words);
  region.append(line);
  arm(line);
}

/** True when there was something to undo and it has been asked for. */
export function undoLast() {
  const buttons = document.querySelectorAll("#toasts [data-undo]");
  buttons[buttons.length - 1]?.click();
  return buttons.length > 0;
}

/** Arms the toasts that came with the page and listens for those of htmx answers. */
export function startToasts() {
  for (const line of document.querySelectorAll("#toasts .toast")) arm(line);
  document.addEventListener("guanjia:toast", (event) => toast(event.detail));
}
