/** In a browser, what `src/codec` takes from `node:buffer`. */

const strict = new TextDecoder('utf-8', { fatal: true });

export function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}

export function isUtf8(bytes: Uint8Array<ArrayBuffer>): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
