/** How much garbage V8 may let stand in this process, threads included. */

import { setFlagsFromString } from 'node:v8';

/**
 * The old space is collected when it has grown by this part of what was alive, in percent. On a machine with much memory
 * V8 waits until it is four times as large: garbage of a burst then stays for minutes.
 */
const GROWTH_PERCENT = 60;

/** Takes effect from the next collection on. Sets no limit: what is alive may grow as before. */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
