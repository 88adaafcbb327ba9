/** How the embedded store fails, apart from being unavailable. */

/** The file cannot serve as a store: unreadable, damaged, of another program or version, or in a wrong place. */
export class StoreUnreadable extends Error {
  override readonly name = 'StoreUnreadable';
}

/** The write may or may not be on the disk. */
export class StoreOutcomeUnknown extends Error {
  override readonly name = 'StoreOutcomeUnknown';
}
