/** What the JSON writers share: quoting, the order of keys, the guard against endless nesting. */

/** Nesting that every writer takes; twice what the reader lets in, and far from the end of the stack. */
export const WRITE_DEPTH_MAX = 1024;

/** A value that no text can be made of: nested too deep, a lone surrogate, a number that is no integer. */
export class JsonWriteError extends RangeError {
  override readonly name = 'JsonWriteError';
}

export function tooDeep(): JsonWriteError {
  return new JsonWriteError(`nested deeper than ${WRITE_DEPTH_MAX}`);
}

/** Anything that cannot stand in a string as it is, or that needs a closer look. */
const SPECIAL = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;
const LONE_SURROGATE = /[\ud800-\udfff]/u;
const ESCAPED = /[^ !#-[\]-\uffff]/g;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escapeRaw(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  return `\\u00${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/**
 * `text` in quotes with as few escapes as 1.0.1's serializer: short ones where they exist, else `\u00XX` with capital
 * digits; everything from U+0020 on stays as it is. Throws `JsonWriteError` for a lone surrogate.
 */
export function quoteRaw(text: string): string {
  if (!SPECIAL.test(text)) return `"${text}"`;
  if (LONE_SURROGATE.test(text)) throw new JsonWriteError('lone surrogate');
  return `"${text.replace(ESCAPED, escapeRaw)}"`;
}

/** `text` in quotes as `JSON.stringify` writes it: characters as they are, lone surrogates escaped. */
export function quoteCompact(text: string): string {
  return SPECIAL.test(text) ? JSON.stringify(text) : `"${text}"`;
}

const NOT_PLAIN_ASCII = /[^ !#-[\]-~]/;
const ESCAPED_ASCII = /[^ !#-[\]-~]/g;

function escapeAscii(unit: string): string {
  const short = SHORT_ESCAPES[unit];
  return short ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** `text` in quotes as Python's `json.dumps` writes it: ASCII only, every other UTF-16 unit as `\uxxxx`. */
export function quoteAscii(text: string): string {
  return NOT_PLAIN_ASCII.test(text) ? `"${text.replace(ESCAPED_ASCII, escapeAscii)}"` : `"${text}"`;
}

/** Order by code points, which is the order of the UTF-8 bytes; `<` goes by UTF-16 units. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
