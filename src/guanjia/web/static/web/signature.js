// The signature pad: strokes and picture go into hidden inputs; refusing and signing on paper are recordable outcomes.
import { library, onEach } from "./common.js";

function fit(canvas, pad) {
  const ratio = Math.max(window.devicePixelRatio || 1, 1);
  const strokes = pad.toData();
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  canvas.getContext("2d").scale(ratio, ratio);
  pad.clear();
  pad.fromData(strokes);
}

// a stroke that runs over the edge ends at the edge
function within(strokes, canvas) {
  const clamp = (value, most) => Math.min(Math.max(value, 0), most);
  for (const stroke of strokes) {
    for (const point of stroke.points) {
      point.x = clamp(point.x, canvas.clientWidth);
      point.y = clamp(point.y, canvas.clientHeight);
    }
  }
  return strokes;
}

async function wire(box) {
  const key = box.dataset.signature;
  const canvas = box.querySelector("canvas");
  const png = box.querySelector(`[name="${key}-png"]`), vector = box.querySelector(`[name="${key}-strokes"]`);
  const ways = [...box.querySelectorAll(`[name="${key}-how"]`)];
  const how = () => (ways.find((way) => way.checked || way.type === "hidden") ?? {}).value;
  const show = () => box.toggleAttribute("data-off", how() !== "screen");
  for (const way of ways) way.addEventListener("change", show);
  show();
  const SignaturePad = await library("signature_pad.umd.min.js", "SignaturePad");
  const pad = new SignaturePad(canvas, { penColor: "#15232b", minWidth: 0.8, maxWidth: 2.6 });
  try {
    if (vector.value) pad.fromData(JSON.parse(vector.value));
  } catch {
    vector.value = png.value = "";
  }
  fit(canvas, pad);
  new ResizeObserver(() => {
    if (canvas.clientWidth && Math.abs(canvas.width / (window.devicePixelRatio || 1) - canvas.clientWidth) > 1) fit(canvas, pad);
  }).observe(canvas);
  const store = () => {
    png.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
    vector.value = pad.isEmpty() ? "" : JSON.stringify(within(pad.toData(), canvas));
    box.dispatchEvent(new CustomEvent("guanjia:signed", { bubbles: true, detail: { empty: pad.isEmpty() } }));
  };
  pad.addEventListener("endStroke", store);
  box.addEventListener("guanjia:strokes", () => {
    pad.fromData(JSON.parse(vector.value || "[]"));
    show();
  });
  box.querySelector("[data-clear]").addEventListener("click", () => {
    pad.clear();
    store();
    canvas.focus();
  });
}

/** Wires every signature field; the library is fetched only when there is one. */
export function startSignatures() {
  onEach("[data-signature]", wire);
}
