/**
 * The few kinds of rule that 1.0.1's JSON schemas are made of, each with the message that Python's jsonschema 2.5
 * gives for it (1.0.1: sections 2.1 and 6.2). A rule answers null or the first violation; places are added by the
 * callers on the way up, so a document that fits costs no allocation.
 */

import { JsonFloat, type JsonObject, type JsonValue } from '../codec/json-value.js';
import { pythonRepr } from './python-repr.js';

/** What is wrong and where. */
export interface Violation {
  readonly message: string;
  readonly path: readonly string[];
}

type TypeName = 'object' | 'array' | 'string' | 'null' | 'boolean';

/** A field of a closed object: present when `required`, and then as `rule` says. */
export interface FieldRule {
  readonly name: string;
  readonly required: boolean;
  readonly rule: (value: JsonValue) => Violation | null;
}

/** Puts `place` in front of where a violation was found. */
export function within(violation: Violation, ...place: readonly (string | number)[]): Violation {
  return { message: violation.message, path: [...place.map(String), ...violation.path] };
}

export function isObject(value: JsonValue): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat)
  );
}

/** Number of keys, without a list of them. */
export function keyCount(value: JsonObject): number {
  let count = 0;
  for (const _ in value) count++;
  return count;
}

/** `x is not of type 't'`. */
export function notOfType(value: JsonValue, type: TypeName): Violation {
  return { message: `${pythonRepr(value)} is not of type '${type}'`, path: [] };
}

/** `x is not valid under any of the given schemas`: an anyOf of which no branch fits. */
export function noSchemaFits(value: JsonValue): Violation {
  return { message: `${pythonRepr(value)} is not valid under any of the given schemas`, path: [] };
}

export function missingProperty(name: string): Violation {
  return { message: `${pythonRepr(name)} is a required property`, path: [] };
}

/** `x does not match 'pattern'`; `pattern` as 1.0.1's schema has it. */
export function noMatch(value: string, pattern: string): Violation {
  return { message: `${pythonRepr(value)} does not match ${pythonRepr(pattern)}`, path: [] };
}

/** `Additional properties are not allowed ('a', 'b' were unexpected)`. */
export function unexpectedProperties(names: readonly string[]): Violation {
  const listed = pythonRepr([...names]).slice(1, -1);
  const verb = names.length === 1 ? 'was' : 'were';
  return { message: `Additional properties are not allowed (${listed} ${verb} unexpected)`, path: [] };
}

/** A closed object: type, then keys that are not in `fields`, then required keys, then each field in order. */
export function closedObject(value: JsonValue, fields: readonly FieldRule[]): Violation | null {
  if (!isObject(value)) return notOfType(value, 'object');
  let known = 0;
  for (const field of fields) {
    if (value[field.name] !== undefined) known++;
  }
  for (const _ in value) known--;
  if (known !== 0) {
    const names = new Set(fields.map((field) => field.name));
    return unexpectedProperties(Object.keys(value).filter((key) => !names.has(key)));
  }
  return fieldViolation(value, fields);
}

function fieldViolation(value: JsonObject, fields: readonly FieldRule[]): Violation | null {
  for (const field of fields) {
    if (field.required && value[field.name] === undefined) return missingProperty(field.name);
  }
  for (const field of fields) {
    const content = value[field.name];
    if (content === undefined) continue;
    const violation = field.rule(content);
    if (violation !== null) return within(violation, field.name);
  }
  return null;
}

/** An array whose every item follows `rule`. */
export function arrayOf(value: JsonValue, rule: (item: JsonValue) => Violation | null): Violation | null {
  if (!Array.isArray(value)) return notOfType(value, 'array');
  for (let index = 0; index < value.length; index++) {
    const violation = rule(value[index] ?? null);
    if (violation !== null) return within(violation, index);
  }
  return null;
}

/** A string that `fits`; `pattern` is only printed. */
export function stringMatching(
  value: JsonValue,
  fits: (text: string) => boolean,
  pattern: string,
): Violation | null {
  if (typeof value !== 'string') return notOfType(value, 'string');
  return fits(value) ? null : noMatch(value, pattern);
}
