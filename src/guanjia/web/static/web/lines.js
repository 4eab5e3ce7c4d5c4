// Price lines: add and drop rows, amounts and total in fen (no floats), the total in financial capitals.
import { onEach } from "./common.js";

const DIGITS = "零壹贰叁肆伍陆柒捌玖", PLACES = ["", "拾", "佰", "仟"], GROUPS = ["", "万", "亿", "万亿"];

/** Fen in `1,280.5`, or null. */
export function fenOf(text) {
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(String(text).trim().replace(/[,，¥￥\s]/g, ""));
  return match ? BigInt(match[1]) * 100n + BigInt((match[2] ?? "").padEnd(2, "0")) : null;
}

/** Thousandths in a quantity such as `2.5`, or null. */
export function milliOf(text) {
  const match = /^(\d{1,6})(?:\.(\d{1,3}))?$/.exec(String(text).trim());
  return match ? BigInt(match[1]) * 1000n + BigInt((match[2] ?? "").padEnd(3, "0")) : null;
}

/** `1,280.00` for 128000n. */
export function yuan(fen) {
  const whole = String(fen / 100n).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${whole}.${String(fen % 100n).padStart(2, "0")}`;
}

function groupWords(four) {
  let words = "", zero = false;
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(four / 10 ** place) % 10;
    if (digit) {
      words += (zero && words ? "零" : "") + DIGITS[digit] + PLACES[place];
      zero = false;
    } else {
      zero = true;
    }
  }
  return words;
}

/** 大写 of an amount in fen: 26000n is 贰佰陆拾元整. */
export function inWords(fen) {
  const jiao = Number((fen / 10n) % 10n), cent = Number(fen % 10n);
  let rest = fen / 100n, groups = [], words = "";
  for (; rest > 0n; rest /= 10000n) groups.push(Number(rest % 10000n));
  for (let index = groups.length - 1; index >= 0; index -= 1) {
    const four = groups[index];
    if (!four) continue;
    const gap = words && (four < 1000 || groups[index + 1] === 0);
    words += (gap ? "零" : "") + groupWords(four) + GROUPS[index];
  }
  words = words ? `${words}元` : "";
  if (!jiao && !cent) return `${words || "零元"}整`;
  if (jiao) words += `${DIGITS[jiao]}角`;
  else if (words) words += "零";
  return words + (cent ? `${DIGITS[cent]}分` : "");
}

function amountOf(row) {
  const price = row.querySelector("[name$='-price']"), quantity = row.querySelector("[name$='-qty']");
  const fen = fenOf(price?.value ?? ""), milli = milliOf(quantity?.value ?? "");
  return fen === null || milli === null ? null : (fen * milli + 500n) / 1000n;
}

function add(editor) {
  const number = Number(editor.dataset.next || "0") || editor.querySelectorAll("[data-line]").length;
  let next = number;
  while (editor.querySelector(`[name^="${editor.dataset.lines}-${next}-"]`)) next += 1;
  editor.dataset.next = String(next + 1);
  const html = editor.querySelector("template").innerHTML.replaceAll("__n__", String(next));
  const body = editor.querySelector("tbody");
  body.insertAdjacentHTML("beforeend", html);
  return body.lastElementChild;
}

function total(editor) {
  let sum = 0n;
  for (const row of editor.querySelectorAll("tbody [data-line]")) {
    const amount = amountOf(row), cell = row.querySelector("[data-amount]");
    if (cell) cell.textContent = amount === null ? "" : yuan(amount);
    sum += amount ?? 0n;
  }
  const figure = editor.querySelector("[data-total]"), words = editor.querySelector("[data-words]");
  if (figure) figure.textContent = `¥${yuan(sum)}`;
  if (words) words.textContent = sum ? inWords(sum) : "";
}

function fillFromList(input) {
  const option = [...(input.list?.options ?? [])].find((one) => one.value === input.value);
  const row = input.closest("[data-line]");
  if (!option || !row) return;
  for (const key of ["unit", "price"]) {
    const target = row.querySelector(`[name$='-${key}']`);
    if (target && option.dataset[key]) target.value = option.dataset[key];
  }
}

/** Wires every editor of price lines, service items or suppliers. */
export function startLines() {
  onEach("[data-lines]", (editor) => {
    editor.addEventListener("input", (event) => {
      if (event.target.list) fillFromList(event.target);
      total(editor);
    });
    editor.addEventListener("click", (event) => {
      if (event.target.closest("[data-add-line]")) {
        add(editor).querySelector("input").focus();
      }
      const drop = event.target.closest("[data-drop-line]");
      if (drop) {
        const row = drop.closest("[data-line]");
        const next = row.nextElementSibling ?? row.previousElementSibling;
        if (next) row.remove();
        else for (const input of row.querySelectorAll("input")) input.value = input.name.endsWith("-qty") ? "1" : "";
        (next ?? row).querySelector("input").focus();
        editor.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
    editor.closest("form")?.addEventListener("input", () => total(editor));
    total(editor);
  });
}
