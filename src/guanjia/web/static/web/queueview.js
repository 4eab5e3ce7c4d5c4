// The steps in this phone as people see them: each with its time and state; where the office has something else, both.
import { _, announce, fill } from "./common.js";
import { giveIn, halted, insist, nextOf, sendAll } from "./queue.js";

const zone = () => document.body.dataset.zone || undefined;
const part = (at, options) => new Intl.DateTimeFormat("zh-CN", { timeZone: zone(), hourCycle: "h23", ...options }).format(new Date(at));

/** `10:50`; with the day in front when that was not today. */
export function clock(at) {
  const time = part(at, { hour: "2-digit", minute: "2-digit" });
  const day = part(at, { month: "numeric", day: "numeric" });
  return day === part(document.body.dataset.now || Date.now(), { month: "numeric", day: "numeric" }) ? time : `${day} ${time}`;
}

/** An element with a class, a text and children. */
export function make(tag, { text, className, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter(Boolean));
  return element;
}

/** An icon beside a text. */
export const icon = (name, size = "") => make("i", { className: `i i-${name} ${size}`.trim(), "aria-hidden": "true" });

const STATES = {
  waiting: { icon: "clock", word: () => _("待发") },
  sent: { icon: "check", word: () => _("已发") },
  conflict: { icon: "warn", word: () => _("冲突") },
};
const HALTS = {
  signin: () => _("要重新登录才能传。存着的步骤都在，登录后自动传。"),
  other: () => _("现在登录的是另一位同事，存着的步骤等本人登录后再传。"),
  trouble: () => _("服务器这会儿没有答应，过一会儿自动再传。"),
};

/** What a step says: `初步查看（看到什么 角阀裂了；结论 能修）`. */
const said = (step) => {
  const entered = step.shown.map(([label, text]) => `${label} ${text}`).join("；");
  return entered ? `${step.label}（${entered}）` : step.label;
};

const note = (step) => fill(_("没网时记在手机里，没有采用：%(time)s %(what)s"), { time: clock(step.keptAt), what: said(step) }).slice(0, 1800);

function line(step, alone) {
  const { icon: glyph, word } = STATES[step.state];
  const label = step.givenIn ? fill(_("作备注：%(what)s"), { what: step.label }) : step.label;
  return make("li", { className: step.state, "data-step-state": step.state },
    make("time", { datetime: step.keptAt, text: clock(step.keptAt) }),
    make("span", {}, alone ? null : make("b", { className: "unit", text: step.place }), alone ? label : ` ${label}`),
    make("span", { className: `how ${step.state}` }, icon(glyph), word()));
}

function side(title, ...lines) {
  return make("div", {}, make("h4", { text: title }), ...lines.map(([head, text]) => make("p", {}, head ? make("b", { text: `${head} ` }) : null, text)));
}

function button(words, kind, press) {
  const found = make("button", { type: "button", className: `btn ${kind}`.trim(), text: words });
  found.addEventListener("click", async () => {
    found.disabled = true;
    await press();
  });
  return found;
}

const href = (step) => `/field/${step.number}/do/${step.action}/?kept=${step.id}`;

/** Both values, and what can be chosen. */
function clash(step) {
  const { says, office, may } = step.answer, entered = new Map(office?.values ?? []);
  const mine = [[clock(step.keptAt), step.label], ...step.shown.map(([label, text]) => [label, text])];
  const theirs = office
    ? [
      [_("现在"), office.state + (office.who ? `·${office.who}` : "")],
      ...[...entered].map(([label, text]) => [label, text]),
      ...office.since.map((one) => [clock(one.at), `${one.who} ${one.what}${one.note ? `：${one.note}` : ""}`]),
    ]
    : [["", _("这件事不在你名下了。")]];
  const choices = make("p", { className: "choices" });
  if (may.includes("keep")) choices.append(button(_("按手机里的办"), "primary", () => insist(step)));
  if (may.includes("edit")) choices.append(make("a", { className: "btn primary", href: href(step), text: _("改一改再交") }));
  choices.append(button(office ? _("照办公室的，手机里的留作备注") : _("不要了，从手机里去掉"), "", () => giveIn(step, note)));
  return make("article", { className: "clash", "data-clash": step.id, tabindex: "-1" },
    make("h3", {}, icon("warn"), fill(_("对不上：%(what)s"), { what: `${step.place} ${step.label}` })),
    make("p", { text: says.join("") }),
    make("div", { className: "both" }, side(_("手机里"), ...mine), side(_("办公室"), ...theirs)),
    choices);
}

/** The steps in their order; when nothing waits any more they fold up. */
function list(own, open, alone) {
  const found = make("ol", { className: "queue held" }, ...own.map((one) => line(one, alone)));
  return open.length ? found : make("details", { className: "course" }, make("summary", { text: fill(_("手机里存的 %(n)s 步都传了"), { n: own.length }) }), found);
}

/** Draws the steps of a page: those of one job, or of all. */
export function drawQueue(box, all) {
  const { queue: number } = box.dataset, own = number ? all.filter((one) => one.number === number) : all;
  const held = document.activeElement?.closest?.("[data-clash]")?.dataset.clash;
  if (!own.length) return box.replaceChildren();
  const open = own.filter((one) => one.state !== "sent"), clashes = own.filter((one) => one.state === "conflict");
  const section = make("section", { className: "kept-steps", "aria-labelledby": "queue-h" },
    make("h2", { className: open.length ? "sec" : "vh", id: "queue-h", text: open.length ? fill(_("存在手机里，还没传 %(n)s"), { n: open.length }) : _("存过的步骤") }),
    halted && open.length ? make("p", { className: "note" }, icon("warn"), make("span", { text: HALTS[halted]() }),
      halted === "signin" ? make("a", { className: "btn", href: `/login/?next=${encodeURIComponent(location.pathname)}`, text: _("登录") }) : null) : null,
    ...clashes.map(clash),
    list(own, open, Boolean(number)));
  if (nextOf(open) && navigator.onLine && halted !== "signin") {
    section.append(button(_("现在就传"), "small", sendAll));
  }
  box.replaceChildren(section);
  if (held) box.querySelector(`[data-clash="${held}"]`)?.focus();
  if (clashes.length) announce(fill(_("有 %(n)s 步和办公室的对不上，请选一个。"), { n: clashes.length }));
  return undefined;
}
