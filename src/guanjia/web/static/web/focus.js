// The field of a form that is written in first has the cursor when the page opens; what htmx brings later takes none away.

export function startFocus() {
  document.querySelector("form [data-focus]")?.focus({ preventScroll: true });
}
