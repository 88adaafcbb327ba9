/**
 * JSON texts for the doors. All of them are lossless and take what the reader yields as well as ordinary objects and
 * arrays as programs make them: keys keep the order of insertion, a property that is `undefined` is left out.
 *
 * A float is written in the spelling it was read with, so that a transaction comes back with the very digits it was
 * posted with; a float without one, and a number that is no integer, as Python's `repr` prints it (1.0.1's responses).
 */

import { compareCodePoints, quoteAscii, tooDeep, WRITE_DEPTH_MAX } from './json-text.js';
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

const COMPACT: Style = {
  quote: (text) => JSON.stringify(text),
  comma: ',',
  colon: ':',
  indent: 0,
  sortKeys: false,
};
const SPACED: Style = { quote: quoteAscii, comma: ', ', colon: ': ', indent: 0, sortKeys: false };
const PRETTY: Style = { quote: quoteAscii, comma: ', ', colon: ': ', indent: 2, sortKeys: false };
const PRETTY_SORTED: Style = { ...PRETTY, sortKeys: true };

/** No spaces, characters as they are: `JSON.stringify` without its losses. For GraphQL. Throws `JsonWriteError`. */
export function compactJson(value: unknown): string {
  return write(value, COMPACT, 0);
}

/** One line with `", "` and `": "`, ASCII only: Python's `json.dumps` (1.0.1, section 6.1). Throws `JsonWriteError`. */
export function spacedJson(value: unknown): string {
  return write(value, SPACED, 0);
}

/**
 * Lines indented by two spaces, ASCII only, as Flask 0.12 pretty-prints: a comma is followed by a space and then the
 * line break. Without the final line break. Throws `JsonWriteError`.
 */
export function prettyJson(value: unknown, options: PrettyOptions = { sortKeys: false }): string {
  return write(value, options.sortKeys ? PRETTY_SORTED : PRETTY, 0);
}

function write(value: unknown, style: Style, depth: number): string {
  switch (typeof value) {
    case 'string':
      return style.quote(value);
    case 'number':
      return numberText(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return value.toString();
    case 'object':
      break;
    default:
      return 'null';
  }
  if (value === null) return 'null';
  if (value instanceof JsonFloat) return value.literal ?? doubleText(value.value);
  if (depth >= WRITE_DEPTH_MAX) throw tooDeep();
  if (Array.isArray(value)) {
    return enclose(
      '[',
      ']',
      value.map((item) => write(item, style, depth + 1)),
      style,
      depth,
    );
  }
  return enclose('{', '}', members(value as Record<string, unknown>, style, depth + 1), style, depth);
}

function members(object: Record<string, unknown>, style: Style, depth: number): string[] {
  const keys = Object.keys(object);
  if (style.sortKeys) keys.sort(compareCodePoints);
  const parts: string[] = [];
  for (const key of keys) {
    const value = object[key];
    if (value === undefined) continue;
    parts.push(style.quote(key) + style.colon + write(value, style, depth));
  }
  return parts;
}

function enclose(open: string, close: string, parts: readonly string[], style: Style, depth: number): string {
  if (style.indent === 0 || parts.length === 0) return open + parts.join(style.comma) + close;
  const margin = `\n${' '.repeat(style.indent * depth)}`;
  const inner = margin + ' '.repeat(style.indent);
  return open + inner + parts.join(style.comma + inner) + margin + close;
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
