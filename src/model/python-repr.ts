/**
 * JSON values as Python prints them: 1.0.1's schema messages quote the offending value with `repr`, and clients show
 * them. Owns nothing else; the length is bounded, because the value comes from a client.
 */

import { JsonFloat, type JsonValue } from '../codec/json-value.js';

/** Characters of one printed value; 1.0.1 had no bound. A threshold of 101 keys prints in 9,300. */
export const REPR_CHARACTERS_MAX = 16_384;

const NOT_PRINTABLE = /[\p{C}\p{Z}]/u;
const NEEDS_ESCAPE = /[\p{C}\p{Z}\\']/u;

/** `repr(value)` of Python 3, cut at `charactersMax` with `...`. */
export function pythonRepr(value: JsonValue, charactersMax = REPR_CHARACTERS_MAX): string {
  const writer = new ReprWriter(charactersMax);
  writer.value(value);
  return writer.text();
}

/** `text`, or its first `charactersMax` units and `...`; never half a surrogate pair, which no writer could print. */
export function cutText(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const last = text.charCodeAt(charactersMax - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? charactersMax - 1 : charactersMax;
  return `${text.slice(0, end)}...`;
}

class ReprWriter {
  private parts: string[] = [];
  private length = 0;

  constructor(private readonly charactersMax: number) {}

  text(): string {
    const text = this.parts.join('');
    return cutText(text, this.charactersMax);
  }

  value(value: JsonValue): void {
    if (this.full()) return;
    if (value === null) this.write('None');
    else if (value === true) this.write('True');
    else if (value === false) this.write('False');
    else if (typeof value === 'string') this.write(stringRepr(value.slice(0, this.charactersMax + 1)));
    else if (typeof value === 'number' || typeof value === 'bigint') this.write(value.toString());
    else if (value instanceof JsonFloat) this.write(floatRepr(value.value));
    else if (Array.isArray(value)) this.list(value);
    else this.dictionary(value);
  }

  private list(items: readonly JsonValue[]): void {
    this.write('[');
    for (let index = 0; index < items.length && !this.full(); index++) {
      if (index > 0) this.write(', ');
      this.value(items[index] ?? null);
    }
    this.write(']');
  }

  private dictionary(value: { readonly [key: string]: JsonValue }): void {
    this.write('{');
    let first = true;
    for (const key in value) {
      if (this.full()) break;
      if (!first) this.write(', ');
      first = false;
      this.value(key);
      this.write(': ');
      this.value(value[key] ?? null);
    }
    this.write('}');
  }

  private write(part: string): void {
    this.parts.push(part);
    this.length += part.length;
  }

  private full(): boolean {
    return this.length > this.charactersMax;
  }
}

function stringRepr(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let result = quote;
  for (const character of text) result += characterRepr(character, quote);
  return result + quote;
}

const NAMED_ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function characterRepr(character: string, quote: string): string {
  if (character === quote) return `\\${character}`;
  const named = NAMED_ESCAPES[character];
  if (named !== undefined) return named;
  if (character === ' ' || !NOT_PRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${hex.padStart(4, '0')}`;
  return `\\U${hex.padStart(8, '0')}`;
}

/** Python's `float.__repr__`: shortest digits, an exponent below 1e-4 and from 1e16 on. */
function floatRepr(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [digits = '', exponent = '0'] = value.toExponential().split('e');
    const sign = exponent.startsWith('-') ? '-' : '+';
    return `${digits}e${sign}${exponent.replace(/[+-]/, '').padStart(2, '0')}`;
  }
  const text = value.toString();
  return text.includes('.') ? text : `${text}.0`;
}
