/** JSON for people: indented, without loss, and with nothing in it that could hide or turn the text around it. */

import { JsonFloat, type JsonValue } from '../../codec/json-value.js';

/** At most `length` characters and a mark that there are more. */
function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${cut(text, length)}…`;
}

/** At most `length` characters; never half of a pair. */
export function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

const INDENT = '  ';

/** Two spaces a level, characters as they are, floats in the spelling they were read with. */
export function indentedJson(value: JsonValue, margin: string = ''): string {
  const inner = margin + INDENT;
  if (value instanceof JsonFloat) return value.literal ?? String(value.value);
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((each) => inner + indentedJson(each, inner)).join(',\n')}\n${margin}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return '{}';
    const lines = entries.map(([key, each]) => `${inner}${quoted(key)}: ${indentedJson(each, inner)}`);
    return `{\n${lines.join(',\n')}\n${margin}}`;
  }
  return typeof value === 'string' ? quoted(value) : String(value);
}

const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\ufeff]/gu;

/** In quotes; what could not be seen, or would turn the line around, is spelled out. */
function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped.replace(CONTROL, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
}

/** One line that tells one payload from another: a name in it if there is one, else its beginning. */
export function payloadTitle(value: JsonValue, length: number = 60): string {
  if (value === null) return 'no data';
  if (typeof value === 'object' && !Array.isArray(value) && !(value instanceof JsonFloat)) {
    for (const key of ['name', 'title', 'label', 'serial']) {
      const named = value[key];
      if (typeof named === 'string' && named !== '') return shortened(visible(named), length);
    }
  }
  return shortened(
    indentedJson(value)
      .slice(0, 4 * length)
      .replace(/\s+/g, ' '),
    length,
  );
}

function visible(text: string): string {
  return text.slice(0, 200).replace(CONTROL, ' ');
}
