// The desk: the call is timed from the first letter, what was heard is marked in the line itself, and Enter waits until
// the strip shows what it would register. Enter while a word is being composed does nothing.
import { serverNow } from "./common.js";

const heard = () => document.getElementById("heard");
const upToDate = (line) => (heard()?.dataset.for ?? "") === line.value.trim();

function showMarks(line) {
  const marks = heard();
  if (!marks) return;
  marks.hidden = !line.value.startsWith(marks.dataset.for);
  marks.scrollLeft = line.scrollLeft;
}

function time(line) {
  const timer = document.querySelector("[data-count-from]");
  if (!timer) return;
  if (!line.value) {
    timer.dataset.countUp = "";
    timer.textContent = "00:00";
  } else if (!timer.dataset.countUp) {
    timer.dataset.countUp = new Date(serverNow()).toISOString();
  }
}

function waitForReading(form, line) {
  let waiting = null; // the value of the button that was meant
  const ask = (value) => {
    waiting = value;
    line.dispatchEvent(new Event("input", { bubbles: true }));
  };
  form.addEventListener("submit", (event) => {
    if (upToDate(line) || waiting !== null) return;
    event.preventDefault();
    ask(event.submitter?.value ?? "");
  });
  line.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.ctrlKey || upToDate(line)) return;
    event.preventDefault();
    event.stopPropagation();
    ask("only");
  });
  document.addEventListener("htmx:after:swap", () => {
    showMarks(line);
    if (waiting === null || !upToDate(line)) return;
    const buttons = [...form.querySelectorAll("[type=submit]")]; // where nobody can be sent there is only one
    const button = buttons.find((one) => one.value === waiting) ?? buttons[0];
    waiting = null;
    if (button) form.requestSubmit(button);
  });
  line.addEventListener("input", (event) => {
    if (event.isTrusted) waiting = null;
  });
}

// A call is taken into the line: who rings goes in front of nothing, so only into an empty line; the call itself is
// remembered beside it. Nothing that was typed is lost.
function takeCalls(form, line) {
  const call = form.elements.namedItem("call");
  if (!call) return;
  const again = () => line.dispatchEvent(new Event("input", { bubbles: true }));
  document.addEventListener("click", (event) => {
    const take = event.target.closest?.("[data-take]");
    if (take) {
      call.value = take.dataset.call;
      if (!line.value.trim() && take.dataset.take) line.value = `${take.dataset.take} `;
      line.focus();
      line.setSelectionRange(line.value.length, line.value.length);
      document.getElementById("parse")?.dispatchEvent(new Event("change", { bubbles: true }));
      again();
    }
    if (event.target.closest?.("[data-drop-call]")) {
      call.value = "";
      line.focus();
      document.getElementById("parse")?.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}

/** Wires the omnibox when the page has one. */
export function startDesk() {
  const line = document.getElementById("line");
  if (!line) return;
  const form = line.form;
  line.addEventListener("input", () => {
    time(line);
    showMarks(line);
  });
  for (const moved of ["scroll", "keyup", "click"]) line.addEventListener(moved, () => showMarks(line));
  line.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  });
  form.addEventListener("input", (event) => {
    // a draft was put back: read it again
    if (event.target === form) line.dispatchEvent(new Event("input", { bubbles: true }));
  });
  takeCalls(form, line);
  waitForReading(form, line);
  time(line);
  if (document.activeElement === document.body) {
    line.focus();
    line.setSelectionRange(line.value.length, line.value.length);
  }
}
