/**
 * JSON texts for the doors. All of them are lossless and take what the reader yields as well as ordinary objects and
 * arrays as programs make them: keys keep the order of insertion, a property that is `undefined` is left out.
 *
 * A float is written in the spelling it was read with, so that a transaction comes back with the very digits it was
 * posted with; a float without one, and a number that is no integer, as Python's `repr` prints it (1.0.1's responses).
 */

import { compareCodePoints, quoteAscii, quoteCompact, tooDeep, WRITE_DEPTH_MAX } from './json-text.js';
import { JsonFloat } from './json-value.js';

export interface PrettyOptions {
  readonly sortKeys: boolean;
}

interface Style {
  quote(text: string): string;
  readonly comma: string;
  readonly colon: string;
  /** Spaces a level; 0 writes everything on one line. */
  readonly indent: number;
  readonly sortKeys: boolean;
}

const COMPACT: Style = { quote: quoteCompact, comma: ',', colon: ':', indent: 0, sortKeys: false };
const SPACED: Style = { quote: quoteAscii, comma: ', ', colon: ': ', indent: 0, sortKeys: false };
const PRETTY: Style = { quote: quoteAscii, comma: ', ', colon: ': ', indent: 2, sortKeys: false };
const PRETTY_SORTED: Style = { ...PRETTY, sortKeys: true };

/** No spaces, characters as they are: `JSON.stringify` without its losses. For GraphQL. Throws `JsonWriteError`. */
export function compactJson(value: unknown): string {
  return write(value, COMPACT);
}

/** One line with `", "` and `": "`, ASCII only: Python's `json.dumps` (1.0.1, section 6.1). Throws `JsonWriteError`. */
export function spacedJson(value: unknown): string {
  return write(value, SPACED);
}

/**
 * Lines indented by two spaces, ASCII only, as Flask 0.12 pretty-prints: a comma is followed by a space and then the
 * line break. Without the final line break. Throws `JsonWriteError`.
 */
export function prettyJson(value: unknown, options: PrettyOptions = { sortKeys: false }): string {
  return write(value, options.sortKeys ? PRETTY_SORTED : PRETTY);
}

function write(value: unknown, style: Style): string {
  const writer = new Writer(style);
  writer.write(value, 0);
  return writer.text;
}

/** One writing: a single text that grows. */
class Writer {
  text = '';

  constructor(private readonly style: Style) {}

  write(value: unknown, depth: number): void {
    if (typeof value === 'string') this.text += this.style.quote(value);
    else if (typeof value === 'object' && value !== null) this.container(value, depth);
    else if (typeof value === 'number') this.text += numberText(value);
    else if (typeof value === 'boolean' || typeof value === 'bigint') this.text += String(value);
    else this.text += 'null';
  }

  private container(value: object, depth: number): void {
    if (value instanceof JsonFloat) {
      this.text += value.literal ?? doubleText(value.value);
      return;
    }
    if (depth >= WRITE_DEPTH_MAX) throw tooDeep();
    if (Array.isArray(value)) this.array(value, depth + 1);
    else this.object(value as Record<string, unknown>, depth + 1);
  }

  private array(array: readonly unknown[], depth: number): void {
    this.text += '[';
    for (let index = 0; index < array.length; index++) {
      this.separate(index === 0, depth);
      this.write(array[index], depth);
    }
    this.close(array.length === 0, ']', depth);
  }

  private object(object: Readonly<Record<string, unknown>>, depth: number): void {
    const { quote, colon, sortKeys } = this.style;
    const keys = Object.keys(object);
    if (sortKeys) keys.sort(compareCodePoints);
    let first = true;
    this.text += '{';
    for (const key of keys) {
      const value = object[key];
      if (value === undefined) continue;
      this.separate(first, depth);
      this.text += quote(key) + colon;
      this.write(value, depth);
      first = false;
    }
    this.close(first, '}', depth);
  }

  /** What stands before an item that is `first` or not. */
  private separate(first: boolean, depth: number): void {
    if (!first) this.text += this.style.comma;
    if (this.style.indent > 0) this.breakLine(depth);
  }

  private close(empty: boolean, bracket: string, depth: number): void {
    if (!empty && this.style.indent > 0) this.breakLine(depth - 1);
    this.text += bracket;
  }

  private breakLine(depth: number): void {
    this.text += `\n${' '.repeat(this.style.indent * depth)}`;
  }
}

/** A number of a program: integers plainly, anything else as a double; NaN and infinities as null. */
function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return `${value}`;
  return Number.isFinite(value) ? doubleText(value) : 'null';
}

/** Python's `repr` of a double: the shortest digits, an exponent of at least two digits below 1e-4 and from 1e16 on. */
function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e');
    return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}
