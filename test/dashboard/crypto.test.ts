/**
 * Danger: «check it here» says yes where the ledger says no, or a browser signs what no node takes. Method: the built
 * browser code, in a world without anything of Node, against the original's vectors and the node's own verdicts.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { canonicalJson } from '../../src/codec/canonical-json.js';
import { verifySignature } from '../../src/codec/ed25519.js';
import { parseJson } from '../../src/codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../src/codec/json-value.js';
import { LEDGER_LIMITS, checkTransaction as nodeCheck } from '../../src/model/check-transaction.js';
import {
  encodePoint,
  L,
  littleEndian,
  littleEndianNumber,
  TORSION,
  torsionedSignature,
} from '../unit/codec/edwards.js';
import { SPECCHECK } from '../unit/codec/speccheck.js';
import { type BrowserCode, bundle, loadBrowserCode } from './support/load-browser-code.js';

let browser: BrowserCode;

beforeAll(() => {
  browser = loadBrowserCode();
}, 120_000);

function vectors(name: string): JsonObject {
  return parseJson(readFileSync(join(__dirname, '../vectors', `${name}.json`), 'utf8')) as JsonObject;
}

interface Row {
  readonly name: string;
  readonly [field: string]: JsonValue;
}

function rows(name: string, list: string): Row[] {
  return vectors(name)[list] as unknown as Row[];
}

const serialization = rows('serialization', 'vectors');
const transactions = rows('transactions', 'cases');
const conditions = rows('crypto-conditions', 'conditions');

function textOf(row: Row): string {
  return typeof row.request_body === 'string' ? row.request_body : canonicalJson(row.tx ?? null);
}

describe('what the original says', () => {
  test.each(serialization.map((row): [string, Row] => [row.name, row]))(
    'canonical text: %s',
    (_name, row) => {
      const text = browser.canonicalText(browser.readJson(String(row.json_text)));
      expect(text).toBe(row.canonical);
      expect(browser.sha3Hex(text)).toBe(row.sha3_256);
    },
  );

  test.each(conditions.map((row): [string, Row] => [row.name, row]))('condition: %s', (_name, row) => {
    const details = browser.readJson(canonicalJson(row.details ?? null));
    if (row.uri === undefined) expect(() => browser.conditionFromDetails(details)).toThrow();
    else expect(browser.conditionFromDetails(details).uri).toBe(row.uri);
  });

  test.each(transactions.map((row): [string, Row] => [row.name, row]))('transaction: %s', (name, row) => {
    const { result } = nodeCheck(textOf(row), LEDGER_LIMITS);
    const check = browser.checkTransaction(browser.readJson(textOf(row)));
    // Who made it is not a matter of the document: a node refuses a genesis transaction that comes from outside.
    const accepted = name.startsWith('genesis') ? check.passed : result.ok;
    expect(check.passed).toBe(accepted);
    if (result.ok) expect(check).toMatchObject({ idMatches: true, computedId: result.transaction.id });
    else if (result.problem.code === 'INVALID_HASH') expect(check.idMatches).toBe(false);
    else if (result.problem.code === 'INVALID_SIGNATURE')
      expect(check.inputs.every((input) => input.satisfied)).toBe(false);
  });

  test('there are transactions of both kinds among them', () => {
    const passed = transactions.filter(
      (row) => browser.checkTransaction(browser.readJson(textOf(row))).passed,
    );
    expect(passed.length).toBeGreaterThan(20);
    expect(transactions.length - passed.length).toBeGreaterThan(20);
  });
});

describe('Ed25519', () => {
  test.each(SPECCHECK)('speccheck case $number', ({ number, message, publicKey, signature }) => {
    const [text, key, signed] = [message, publicKey, signature].map((hex) => Buffer.from(hex, 'hex'));
    expect(browser.verifySignature(text as Buffer, signed as Buffer, key as Buffer)).toBe(number === 3);
  });

  test('mixed-order keys and every flipped bit: the node says the same', () => {
    const seed = Buffer.alloc(32, 7);
    const message = Buffer.from('a message');
    const key = Buffer.from(browser.publicKeyOf(seed));
    const signature = Buffer.from(browser.sign(message, seed));
    expect(browser.verifySignature(message, signature, key)).toBe(true);
    expect(verifySignature(message, signature, key)).toBe(true);
    for (let bit = 0; bit < 512; bit += 13) {
      const bad = Buffer.from(signature);
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(browser.verifySignature(message, bad, key)).toBe(false);
    }
    const forged = Array.from({ length: 64 }, (_, index) =>
      torsionedSignature(index + 1, BigInt(index % 8), BigInt(index >> 3)),
    );
    const nodes = forged.map((each) => verifySignature(each.message, each.signature, each.publicKey));
    expect(
      forged.map((each) => browser.verifySignature(each.message, each.signature, each.publicKey)),
    ).toEqual(nodes);
    expect(new Set(nodes).size).toBe(2);
  });

  test('a key, an R or an S that has no place is refused', () => {
    const seed = Buffer.alloc(32, 7);
    const message = Buffer.from('a message');
    const key = Buffer.from(browser.publicKeyOf(seed));
    const signature = Buffer.from(browser.sign(message, seed));
    const s = littleEndianNumber(signature.subarray(32));
    const small = encodePoint(TORSION);
    const bad: [Buffer, Buffer][] = [
      [Buffer.concat([signature.subarray(0, 32), littleEndian(s + L)]), key],
      [Buffer.concat([small, signature.subarray(32)]), key],
      [signature, small],
      [Buffer.concat([littleEndian(1n), Buffer.alloc(32)]), littleEndian(1n)],
      [signature, Buffer.alloc(32, 0xff)],
      [signature.subarray(1), key],
    ];
    for (const [each, publicKey] of bad)
      expect(browser.verifySignature(message, each, publicKey)).toBe(false);
  });
});

describe('bytes', () => {
  const anyBytes = fc.uint8Array({ maxLength: 300 });

  test('read and written as Node does', () => {
    fc.assert(
      fc.property(anyBytes, fc.string({ unit: 'binary', maxLength: 100 }), (bytes, text) => {
        const own = browser.BrowserBuffer.from(bytes);
        const nodes = Buffer.from(bytes);
        for (const encoding of ['utf8', 'latin1', 'base64url'] as const) {
          expect(own.toString(encoding)).toBe(nodes.toString(encoding));
          expect(own.toString(encoding, 3, 17)).toBe(nodes.toString(encoding, 3, 17));
        }
        const spelt = nodes.toString('base64url');
        expect([...browser.BrowserBuffer.from(spelt, 'base64url')]).toEqual([...bytes]);
        for (const encoding of ['utf8', 'latin1'] as const)
          expect([...browser.BrowserBuffer.from(text, encoding)]).toEqual([...Buffer.from(text, encoding)]);
        expect(browser.BrowserBuffer.byteLength(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });

  test('compared, joined and counted as Node does', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (left, right) => {
        expect(browser.BrowserBuffer.compare(left, right)).toBe(Buffer.compare(left, right));
        expect([...browser.BrowserBuffer.concat([left, right])]).toEqual([...Buffer.concat([left, right])]);
        const own = browser.BrowserBuffer.alloc(9);
        const nodes = Buffer.alloc(9);
        own.writeUInt32BE(left.length * 9_999_999, 2);
        nodes.writeUInt32BE(left.length * 9_999_999, 2);
        expect([...own]).toEqual([...nodes]);
        expect(own.readUIntBE(3, 4)).toBe(nodes.readUIntBE(3, 4));
      }),
    );
  });

  test('malformed UTF-8 is refused by the reader', () => {
    expect(() => browser.parseJsonBytes(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('malformed UTF-8');
    expect(browser.parseJsonBytes(new TextEncoder().encode('"é"'))).toBe('é');
  });

  test('the deepest document is read, also inside an answer', () => {
    const document = `${'['.repeat(512)}${']'.repeat(512)}`;
    expect(() => browser.readJson(`{"data":{"transaction":{"document":${document}}}}`)).not.toThrow();
    expect(() => browser.readJson('['.repeat(5000))).toThrow('nested too deep');
  });

  test('a megabyte is read in well under a second', () => {
    const text = JSON.stringify({
      data: Array.from({ length: 20_000 }, (_, index) => `text ${index} with ünicode and more`),
    });
    const startedMs = performance.now();
    browser.readJson(text);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});

test('a file that takes anything else of Node does not build', () => {
  const folder = mkdtempSync(join(tmpdir(), 'browser-code-'));
  try {
    const entry = join(folder, 'entry.ts');
    writeFileSync(entry, "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n");
    expect(() => bundle(entry)).toThrow(/imports node:fs, which no browser has/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
