// Online or not: said in the bar and, while offline, in a strip. Work goes on either way.
let online = true;

/** Whether the last word from the network was good. */
export const isOnline = () => online;

/** Tells the page; others listen to `guanjia:connection`. */
export function setOnline(value) {
  if (value === online) return;
  online = value;
  show();
  document.dispatchEvent(new CustomEvent("guanjia:connection", { detail: { online } }));
}

function show() {
  for (const fact of document.querySelectorAll("[data-connection]")) {
    fact.querySelector(".on").hidden = !online;
    fact.querySelector(".off").hidden = online;
  }
  for (const strip of document.querySelectorAll("[data-offline-strip]")) strip.hidden = online;
}

/** Follows the browser's own events; requests report what they met through setOnline. */
export function startConnection() {
  window.addEventListener("online", () => setOnline(true));
  window.addEventListener("offline", () => setOnline(false));
  if (!navigator.onLine) setOnline(false);
  document.addEventListener("htmx:after:request", () => setOnline(true));
  document.addEventListener("htmx:error", (event) => {
    if (event.detail?.error instanceof TypeError) setOnline(false);
  });
}
