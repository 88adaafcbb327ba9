/** Danger: a transaction is submitted as another text than the one that was sent. Method: what each object remembers. */

import { parseJson, parseJsonBytes, sourceText } from '../../../src/codec/json-reader.js';
import type { JsonObject } from '../../../src/codec/json-value.js';

const first = '{"z": 1.0, "b":[{"deep":{"er":1}}],"\\u0061":2}';
const second = '{ "größe" : "ß" }';

function objects(body: string): JsonObject[] {
  const document = parseJsonBytes(Buffer.from(body), 512, { from: 3, to: 5 }) as JsonObject;
  const input = (document.variables as JsonObject).input as JsonObject;
  return [document, input, ...(input.transactions as JsonObject[])];
}

test.each([
  ['ASCII', [first, first]],
  ['other characters', [first, second]],
])('objects at the depths asked for remember exactly their text: %s', (_name, texts) => {
  const inputText = `{"transactions":[${texts.join(' , ')}]}`;
  const [document, input, one, two] = objects(`{"query":"{x}","variables":{"input":${inputText}}}`);
  expect(document && sourceText(document)).toBeNull();
  expect(input && sourceText(input)).toBe(inputText);
  expect(one && sourceText(one)).toBe(texts[0]);
  expect(two && sourceText(two)).toBe(texts[1]);
  if (texts[0] !== first || one === undefined) throw new Error('the first is the same in every row');
  const list = one.b as JsonObject[];
  expect(list.map((each) => sourceText(each.deep as JsonObject))).toEqual([null]);
});

test('nothing is remembered unless it is asked for', () => {
  expect(sourceText(parseJson('{"a":{"b":{"c":{}}}}') as JsonObject)).toBeNull();
});
