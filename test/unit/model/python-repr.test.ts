/** Danger: a client that matches 1.0.1's messages sees others, or a message grows without end. */

import { JsonFloat, type JsonValue } from '../../../src/codec/json-value.js';
import { cutText, pythonRepr } from '../../../src/model/python-repr.js';

test.each<[JsonValue, string]>([
  [null, 'None'],
  [true, 'True'],
  [false, 'False'],
  [-7, '-7'],
  [2n ** 70n, '1180591620717411303424'],
  [new JsonFloat(1), '1.0'],
  [new JsonFloat(-0), '-0.0'],
  [new JsonFloat(1e16), '1e+16'],
  [new JsonFloat(123456789012345680), '1.2345678901234568e+17'],
  [new JsonFloat(0.0001), '0.0001'],
  [new JsonFloat(0.00001), '1e-05'],
  [new JsonFloat(1.5e300), '1.5e+300'],
  ['', "''"],
  ["it's", '"it\'s"'],
  ['both \' and "', "'both \\' and \"'"],
  ['back\\slash', "'back\\\\slash'"],
  ['\n\r\t\u0000\u001f\u007f\u00a0\u00ad', "'\\n\\r\\t\\x00\\x1f\\x7f\\xa0\\xad'"],
  ['é٣ \u2028 \ue000 \u{1f37a} \u{e0001}', "'é٣ \\u2028 \\ue000 \u{1f37a} \\U000e0001'"],
  [[], '[]'],
  [{}, '{}'],
  [[1, 'a', [null]], "[1, 'a', [None]]"],
  [{ b: 1, a: { c: [true] } }, "{'b': 1, 'a': {'c': [True]}}"],
])('%j', (value, expected) => {
  expect(pythonRepr(value)).toBe(expected);
});

test('the length is bounded for every kind of value', () => {
  const long = 'x'.repeat(1_000_000);
  const many = Array.from({ length: 100_000 }, (_, index) => index);
  for (const value of [long, many, { [long]: long }, [[many, many]]]) {
    const text = pythonRepr(value, 100);
    expect(text).toHaveLength(103);
    expect(text.endsWith('...')).toBe(true);
  }
});

test('a cut never leaves half a character', () => {
  expect(cutText('ab\u{1f37a}', 3)).toBe('ab...');
  expect(cutText('ab\u{1f37a}', 4)).toBe('ab\u{1f37a}');
  const text = pythonRepr('\u{1f37a}'.repeat(100), 50);
  expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
});
