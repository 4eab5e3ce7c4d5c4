// A form with data-send travels without leaving the page: when the network or the server fails, everything that was
// entered is still there. The server answers {"next": address}, or the form again with what is wrong.
import { _, announce, onEach } from "./common.js";
import { setOnline } from "./connection.js";

const SLOW = 30_000;

/** Says above a form what is wrong. */
export function trouble(form, text) {
  let note = form.querySelector("[data-send-trouble]");
  if (!note) {
    note = document.createElement("p");
    note.className = "note bad";
    note.dataset.sendTrouble = "";
    note.setAttribute("role", "alert");
    form.prepend(note);
  }
  note.textContent = text;
  note.scrollIntoView({ block: "center" });
}

function replaceMain(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("main");
  const main = document.getElementById("main");
  if (!fresh) return false;
  main.innerHTML = fresh.innerHTML;
  main.dispatchEvent(new CustomEvent("guanjia:added", { bubbles: true }));
  const wrong = main.querySelector("[aria-invalid='true'], [role='alert']:not(:empty)");
  (wrong?.matches("input, select, textarea, canvas") ? wrong : main).focus();
  wrong?.scrollIntoView({ block: "center" });
  announce(main.querySelector(".msg, .note.bad")?.textContent.trim() ?? "");
  return true;
}

// somebody who listens may take a form over: before it travels, or when it could not
const takenOver = (form, what, body) =>
  !form.dispatchEvent(new CustomEvent(`guanjia:${what}`, { bubbles: true, cancelable: true, detail: { body } }));

async function send(form, body) {
  let response;
  if (takenOver(form, "sending", body)) return;
  try {
    response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json, text/html" }, signal: AbortSignal.timeout(SLOW) });
  } catch {
    setOnline(false);
    if (takenOver(form, "unsent", body)) return;
    trouble(form, _("没有网络，还没交上去。填的都还在，有网再按一次。"));
    return;
  }
  setOnline(true);
  if (response.ok && response.headers.get("content-type")?.startsWith("application/json")) {
    const { next } = await response.json();
    form.dispatchEvent(new Event("guanjia:sent"));
    location.assign(next);
    return;
  }
  const expected = [403, 404, 409, 410, 422].includes(response.status);
  if (!expected || !replaceMain(await response.text())) trouble(form, _("服务器这会儿没有答应，还没交上去。填的都还在，请再按一次。"));
}

/** Wires every form with data-send. */
export function startSending() {
  onEach("form[data-send]", (form) => {
    let busy = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      form.setAttribute("aria-busy", "true");
      await send(form, new FormData(form, event.submitter));
      busy = false;
      form.removeAttribute("aria-busy");
    });
  });
}
