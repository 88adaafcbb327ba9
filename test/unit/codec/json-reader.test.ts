/** Danger: a client's bytes are misread, a number is rounded, or one request stops the node. Method: tables, floods, JSON.parse as second opinion. */

import fc from 'fast-check';
import { canonicalJson } from '../../../src/codec/canonical-json.js';
import { JsonSyntaxError, parseJson, parseJsonBytes } from '../../../src/codec/json-reader.js';
import { JsonFloat, type JsonObject, type JsonValue } from '../../../src/codec/json-value.js';
import { readVectors } from './vectors.js';

/** What `JSON.parse` would have made of it, but for the sign of zero: an integer -0 is 0 (1.0.1, section 1.1). */
function plain(value: JsonValue): unknown {
  if (typeof value === 'number') return value + 0;
  if (value instanceof JsonFloat) return value.value + 0;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function refusal(text: string | Uint8Array): JsonSyntaxError {
  try {
    if (typeof text === 'string') parseJson(text);
    else parseJsonBytes(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error;
    throw error;
  }
  throw new Error(`accepted: ${String(text).slice(0, 100)}`);
}

function elapsedMs(action: () => void): number {
  const start = process.hrtime.bigint();
  action();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

describe('numbers', () => {
  test.each<[string, JsonValue]>([
    ['0', 0],
    ['-0', 0],
    ['-1', -1],
    ['123456789012345', 123456789012345],
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740993', -9007199254740993n],
    ['123456789012345678901234567890', 123456789012345678901234567890n],
    ['1.0', new JsonFloat(1, '1.0')],
    ['-0.0', new JsonFloat(-0, '-0.0')],
    ['1e2', new JsonFloat(100, '1e2')],
    ['1E+2', new JsonFloat(100, '1E+2')],
    ['0e0', new JsonFloat(0, '0e0')],
    ['1e-400', new JsonFloat(0, '1e-400')],
    ['1.7976931348623157e308', new JsonFloat(1.7976931348623157e308, '1.7976931348623157e308')],
  ])('%s', (text, value) => {
    expect(parseJson(text)).toStrictEqual(value);
    expect(Object.is(parseJson('-0'), 0)).toBe(true);
    expect(parseJson(` [ ${text} ] `)).toStrictEqual([value]);
  });

  test.each([
    '00',
    '01',
    '-',
    '-01',
    '+1',
    '.5',
    '1.',
    '1.e1',
    '1e',
    '1e+',
    '1e1.0',
    '0x10',
    '1_000',
    '--1',
    '1-',
    'NaN',
    '-NaN',
    'Infinity',
    '-Infinity',
    '1e400',
    '-1e309',
    '1.8e308',
    '٣',
  ])('refuses %s', (text) => {
    expect(refusal(text).tooDeep).toBe(false);
    refusal(`{"a":${text}}`);
  });

  test('an integer takes 4,096 digits and not one more', () => {
    expect(parseJson('1'.repeat(4096))).toBe(BigInt('1'.repeat(4096)));
    expect(parseJson(`-${'1'.repeat(4096)}`)).toBe(-BigInt('1'.repeat(4096)));
    expect(refusal('1'.repeat(4097)).message).toBe('integer too long at offset 0');
  });
});

describe('strings', () => {
  test.each<[string, string]>([
    ['""', ''],
    ['"a\\u0000b"', 'a\0b'],
    ['"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'],
    ['"\\uD83C\\uDF7A"', '🍺'],
    ['"🍺"', '🍺'],
    ['"\\u00e9é\\u0065\\u0301"', 'éée\u0301'],
    ['"\u2028\u2029\u007f\u0080\ufeff\uffff"', '\u2028\u2029\u007f\u0080\ufeff\uffff'],
    ['"before\\nafter é \\t end"', 'before\nafter é \t end'],
  ])('%s', (text, value) => {
    expect(parseJson(text)).toBe(value);
    expect(parseJsonBytes(Buffer.from(text, 'utf8'))).toBe(value);
    expect(parseJson(`{${text}:1}`)).toHaveProperty([value], 1);
  });

  test.each([
    '"',
    '"abc',
    '"\\',
    '"\\"',
    '"\\x41"',
    "'a'",
    '"\\u12"',
    '"\\u12G4"',
    '"\\u+123"',
    '"\n"',
    '"a\tb"',
    '"\0"',
    '"\\u"',
    '"é\u001f"',
    '"\\a"',
  ])('refuses %j', (text) => {
    refusal(text);
    refusal(`{${text}:1}`);
  });

  test.each([
    '"\\ud800"',
    '"\\udc00"',
    '"\\ud800\\ud800"',
    '"\\ud800x"',
    '"\\ud800\\n"',
    '"\\uDF7A\\uD83C"',
    '"\ud800"',
    '"\udc00"',
    '"\ud83c\\udf7a"',
    '"\\ud83c\udf7a"',
  ])('refuses the lone surrogate in %j', (text) => {
    expect(refusal(text).message).toContain('lone surrogate');
    refusal(`{${text}:1}`);
  });
});

describe('grammar', () => {
  test.each([
    '',
    ' ',
    '\ufeff{}',
    '{',
    '}',
    '[',
    ']',
    '[1',
    '[1,',
    '[1,]',
    '[,1]',
    '[1 2]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{a:1}',
    '{1:1}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{"a":1]',
    '[1}',
    'nul',
    'nulll',
    'True',
    'undefined',
    '{}{}',
    '[] []',
    '1 2',
    '/**/1',
    '[1]//',
    '\f[]',
    '\u00a0[]',
    '[1]\0',
    '{"a":1}x',
    'null,',
  ])('refuses %j', (text) => {
    refusal(text);
    refusal(Buffer.from(text, 'utf8'));
  });

  test('takes white space wherever JSON does', () => {
    expect(
      plain(parseJson(' \t\r\n{ "a" : [ 1 , null ,\ttrue ] ,\n"b" : { } , "c":[ ] , "d" : false } \n')),
    ).toEqual({
      a: [1, null, true],
      b: {},
      c: [],
      d: false,
    });
    expect([parseJson('null'), parseJson('"x"'), parseJson(' 1 ')]).toEqual([null, 'x', 1]);
  });

  test('the last of equal keys wins, however it is spelt', () => {
    expect(parseJson('{"a":1,"\\u0061":2}')).toHaveProperty('a', 2);
    expect(canonicalJson(parseJson('{"a":1,"b":0,"a":{"c":[]}}'))).toBe('{"a":{"c":[]},"b":0}');
  });

  test('errors say where', () => {
    expect(refusal('{"a":1,"b":x}').message).toBe('unexpected character at offset 11');
    expect(refusal('["é",x]').offset).toBe(6);
    expect(refusal('[1').message).toBe('unexpected end of text at offset 2');
    expect(refusal('[1] 2').message).toBe('text after the document at offset 4');
  });
});

describe('keys that other readers trip over', () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', ''];

  test.each(names)('%s is a key like any other', (name) => {
    const text = `{"${name}":{"${name}":{"${name}":1}}}`;
    const value = parseJson(text) as JsonObject;
    expect(Object.keys(value)).toEqual([name]);
    expect(canonicalJson(value)).toBe(text);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('objects inherit nothing', () => {
    const value = parseJson('{}') as JsonObject;
    for (const name of names) expect(value[name]).toBeUndefined();
    expect('toString' in value).toBe(false);
    expect(value instanceof Object).toBe(false);
  });

  test('a key met before is told from one with the same hash', () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `key${index.toString(36)}`);
    for (const _ of [1, 2]) {
      const value = parseJson(`{${keys.map((key, index) => `"${key}":${index}`).join(',')}}`) as JsonObject;
      keys.forEach((key, index) => {
        expect(value[key]).toBe(index);
      });
    }
  });
});

describe('bytes', () => {
  test.each([
    ['byte order mark', [0xef, 0xbb, 0xbf, 0x7b, 0x7d]],
    ['lone continuation', [0x22, 0x80, 0x22]],
    ['overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['overlong NUL', [0x22, 0xc0, 0x80, 0x22]],
    ['surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['beyond U+10FFFF', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ['cut short', [0x22, 0xe2, 0x82]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
    ['Latin-1', [0x22, 0xe9, 0x22]],
  ])('refuses %s', (_, bytes) => {
    refusal(Uint8Array.from(bytes));
  });

  test('reads a part of a larger buffer, of any kind of bytes', () => {
    const whole = Buffer.from('xx{"a":"é"}yy', 'utf8');
    expect(plain(parseJsonBytes(whole.subarray(2, whole.length - 2)))).toEqual({ a: 'é' });
    const bytes = new Uint8Array(whole.buffer, whole.byteOffset + 2, whole.length - 4);
    expect(plain(parseJsonBytes(bytes))).toEqual({ a: 'é' });
  });
});

describe('floods', () => {
  test.each(['[', '{"a":', '[{"a":'])('nesting of %j a hundred thousand deep is refused at once', (open) => {
    const text = open.repeat(100_000);
    expect(refusal(text)).toMatchObject({ tooDeep: true });
    expect(elapsedMs(() => refusal(text))).toBeLessThan(2000);
  });

  test('the depth allowed is exact, and never beyond what the stack bears', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parseJson(nested(512))).not.toThrow();
    expect(refusal(nested(513)).tooDeep).toBe(true);
    expect(() => parseJson(nested(3), 3)).not.toThrow();
    expect(() => parseJson('[[[[1]]]]', 3)).toThrow('nested too deep at offset 3');
    expect(() => parseJson('[[],[],[[]]]', 3)).not.toThrow();
    expect(() => parseJson(nested(1_000_000), Number.POSITIVE_INFINITY)).toThrow(JsonSyntaxError);
  });

  test('work grows with length only', () => {
    const floods = [
      `{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":0`).join(',')}}`,
      `{${'"same":0,'.repeat(100_000)}"same":1}`,
      `"${'\\u0041'.repeat(200_000)}"`,
      `[${'1.5,'.repeat(200_000)}1]`,
      `["${'k'.repeat(1_000_000)}"]`,
      `{"${'k'.repeat(1_000_000)}":0}`,
      `[${`${'9'.repeat(4096)},`.repeat(250)}1]`,
      `[0.${'1'.repeat(1_000_000)}]`,
    ];
    for (const text of floods) {
      expect(elapsedMs(() => parseJson(text))).toBeLessThan(5000);
    }
    expect(elapsedMs(() => refusal('9'.repeat(1_000_000)))).toBeLessThan(2000);
    expect(elapsedMs(() => refusal(`"${'a'.repeat(1_000_000)}`))).toBeLessThan(2000);
  });
});

