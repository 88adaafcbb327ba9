/** Finds its way in canonical JSON text (no white space, quotes in strings escaped) without parsing it. */

export const QUOTE = 34;
export const COMMA = 44;
export const COLON = 58;
export const OPEN_LIST = 91;
export const BACKSLASH = 92;
export const CLOSE_LIST = 93;
export const OPEN_OBJECT = 123;
export const CLOSE_OBJECT = 125;

/** Index after the closing quote of the string that opens at `start`. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && text.charCodeAt(end - 1) === BACKSLASH && escaped(text, end)) {
    end = text.indexOf('"', end + 1);
  }
  if (end === -1) throw new Error('not canonical JSON: a string does not end');
  return end + 1;
}

/** An odd number of backslashes before `index` escapes what stands there. */
function escaped(text: string, index: number): boolean {
  let first = index;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (index - first) % 2 === 1;
}

/** Index after the value that starts at `start`. */
export function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      if (depth === 0) return at;
      depth -= 1;
      at += 1;
    } else {
      if (code === COMMA && depth === 0) return at;
      if (code === OPEN_OBJECT || code === OPEN_LIST) depth += 1;
      at += 1;
      continue;
    }
    if (depth === 0) return at;
  }
  return at;
}

/** Canonical text of the member `key` of the object that `text` is; null when it has none, or is no object. */
export function memberText(text: string, key: string): string | null {
  if (text.charCodeAt(0) !== OPEN_OBJECT) return null;
  const wanted = `"${key}"`;
  let at = 1;
  while (at < text.length && text.charCodeAt(at) === QUOTE) {
    const colon = endOfString(text, at);
    const end = endOfValue(text, colon + 1);
    if (text.slice(at, colon) === wanted) return text.slice(colon + 1, end);
    at = end + 1;
  }
  return null;
}
