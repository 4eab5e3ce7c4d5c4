// Small things that several modules share.

/** The words of the interface in the chosen language; the Chinese text is the key. */
export const _ = (text) => (window.gettext ? window.gettext(text) : text);

/** Fills %(name)s in a translated text. */
export const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_all, name) => String(values[name]));

const offset = () => Date.parse(document.body.dataset.now || "") - pageOpened;
// a page out of this phone's own store came from the office when it was stored, not when it was opened
const pageOpened = Number(document.body?.dataset.copied) || Date.now();

/** The server's moment in milliseconds: the clock of a desk or a phone may be wrong. */
export const serverNow = () => Date.now() + (Number.isNaN(offset()) ? 0 : offset());

/** Says a line politely to those who listen. */
export function announce(text) {
  const region = document.getElementById("announce");
  if (region) region.textContent = text;
}

const libraries = new Map();

/** A library of static/vendor, fetched when it is first needed: resolves to the global that it makes. */
export function library(file, name) {
  if (!libraries.has(file)) {
    libraries.set(file, new Promise((resolve, reject) => {
      if (window[name]) return resolve(window[name]);
      const script = document.createElement("script");
      script.src = new URL(`../vendor/${file}`, import.meta.url).href;
      script.onload = () => resolve(window[name]);
      script.onerror = reject;
      document.head.append(script);
      return undefined;
    }));
  }
  return libraries.get(file);
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
