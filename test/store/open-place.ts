/** What every case of the store suite is given. */

import type { Store } from '../../src/store/store.js';

/** The store under test; a case may close it and put another in its place. */
export interface OpenPlace {
  store: Store;
  /** Opens another store at the same place; it is closed after the case. */
  open(): Promise<Store>;
}
