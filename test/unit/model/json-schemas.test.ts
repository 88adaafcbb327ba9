/**
 * Danger: the JSON Schemas that `schema/` gives to other tools say another thing than the node.
 * Method: a validator of JSON Schema decides the recorded cases of 1.0.1's own, and random damage to good documents,
 * as the rules in `src/model` do.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { parseJson } from '../../../src/codec/json-reader.js';
import { transactionViolation } from '../../../src/model/transaction-schema.js';
import { voteViolation } from '../../../src/model/vote-schema.js';

const NAMES = ['transaction.json', 'transaction-create.json', 'transaction-transfer.json', 'vote.json'];
type Path = readonly (string | number)[];
interface Case {
  readonly kind: string;
  readonly path: Path;
  readonly value_json: string | null;
  readonly accepted: boolean;
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(__dirname, '../../..', path), 'utf8'));
}

// Unions of types are what the schemas mean by `["string", "null"]`.
const validator = new Ajv({
  allErrors: false,
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  strictTypes: false,
});
for (const name of NAMES) validator.addSchema(read(`schema/${name}`) as object);

function schemaFor(document: unknown, kind: string): ValidateFunction {
  const operation = (document as { operation?: unknown } | null)?.operation;
  const name =
    kind === 'vote' ? 'vote' : operation === 'TRANSFER' ? 'transaction-transfer' : 'transaction-create';
  const schema = validator.getSchema(`${name}.json`);
  if (schema === undefined) throw new Error(`there is no ${name}.json`);
  return schema as ValidateFunction;
}

/** A copy with the value at `path` replaced, or removed when it is undefined. */
function changed(document: unknown, path: Path, value: unknown): unknown {
  const copy = structuredClone(document);
  const last = path.at(-1);
  if (last === undefined) return value;
  const holder = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], copy);
  if (value === undefined) delete (holder as Record<string, unknown>)[last];
  else (holder as Record<string, unknown>)[last] = value;
  return copy;
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, below]) => pathsOf(below, [...path, key]))];
}

const { base, cases } = read('test/vectors/schema.json') as { base: Record<string, unknown>; cases: Case[] };

test.each(cases.map((row, index): [string, Case] => [`${index}: ${row.kind} ${row.path.join('.')}`, row]))(
  '%s',
  (_name, { kind, path, value_json: text, accepted }) => {
    const document = changed(base[kind], path, text === null ? undefined : JSON.parse(text));
    // JSON Schema knows one kind of number: to it 1.0 is the integer 1. 1.0.1 and this node refuse it.
    const isFloatForInteger = text !== null && /: [0-9]+\.0[,}]/.test(text);
    expect(schemaFor(document, kind)(document)).toBe(accepted || isFloatForInteger);
  },
);

test('damage of any kind is judged as the node judges it', () => {
  const damage = fc.oneof(
    fc.constant(undefined),
    fc.constantFrom(null, {}, [], '', 'CREATE', 'TRANSFER', 'GENESIS', '1.0', 0, 1, 101, -1, true),
    fc.constantFrom('f'.repeat(64), '1'.repeat(43), 'F'.repeat(64), '9'.repeat(20), '9'.repeat(21)),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const kinds = Object.keys(base);
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.nat(), damage, (kind, at, value) => {
      const paths = pathsOf(base[kind]).slice(1);
      const path = paths[at % paths.length] ?? [];
      const document = changed(base[kind], path, value);
      const violation = (kind === 'vote' ? voteViolation : transactionViolation)(
        parseJson(JSON.stringify(document)),
      );
      expect([path, value, schemaFor(document, kind)(document)]).toEqual([path, value, violation === null]);
    }),
    { numRuns: 3000 },
  );
});
