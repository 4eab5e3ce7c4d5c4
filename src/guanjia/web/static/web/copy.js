// 复制: the text of a field goes to the clipboard; where the browser does not allow that, it is marked for Ctrl C.
import { _, onEach } from "./common.js";
import { toast } from "./toasts.js";

async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    toast({ text: _("已复制。") });
  } catch {
    field.focus();
    field.select();
    toast({ text: _("浏览器不让复制；已经选中，请按 Ctrl C。") });
  }
}

/** Wires every button with data-copy, the id of the field that it copies. */
export function startCopying() {
  onEach("button[data-copy]", (button) => {
    button.addEventListener("click", () => copy(document.getElementById(button.dataset.copy)));
  });
}
