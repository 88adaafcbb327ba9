/** The servers cannot be used as they are, or not be reached; the message tells an operator what to do. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
}
