/**
 * Danger: a number that changes its kind or a digit on the way changes the id of its transaction.
 * Method: every number in every dialect of mongoexport must come out as the canonical text of what 1.0.1 had stored.
 */

import { canonicalJson } from '../../src/codec/canonical-json.js';
import { parseExtendedJson } from '../../src/node/legacy/extended-json.js';

const read = (line: string): string => canonicalJson(parseExtendedJson(line));

test.each([
  ['{"a":1}', '{"a":1}'],
  ['{"a":1.0}', '{"a":1.0}'],
  ['{"a":{"$numberInt":"-3"}}', '{"a":-3}'],
  ['{"a":{"$numberLong":"4294967296"}}', '{"a":4294967296}'],
  ['{"a":{"$numberLong":"9007199254740993"}}', '{"a":9007199254740993}'],
  ['{"a":{"$numberLong":"-9223372036854775808"}}', '{"a":-9223372036854775808}'],
  ['{"a":{"$numberLong":7}}', '{"a":7}'],
  ['{"a":{"$numberDouble":"1"}}', '{"a":1.0}'],
  ['{"a":{"$numberDouble":"-0.0"}}', '{"a":-0.0}'],
  ['{"a":{"$numberDouble":"5.61673"}}', '{"a":5.6167299999999999}'],
  ['{"a":5.61673}', '{"a":5.6167299999999999}'],
  ['{"a":1e+21}', '{"a":1e21}'],
  ['{"a":[{"b":{"$numberLong":"5"}},{"$numberInt":"6"}]}', '{"a":[{"b":5},6]}'],
  ['{"_id":{"$oid":"5a0000000000000000000000"},"a":null}', '{"a":null}'],
  ['{"a":{"$in side":1,"b":"$"}}', '{"a":{"$in side":1,"b":"$"}}'],
  ['{"__proto__":{"a":{"$numberLong":"5"}}}', '{"__proto__":{"a":5}}'],
])('%s', (line, expected) => {
  expect(read(line)).toBe(expected);
});

test.each([
  ['[1]', /no object/],
  ['{"$numberInt":"5"}', /no object/],
  ['{"a":{"$numberLong":"x"}}', /integer that is none/],
  ['{"a":{"$numberLong":""}}', /integer that is none/],
  ['{"a":{"$numberDouble":"NaN"}}', /finite/],
  ['{"a":{"$numberDouble":"Infinity"}}', /finite/],
  ['{"a":{"$numberDouble":" "}}', /finite/],
  ['{"a":{"$numberDecimal":"1"}}', /\$numberDecimal/],
  ['{"a":{"$date":0}}', /\$date/],
  ['{"a":', /offset/],
])('%s is none of 1.0.x', (line, expected) => {
  expect(() => read(line)).toThrow(expected);
});
