// Photographs: shrunk to 1600 px before they travel, shown at once, taken out again with one press.
import { _, fill, onEach } from "./common.js";

const LONGEST = 1600;

/** A JPEG of at most 1600 px; the file itself when it is no picture or already small. */
export async function shrink(file) {
  if (!file.type.startsWith("image/") || file.type === "image/svg+xml") return file;
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file;
  }
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  if (scale === 1 && file.size < 600_000) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  const name = `${file.name.replace(/\.\w+$/, "")}.jpg`;
  return new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified });
}

const files = new WeakMap();

function put(input, list) {
  files.set(input, list);
  const transfer = new DataTransfer();
  for (const file of list) transfer.items.add(file);
  input.files = transfer.files;
}

function tile(box, input, file) {
  const figure = document.createElement("figure");
  figure.className = "new";
  const image = document.createElement("img");
  image.src = URL.createObjectURL(file);
  image.alt = fill(_("新照片 %(name)s"), { name: file.name });
  const caption = document.createElement("figcaption");
  const time = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(file.lastModified);
  caption.textContent = `${time} ${Math.max(1, Math.round(file.size / 1024))}KB`;
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "btn small quiet drop";
  drop.textContent = _("去掉");
  drop.addEventListener("click", () => {
    put(input, files.get(input).filter((one) => one !== file));
    URL.revokeObjectURL(image.src);
    figure.remove();
    input.focus();
  });
  figure.append(image, caption, drop);
  box.insertBefore(figure, input.closest(".add"));
}

/** Wires every grid of a photographs field. */
export function startPhotos() {
  onEach("[data-photos]", (box) => {
    const input = box.querySelector("input[type=file]");
    input?.addEventListener("change", async () => {
      const added = await Promise.all([...input.files].map(shrink));
      put(input, [...(files.get(input) ?? []), ...added]);
      for (const file of added) tile(box, input, file);
      input.dispatchEvent(new CustomEvent("guanjia:photos", { bubbles: true, detail: { files: files.get(input) } }));
    });
  });
}
