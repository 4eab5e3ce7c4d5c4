// The worklist by keyboard: arrows move, the row under the focus opens in place, Enter follows its link.
const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
const link = (row) => row.querySelector(".go");

function open(row) {
  const fresh = !("opened" in row.dataset);
  for (const other of document.querySelectorAll("[data-opened]")) if (other !== row) close(other);
  row.dataset.opened = "";
  row.setAttribute("aria-current", "true");
  const more = row.querySelector(".more");
  if (more) {
    more.hidden = false;
    if (fresh) window.htmx?.trigger(more, "row:open");
  }
}

function close(row) {
  delete row.dataset.opened;
  row.removeAttribute("aria-current");
  const more = row.querySelector(".more");
  if (more) more.hidden = true;
}

function onKey(event) {
  if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const here = event.target.closest?.("[data-row]");
  const emptyBox = event.target.matches?.("[data-rows-below]") && !event.target.value;
  if (!here && !emptyBox) return;
  const all = rows();
  const next = all[(here ? all.indexOf(here) : -1) + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) {
    event.preventDefault();
    link(next)?.focus();
  }
}

/** Listens once; rows that a refresh brings need no wiring. */
export function startRows() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (row) open(row);
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (row && !event.target.closest("a, button, input, .more")) link(row)?.focus();
  });
  // a refreshed list: what stands open is read anew, since somebody may have acted on it
  document.addEventListener("htmx:after:swap", (event) => {
    const more = event.target.closest?.(".more");
    for (const row of document.querySelectorAll("[data-opened]")) {
      open(row);
      if (!more) window.htmx?.trigger(row.querySelector(".more"), "row:open");
    }
  });
}
