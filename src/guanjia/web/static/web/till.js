// Counting the till: the denominations add up to the sum, and the difference to the books is shown while typing.
import { onEach } from "./common.js";
import { fenOf, yuan } from "./lines.js";

/** The sum of the denominations in fen, or null while none is filled in. */
function pieces(form) {
  const filled = [...form.querySelectorAll("[data-fen]")].filter((input) => /^\d+$/.test(input.value.trim()));
  return filled.length ? filled.reduce((sum, input) => sum + BigInt(input.dataset.fen) * BigInt(input.value.trim()), 0n) : null;
}

/** Wires the form in which cash is counted. */
export function startTill() {
  onEach("[data-count]", (form) => {
    const counted = form.querySelector("[name=counted]"), gap = form.querySelector("[data-gap]");
    const show = (event) => {
      const sum = event?.target.dataset.fen ? pieces(form) : null;
      if (sum !== null) counted.value = yuan(sum).replaceAll(",", "");
      const fen = fenOf(counted.value), book = BigInt(form.dataset.count);
      const off = fen === null ? null : fen - book;
      gap.textContent = off === null ? "" : `${off < 0n ? "-" : ""}¥${yuan(off < 0n ? -off : off)}`;
    };
    form.addEventListener("input", show);
    show();
  });
}
