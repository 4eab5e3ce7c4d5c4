// Everything that a page may need; each module wires only what it finds, also in parts that htmx brings later.
import { startClocks } from "./clocks.js";
import { startConnection } from "./connection.js";
import { startCopying } from "./copy.js";
import { startDepends } from "./depends.js";
import { startDesk } from "./desk.js";
import { startDrafts } from "./drafts.js";
import { startFocus } from "./focus.js";
import { startKept } from "./kept.js";
import { startKeys } from "./keys.js";
import { startLines } from "./lines.js";
import { startLive } from "./live.js";
import { startPhotos } from "./photos.js";
import { startPrices } from "./prices.js";
import { startRows } from "./rows.js";
import { startSending } from "./send.js";
import { startSignout } from "./signout.js";
import { startSignatures } from "./signature.js";
import { startTill } from "./till.js";
import { startToasts } from "./toasts.js";
import { startUnsaved } from "./unsaved.js";

for (const start of [
  startClocks, startConnection, startCopying, startDesk, startToasts, startDrafts, startKept, startDepends, startFocus, startKeys, startLines, startLive,
  startPhotos, startPrices, startRows, startSending, startSignatures, startSignout, startTill, startUnsaved,
]) start();
