// Signing out: what waits in the phone is named first; copies of pages go, kept steps stay for their person.
import { _, fill } from "./common.js";
import { make } from "./queueview.js";
import { canKeep, steps } from "./store.js";

const PAGES = "field-pages-";

async function leave(form) {
  if ("caches" in window) for (const name of await caches.keys()) if (name.startsWith(PAGES)) await caches.delete(name);
  form.dataset.asked = "yes";
  form.requestSubmit();
}

function ask(form, count) {
  const dialog = make("dialog", { className: "ask-out", "aria-labelledby": "ask-out-h" },
    make("h2", { id: "ask-out-h", text: fill(_("还有 %(n)s 步没有传"), { n: count }) }),
    make("p", { text: _("现在退出，它们留在这部手机里，别人看不到，也不会替你传；等你在这部手机上再登录才传。") }));
  const stay = make("button", { type: "button", className: "btn primary", text: _("先不退出") });
  const out = make("button", { type: "button", className: "btn", text: _("还是退出") });
  stay.addEventListener("click", () => dialog.close());
  out.addEventListener("click", () => leave(form));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(make("p", { className: "choices" }, stay, out));
  document.body.append(dialog);
  dialog.showModal();
}

/** Wires every sign-out form, before anything else hears of it. */
export function startSignout() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches?.("form[data-signout]") || form.dataset.asked || !canKeep()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    steps().then((all) => {
      const open = all.filter((one) => one.state !== "sent");
      return open.length ? ask(form, open.length) : leave(form);
    }).catch(() => leave(form));
  }, { capture: true });
}
