// The desk by keyboard. No bare letters: the input method eats them. An element says data-key="F9" (several with
// spaces); the key focuses it when it is an input and clicks it otherwise. Ctrl+Enter submits from inside a form.
import { announce } from "./common.js";
import { undoLast } from "./toasts.js";

function nameOf(event) {
  let key = event.key;
  if (/^Key[A-Z]$/.test(event.code) && (event.altKey || event.ctrlKey)) key = event.code.slice(3);
  if (/^Digit\d$/.test(event.code) && event.altKey) key = event.code.slice(5);
  return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + key;
}

const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

function targetOf(name) {
  const found = [...document.querySelectorAll("[data-key]")].filter((element) => element.dataset.key.split(" ").includes(name));
  return found.find(visible);
}

function act(element) {
  if (element.getAttribute("aria-disabled") === "true") {
    element.focus();
    announce(element.textContent.trim());
  } else if (element.matches("input, textarea, select")) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

function escape() {
  const open = document.querySelector(".pop:popover-open, [data-opened] .more:not([hidden])");
  if (open?.matches(".pop")) return open.hidePopover();
  const box = document.activeElement;
  if (box?.matches("[data-clear-on-esc], input[type=search]") && box.value) {
    box.value = "";
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return undefined;
}

function onKey(event) {
  if (event.isComposing || event.keyCode === 229 || event.repeat) return;
  const name = nameOf(event);
  if (name === "F1") {
    event.preventDefault();
    document.getElementById("help")?.togglePopover();
  } else if (name === "Escape") {
    escape();
  } else if (name === "Ctrl+Enter") {
    const form = event.target.closest?.("form");
    const button = form?.querySelector("[data-key~='Ctrl+Enter']") ?? form?.querySelector("[type=submit], button:not([type])");
    if (button) {
      event.preventDefault();
      button.click();
    }
  } else if (name === "Ctrl+Z") {
    const typing = document.activeElement?.matches("input, textarea") && document.activeElement.value;
    if (!typing && undoLast()) event.preventDefault();
  } else if (/^(F\d+|Alt\+.)$/.test(name)) {
    const target = targetOf(name);
    if (target) {
      event.preventDefault();
      act(target);
    }
  }
}

/** One listener for the page. A forbidden action keeps its focus and says its reason. */
export function startKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const no = event.target.closest?.("[aria-disabled='true']");
    if (no) {
      event.preventDefault();
      announce(no.textContent.trim());
    }
  });
}
