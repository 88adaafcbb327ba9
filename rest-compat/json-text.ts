/**
 * Prints canonical JSON text the two ways 1.0.1 prints JSON, without parsing it: integers keep their digits, keys that
 * look like numbers keep their place, and a transaction costs a few microseconds. Input is always canonical text
 * (no white space, `"` never inside a string but escaped), as the view and the ledger hold it.
 *
 * 1.0.1 (Python's json): `, ` and `: ` between, everything but printable ASCII as `\uxxxx` in lower case, floats by
 * their shortest digits, so that 5.61673 comes back as it was posted and not as it is hashed.
 */

import { JsonFloat } from '../src/codec/json-value.js';
import { spacedJson } from '../src/codec/json-writer.js';
import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  endOfString,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from './text-scan.js';

/** Order in which 1.0.1 shows the keys of an object; keys that are not named follow in canonical order. */
export interface ObjectOrder {
  readonly keys: readonly string[];
  readonly of?: Readonly<Record<string, Order>>;
}

/** Order of an object, of the items of a list, or none: as it stands. */
export type Order = ObjectOrder | { readonly items: Order } | undefined;

/** Compact style of 1.0.1: `{"a": 1, "b": [2, 3]}`, with the keys in `order`. */
export function spacedText(canonical: string, order?: Order): string {
  const text = new Spacer(canonical).value(order);
  return NOT_PLAIN.test(canonical) ? asciiText(text) : text;
}

/**
 * Style of 1.0.1's `jsonify` (Flask 0.12): two spaces a level, a space before the line break, keys as they stand
 * (canonical text is sorted).
 */
export function prettyText(canonical: string): string {
  const text = indented(canonical);
  return NOT_PLAIN.test(canonical) ? asciiText(text) : text;
}

/** Bodies made here are ASCII, so their length in bytes is their length. */
const NOT_PLAIN = /[^ -~]|\\u/;

const ESCAPES_AND_OTHERS = /\\u[0-9A-Fa-f]{4}|\\.|[^ -~\n]/g;

function asciiText(text: string): string {
  return text.replace(ESCAPES_AND_OTHERS, (found) => {
    if (found.charCodeAt(0) === BACKSLASH) return found.length === 2 ? found : found.toLowerCase();
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

class Spacer {
  private position = 0;

  constructor(private readonly text: string) {}

  value(order: Order): string {
    const first = this.text.charCodeAt(this.position);
    if (order !== undefined) {
      if ('keys' in order && first === OPEN_OBJECT) return this.object(order);
      if ('items' in order && first === OPEN_LIST) return this.list(order.items);
    }
    return this.asItStands();
  }

  private object(order: ObjectOrder): string {
    const known: (string | undefined)[] = [];
    let others = '';
    this.position += 1;
    while (this.text.charCodeAt(this.position) !== CLOSE_OBJECT) {
      const end = endOfString(this.text, this.position);
      const quoted = this.text.slice(this.position, end);
      const key = quoted.slice(1, -1);
      this.position = end + 1;
      const place = order.keys.indexOf(key);
      const member = `${quoted}: ${this.value(place === -1 ? undefined : order.of?.[key])}`;
      if (place === -1) others += `, ${member}`;
      else known[place] = member;
      this.skipComma();
    }
    this.position += 1;
    const shown = known.filter((member) => member !== undefined).join(', ');
    return `{${shown === '' ? others.slice(2) : shown + others}}`;
  }

  private list(items: Order): string {
    const shown: string[] = [];
    this.position += 1;
    while (this.text.charCodeAt(this.position) !== CLOSE_LIST) {
      shown.push(this.value(items));
      this.skipComma();
    }
    this.position += 1;
    return `[${shown.join(', ')}]`;
  }

  private skipComma(): void {
    if (this.text.charCodeAt(this.position) === COMMA) this.position += 1;
    else if (this.position >= this.text.length) throw new Error('not canonical JSON: it ends too early');
  }

  /** One whole value with spaces after its separators. */
  private asItStands(): string {
    const { text } = this;
    let out = '';
    let from = this.position;
    let at = from;
    let depth = 0;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        at = endOfString(text, at);
        if (depth === 0) break;
      } else if (code === COMMA || code === COLON) {
        if (depth === 0) break;
        at += 1;
        out += `${text.slice(from, at)} `;
        from = at;
      } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
        depth += 1;
        at += 1;
      } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
        if (depth === 0) break;
        depth -= 1;
        at += 1;
        if (depth === 0) break;
      } else if (code >= MINUS && code <= NINE) {
        out += text.slice(from, at);
        from = endOfNumber(text, at);
        out += numberText(text.slice(at, from));
        at = from;
        if (depth === 0) break;
      } else at += 1;
    }
    this.position = at;
    return out + text.slice(from, at);
  }
}

/** Index after the number that starts at `start`. */
function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (NUMBER_CHARACTERS.includes(text.charAt(end)) && end < text.length) end += 1;
  return end;
}

const NUMBER_CHARACTERS = '0123456789.eE+-';
const MINUS = 45;
const NINE = 57;

/** A float with Python's digits; an integer, of any size, as it stands. */
function numberText(token: string): string {
  return FLOAT.test(token) ? spacedJson(new JsonFloat(Number(token))) : token;
}

const FLOAT = /[.eE]/;

const LINES: string[] = ['\n'];

/** A line break and the spaces of `depth` levels. */
function line(depth: number): string {
  let known = LINES[depth];
  if (known === undefined) {
    known = `\n${'  '.repeat(depth)}`;
    LINES[depth] = known;
  }
  return known;
}

function indented(text: string): string {
  let out = '';
  let from = 0;
  let at = 0;
  let depth = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COLON) {
      at += 1;
      out += `${text.slice(from, at)} `;
      from = at;
    } else if (code === COMMA) {
      at += 1;
      out += `${text.slice(from, at)} ${line(depth)}`;
      from = at;
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      at += 1;
      const next = text.charCodeAt(at);
      // An empty object or list stays on its line.
      if (next === CLOSE_OBJECT || next === CLOSE_LIST) at += 1;
      else {
        depth += 1;
        out += text.slice(from, at) + line(depth);
        from = at;
      }
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      depth -= 1;
      out += text.slice(from, at) + line(depth);
      from = at;
      at += 1;
    } else if (code >= MINUS && code <= NINE) {
      out += text.slice(from, at);
      from = endOfNumber(text, at);
      out += numberText(text.slice(at, from));
      at = from;
    } else at += 1;
  }
  return out + text.slice(from);
}
