// What was typed and not registered is on no record: whoever leaves the form is told so once, and may then leave.
import { onEach } from "./common.js";

function watch(form) {
  let typed = false;
  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("submit", () => { typed = false; });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!typed || !link || link.target === "_blank" || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    typed = false;
    const note = document.createElement("p");
    note.className = "note bad";
    note.setAttribute("role", "alert");
    note.textContent = form.dataset.unsaved;
    form.prepend(note);
    note.scrollIntoView({ block: "center" });
  }, true);
}

/** Watches every form with data-unsaved, the words to be said. */
export function startUnsaved() {
  onEach("form[data-unsaved]", watch);
}
