// What is kept in this phone and not handed in yet: a list that leads back to each form.
import { onEach } from "./common.js";

function drafts() {
  const prefix = `draft:${document.body.dataset.user || "-"}:`;
  const found = [];
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(prefix)) continue;
    try {
      const kept = JSON.parse(localStorage.getItem(key));
      if (kept.title && kept.href) found.push(kept);
    } catch {
      /* not a draft of ours */
    }
  }
  return found;
}

/** Fills every list of what is kept; it stays hidden while there is nothing. */
export function startKept() {
  onEach("[data-kept]", (section) => {
    const list = section.querySelector("ul"), kept = drafts();
    section.hidden = !kept.length;
    section.querySelector("[data-kept-count]").textContent = String(kept.length);
    for (const { title, href, time } of kept) {
      const line = list.appendChild(document.createElement("li"));
      const icon = line.appendChild(document.createElement("i"));
      icon.className = "i i-pen";
      icon.setAttribute("aria-hidden", "true");
      const link = line.appendChild(document.createElement("a"));
      link.href = href;
      link.textContent = title;
      line.appendChild(document.createElement("time")).textContent = time;
    }
  });
}
