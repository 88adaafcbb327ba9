/** The contract: printed from code, wholly described, and without a place for a private key. */

import { readFileSync } from 'node:fs';
import {
  type GraphQLArgument,
  type GraphQLInputField,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { graphqlSchema } from '../../src/graphql/schema.js';
import { schemaFiles } from '../support/schema-files.js';

const WRITE = 'node -r ./test/support/run-typescript.cjs test/support/write-schema.ts';

test.each([...schemaFiles()])('%s is what the code says', (path, text) => {
  const stands = readFileSync(path, 'utf8');
  if (stands !== text) throw new Error(`${path} differs from the code; write it anew with: ${WRITE}`);
});

const types = Object.values(graphqlSchema().getTypeMap()).filter((type) => !type.name.startsWith('__'));

/** Every argument and input field by its path. */
function inputs(): [string, GraphQLArgument | GraphQLInputField][] {
  return types.flatMap((type): [string, GraphQLArgument | GraphQLInputField][] => {
    if (isInputObjectType(type)) {
      return Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field]);
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).flatMap((field) =>
      field.args.map((argument): [string, GraphQLArgument] => [
        `${type.name}.${field.name}(${argument.name})`,
        argument,
      ]),
    );
  });
}

test('every type, field, argument and enum value is described', () => {
  const roots = ['Query', 'Mutation', 'Subscription'];
  const bare: string[] = inputs().flatMap(([path, input]) => (input.description ? [] : [path]));
  for (const type of types) {
    if (!type.description && !roots.includes(type.name)) bare.push(type.name);
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        if (!field.description) bare.push(`${type.name}.${field.name}`);
      }
    }
    if (isEnumType(type)) {
      for (const value of type.getValues()) if (!value.description) bare.push(`${type.name}.${value.name}`);
    }
  }
  expect(bare).toEqual([]);
});

test('every scalar of our own names its specification', () => {
  const own = types.filter(isScalarType).filter((type) => !isSpecifiedScalarType(type));
  expect(own.map((type) => type.name).sort()).toEqual([
    'Amount',
    'BlockId',
    'ConditionUri',
    'Count',
    'Cursor',
    'DateTime',
    'Fulfillment',
    'JSON',
    'PublicKey',
    'Signature',
    'TransactionId',
    'UnixTime',
  ]);
  expect(own.filter((type) => !type.specifiedByURL?.startsWith('https://'))).toEqual([]);
});

test('nothing takes a private key', () => {
  const suspicious = inputs().filter(([path]) => /private|secret|seed|password/i.test(path));
  expect(suspicious).toEqual([]);
});

describe('scalars refuse what is malformed and keep what is not', () => {
  const key = 'FPP21sbqhr2LPjSnJkw5NBetPubeFG4PsQFBxHj8noTq';
  const CASES: Record<string, { good: readonly unknown[]; bad: readonly unknown[] }> = {
    TransactionId: {
      good: ['a'.repeat(64)],
      bad: ['A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}\n`, 1, null],
    },
    BlockId: { good: ['0'.repeat(64)], bad: ['', 'g'.repeat(64), {}] },
    PublicKey: {
      good: [key],
      bad: [key.slice(5), `${key}${key}`, '0OIl'.repeat(11), 7, 'x'.repeat(1_000_000)],
    },
    Signature: { good: ['1'.repeat(64)], bad: ['1'.repeat(63), '1'.repeat(100), key] },
    Amount: {
      good: ['1', '9000000000000000000', '99999999999999999999'],
      bad: ['0', '01', '-1', '1.5', 5, '', '1'.repeat(41)],
    },
    UnixTime: { good: ['0', '1500000000'], bad: ['-1', '1.5', '007', 1500000000, '1'.repeat(16)] },
    DateTime: {
      good: ['2017-07-14T02:40:00.000Z'],
      bad: ['2017-07-14', '2017-13-14T02:40:00.000Z', '2017-07-14T02:40:00.000+02:00', 5],
    },
    ConditionUri: {
      good: ['ni:///sha-256;6xU6qzBuG_4z49u7qC?fpt=ed25519-sha-256&cost=131072'],
      bad: ['ni:///sha-512;x', '', 1],
    },
    Fulfillment: { good: ['pGSAI'], bad: ['', 'a=', 'a b', 1] },
    Count: { good: [0, 5, 2 ** 53 - 1], bad: [-1, 1.5, 2 ** 53, '5', Number.NaN, 5n] },
    Cursor: { good: ['MS5h'], bad: ['', 'a b', 'a'.repeat(1025), 1] },
    JSON: { good: [null, 1, 'x', [1], { a: 1 }, 2n ** 70n], bad: [() => 1, Symbol('x')] },
  };

  test.each(Object.entries(CASES))('%s', (name, { good, bad }) => {
    const type = graphqlSchema().getType(name);
    if (!isScalarType(type)) throw new Error(`${name} is no scalar`);
    for (const value of good)
      expect(type.parseValue(value)).toEqual(name === 'DateTime' ? 1_500_000_000_000 : value);
    for (const value of bad) {
      expect(() => type.parseValue(value)).toThrow(
        expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } }),
      );
    }
  });
});
