// The field of a form that is written in first has the cursor when the page opens, or the first one that must be mended;
// what htmx brings later takes none away.

export function startFocus() {
  const wrong = document.querySelector("main form [aria-invalid='true']");
  if (wrong) {
    wrong.focus({ preventScroll: true });
    wrong.scrollIntoView({ block: "center" });
    return;
  }
  document.querySelector("form [data-focus]")?.focus({ preventScroll: true });
}
