// Countdowns. The server writes the first text; here it only moves on, by the same rules as web/display.py.
import { _, announce, serverNow } from "./common.js";

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const two = (number) => String(number).padStart(2, "0");
const hoursMinutes = (span) => `${two(Math.floor(span / HOUR))}:${two(Math.floor((span % HOUR) / MINUTE))}`;

/** `剩 00:47`, `剩 7天`: rounded up to the minute. */
export function left(span) {
  const whole = Math.ceil(span / MINUTE) * MINUTE;
  return _("剩 %s").replace("%s", whole < DAY ? hoursMinutes(whole) : _("%d天").replace("%d", Math.floor(whole / DAY)));
}

/** `超 00:26`, `超 26小时`, `超 3天`: rounded down. */
export function over(span) {
  let text = hoursMinutes(span);
  if (span >= 2 * DAY) text = _("%d天").replace("%d", Math.floor(span / DAY));
  else if (span >= DAY) text = _("%d小时").replace("%d", Math.floor(span / HOUR));
  return _("超 %s").replace("%s", text);
}

const GLYPHS = { ok: "i-s-ok", soon: "i-s-soon", over: "i-s-over" };

function phaseOf(element, now) {
  if (now > Date.parse(element.dataset.due)) return "over";
  const soon = Date.parse(element.dataset.soon);
  const lastDay = "whole" in element.dataset && Date.parse(element.dataset.due) - now <= DAY;
  return now >= soon && !lastDay ? "soon" : "ok";
}

function show(element, now) {
  const span = Date.parse(element.dataset.due) - now;
  const phase = phaseOf(element, now);
  const text = element.querySelector(":scope > span");
  let words = span < 0 ? over(-span) : left(span);
  if ("whole" in element.dataset && span >= 0 && span <= DAY) words = _("今天内");
  if (text && text.textContent !== words) text.textContent = words;
  const before = Object.keys(GLYPHS).find((name) => element.classList.contains(name));
  if (before === phase) return;
  element.classList.remove(...Object.keys(GLYPHS));
  element.classList.add(phase);
  const glyph = element.querySelector(":scope > .i");
  if (glyph) {
    glyph.classList.remove(...Object.values(GLYPHS));
    glyph.classList.add(GLYPHS[phase]);
  }
  const edge = element.closest("[data-edge]");
  if (edge) {
    edge.classList.remove("ok", "soon", "over", "now");
    edge.classList.add(phase);
    const duty = edge.querySelector(".what b, .w")?.textContent ?? "";
    if (phase !== "ok") announce(`${phase === "soon" ? _("将到期") : _("超时")}：${duty}`);
  }
}

function turn(ring, now) {
  const due = Date.parse(ring.dataset.due), from = Date.parse(ring.dataset.from);
  const share = Math.min(Math.max((due - now) / (due - from), 0), 1);
  const circle = ring.querySelector(".left");
  if (circle) circle.setAttribute("stroke-dashoffset", String(((1 - share) * 2 * Math.PI * 38).toFixed(1)));
  const span = Math.abs(due - now);
  const figure = ring.querySelector("b");
  if (figure) figure.textContent = span < HOUR ? `${two(Math.floor(span / MINUTE))}:${two(Math.floor((span % MINUTE) / 1000))}` : hoursMinutes(span);
}

function tick() {
  const now = serverNow();
  for (const element of document.querySelectorAll(".st[data-due]")) show(element, now);
  for (const ring of document.querySelectorAll("[data-ring]")) turn(ring, now);
  for (const element of document.querySelectorAll("[data-count-up]")) {
    if (!element.dataset.countUp) continue;
    const span = Math.max(now - Date.parse(element.dataset.countUp), 0);
    element.textContent = `${two(Math.floor(span / MINUTE))}:${two(Math.floor((span % MINUTE) / 1000))}`;
  }
  const wall = document.querySelector("[data-clock-now]");
  const zone = document.body.dataset.zone;
  if (wall && zone) {
    const text = new Intl.DateTimeFormat("zh-CN", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(now);
    if (wall.textContent !== text) wall.textContent = text;
  }
}

/** Starts the one timer of the page. */
export function startClocks() {
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:after:swap", tick);
}
