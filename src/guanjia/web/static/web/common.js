// Small things that several modules share.

/** The words of the interface in the chosen language; the Chinese text is the key. */
export const _ = (text) => (window.gettext ? window.gettext(text) : text);

/** Fills %(name)s in a translated text. */
export const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_all, name) => String(values[name]));

const offset = () => Date.parse(document.body.dataset.now || "") - pageOpened;
const pageOpened = Date.now();

/** The server's moment in milliseconds: the clock of a desk or a phone may be wrong. */
export const serverNow = () => Date.now() + (Number.isNaN(offset()) ? 0 : offset());

/** Says a line politely to those who listen. */
export function announce(text) {
  const region = document.getElementById("announce");
  if (region) region.textContent = text;
}

/** Runs `wire` on matching elements now and on those that htmx brings later; each element once. */
export function onEach(selector, wire) {
  const seen = new WeakSet();
  const sweep = (root) => {
    const found = root.querySelectorAll ? [...root.querySelectorAll(selector)] : [];
    if (root.matches && root.matches(selector)) found.unshift(root);
    for (const element of found) {
      if (seen.has(element)) continue;
      seen.add(element);
      wire(element);
    }
  };
  sweep(document);
  document.addEventListener("htmx:after:process", (event) => sweep(event.target));
  document.addEventListener("guanjia:added", (event) => sweep(event.target));
}
