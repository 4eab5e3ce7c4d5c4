// The technician's pages without a network: the day's jobs are taken along, steps are kept and sent later.
import { startAhead } from "./ahead.js";
import { startKeeping } from "./keeping.js";

startKeeping();
startAhead();
