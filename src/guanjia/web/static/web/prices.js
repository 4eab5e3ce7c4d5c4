// The price of a chosen item stands in the amount that hangs on it, until somebody types another.
import { onEach } from "./common.js";

function fill(amount, item) {
  const option = [...(item.list?.options ?? [])].find((one) => one.value === item.value.trim());
  const price = option?.dataset.price;
  if (!price || (amount.value.trim() && amount.value !== amount.dataset.filled)) return;
  amount.value = price;
  amount.dataset.filled = price;
  amount.dispatchEvent(new Event("input", { bubbles: true }));
}

export function startPrices() {
  onEach("[data-filled-from]", (amount) => {
    const item = amount.form?.elements.namedItem(amount.dataset.filledFrom);
    if (!item) return;
    amount.dataset.filled = amount.defaultValue;
    item.addEventListener("input", () => fill(amount, item));
    item.addEventListener("change", () => fill(amount, item));
  });
}
