/** Danger: a response that loses digits, or is not the text that clients of 1.0.1 saw. Method: Python's own outputs as literals, then properties. */

import fc from 'fast-check';
import { parseJson } from '../../../src/codec/json-reader.js';
import { JsonWriteError } from '../../../src/codec/json-text.js';
import { JsonFloat, type JsonValue } from '../../../src/codec/json-value.js';
import { compactJson, prettyJson, spacedJson } from '../../../src/codec/json-writer.js';

const writers = [compactJson, spacedJson, (value: unknown) => prettyJson(value, { sortKeys: true })];

test('a float comes back with the digits it was posted with', () => {
  const text = '[1.0,1e2,1E+2,-0.0,5.61673,0.30000000000000007,100.00,1e-400]';
  expect(compactJson(parseJson(text))).toBe(text);
  expect(spacedJson(parseJson(text))).toBe(text.replaceAll(',', ', '));
  expect(prettyJson(parseJson('{"a":1e2}'))).toBe('{\n  "a": 1e2\n}');
});

// What Python 3 prints for the same values.
test.each<[number, string]>([
  [1, '1.0'],
  [100, '100.0'],
  [-0, '-0.0'],
  [0, '0.0'],
  [0.1 + 0.2, '0.30000000000000004'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1.5e-7, '1.5e-07'],
  [123456789012345.67, '123456789012345.67'],
  [1e15, '1000000000000000.0'],
  [9007199254740992, '9007199254740992.0'],
  [1e16, '1e+16'],
  [1.2345678901234567e19, '1.2345678901234567e+19'],
  [-1e22, '-1e+22'],
  [1e100, '1e+100'],
  [5e-324, '5e-324'],
  [1.7976931348623157e308, '1.7976931348623157e+308'],
])('a float without a spelling is printed as Python does: %d', (value, text) => {
  for (const write of writers) expect(write(new JsonFloat(value))).toBe(text);
});

test('numbers of programs', () => {
  expect(compactJson([0, -0, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, 12n ** 30n])).toBe(
    '[0,0,1.5,9007199254740992.0,null,null,237376313799769806328950291431424]',
  );
});

test('ordinary objects: order of insertion, undefined left out, null in arrays', () => {
  const value = { b: 1, a: undefined, c: [undefined, null, true], d: {}, e: [], f: 'x' };
  expect(compactJson(value)).toBe('{"b":1,"c":[null,null,true],"d":{},"e":[],"f":"x"}');
  expect(compactJson(value)).toBe(JSON.stringify(value));
  expect(spacedJson(value)).toBe('{"b": 1, "c": [null, null, true], "d": {}, "e": [], "f": "x"}');
  expect(compactJson(Object.assign(Object.create(null), { __proto__: 1, x: 2 }))).toBe('{"x":2}');
  expect(compactJson({ a: undefined })).toBe('{}');
  expect(prettyJson({ a: undefined })).toBe('{}');
});

test('spaced text is that of json.dumps', () => {
  expect(spacedJson(['é🍺\u007f\u0080\uffff', '\0\u001f\b\t\n\f\r"\\/ ~'])).toBe(
    '["\\u00e9\\ud83c\\udf7a\\u007f\\u0080\\uffff", "\\u0000\\u001f\\b\\t\\n\\f\\r\\"\\\\/ ~"]',
  );
  expect(spacedJson({ 'ключ"': 'ü' })).toBe('{"\\u043a\\u043b\\u044e\\u0447\\"": "\\u00fc"}');
});

test('pretty text is that of Flask 0.12: a space stays behind each comma', () => {
  const value = { b: [1, { y: 'é', x: [] }], a: {}, '': null };
  expect(prettyJson(value, { sortKeys: true })).toBe(
    '{\n  "": null, \n  "a": {}, \n  "b": [\n    1, \n    {\n      "x": [], \n      "y": "\\u00e9"\n    }\n  ]\n}',
  );
  expect(prettyJson(value)).toMatch(/^\{\n {2}"b": \[\n {4}1, \n/);
  expect(prettyJson({ '🍺': 1, '\uffff': 2 }, { sortKeys: true })).toBe(
    '{\n  "\\uffff": 2, \n  "\\ud83c\\udf7a": 1\n}',
  );
});

test('compact text keeps characters, and is JSON even for a lone surrogate in a message', () => {
  expect(compactJson('é🍺\u2028\u001f')).toBe('"é🍺\u2028\\u001f"');
  expect(compactJson('\ud800')).toBe('"\\ud800"');
});

test('what is written reads back as the same value', () => {
  const value: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<JsonValue>(null, true, false),
      fc.string({ unit: 'binary' }),
      fc.maxSafeInteger().filter((x) => !Object.is(x, -0)),
      fc.bigInt({ min: 2n ** 53n }),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((x) => parseJson(compactJson(new JsonFloat(x)))),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: 'binary' }), tie('value'), { maxKeys: 6, noNullPrototype: true }),
    ),
  })).value;
  fc.assert(
    fc.property(value, (any) => {
      for (const write of writers) expect(parseJson(write(any))).toEqual(any);
    }),
    { numRuns: 500 },
  );
});

test('agrees with JSON.stringify on what JSON.parse can hold', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (any) => {
      const integersOnly = JSON.parse(JSON.stringify(any), (_, each) =>
        typeof each === 'number' ? Math.trunc(each % 2 ** 53) : each,
      );
      expect(compactJson(integersOnly)).toBe(JSON.stringify(integersOnly));
    }),
    { numRuns: 500 },
  );
});

test('endless nesting is the declared error', () => {
  let deep: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) deep = depth % 2 === 0 ? [deep] : { a: deep };
  const circular: unknown[] = [];
  circular.push(circular);
  for (const write of writers) {
    expect(() => write(deep)).toThrow(JsonWriteError);
    expect(() => write(circular)).toThrow(JsonWriteError);
  }
});
