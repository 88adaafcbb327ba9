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
