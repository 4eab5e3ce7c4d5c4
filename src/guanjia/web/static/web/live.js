// Manners of live refresh: the row under the focus stays where the eye has it, errors never replace content,
// a part that asks again while the tab is hidden waits.
import { _, fill, serverNow } from "./common.js";

let held = null;

function rowTop(row) {
  return row?.isConnected ? row.getBoundingClientRect().top : null;
}

function trouble(text) {
  const area = document.getElementById("trouble");
  if (!area) return;
  const note = document.createElement("p");
  note.className = "note bad";
  note.textContent = text;
  area.replaceChildren(note);
}

const wall = () => new Intl.DateTimeFormat("zh-CN", { timeZone: document.body.dataset.zone || undefined, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(serverNow());

/** Wires htmx once for the page. */
export function startLive() {
  document.addEventListener("htmx:before:request", (event) => {
    if (document.hidden && event.target.matches?.("[data-live]")) event.preventDefault();
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status < 400 || ctx.hx?.retarget || ctx.response.status === 422) return;
    ctx.swap = "none";
    trouble(fill(_("没有办成（%(status)s）。下面是 %(time)s 的内容，请再试一次。"), { status: ctx.response.status, time: wall() }));
  });
  document.addEventListener("htmx:before:swap", () => {
    const row = document.activeElement?.closest?.("[data-row]");
    held = row ? { row, top: rowTop(row) } : null;
  });
  document.addEventListener("htmx:after:swap", () => {
    const top = rowTop(held?.row);
    if (top !== null && held.top !== null && top !== held.top) window.scrollBy(0, top - held.top);
    held = null;
  });
}