describe('second opinion: JSON.parse', () => {
  test('every text that JSON.stringify makes is read the same', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(plain(parseJson(text))).toEqual(plain(JSON.parse(text)));
      }),
      { numRuns: 1000 },
    );
  });

  test('of damaged texts both take the same ones', () => {
    const alphabet = '{}[]",:\\u0123456789abcdefE+-. \n\0éntrls\ud83c';
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 3 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(alphabet.length - 1), fc.integer({ min: 0, max: 2 })), {
          maxLength: 4,
        }),
        (text, edits) => {
          let damaged = text;
          for (const [where, letter, removed] of edits) {
            const at = where % (damaged.length + 1);
            damaged = damaged.slice(0, at) + (alphabet[letter] ?? '') + damaged.slice(at + removed);
          }
          let expected: unknown;
          let ours: JsonValue;
          try {
            expected = JSON.parse(damaged);
          } catch {
            refusal(damaged);
            return;
          }
          try {
            ours = parseJson(damaged);
          } catch (error) {
            expect(String(error)).toMatch(/lone surrogate|beyond the range/);
            return;
          }
          expect(plain(ours)).toEqual(plain(expected as JsonValue));
          expect(canonicalJson(parseJsonBytes(Buffer.from(damaged, 'utf8')))).toBe(canonicalJson(ours));
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('arbitrary bytes end in a value or in the declared error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          parseJsonBytes(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(JsonSyntaxError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

test('every vector of 1.0.1 is read', () => {
  interface Vector {
    readonly name: string;
    readonly json_text: string;
  }
  const { vectors } = readVectors<{ vectors: Vector[] }>('serialization');
  for (const { json_text } of vectors) {
    expect(plain(parseJson(json_text))).toEqual(plain(JSON.parse(json_text)));
    expect(plain(parseJsonBytes(Buffer.from(json_text, 'utf8')))).toEqual(plain(JSON.parse(json_text)));
  }
});
