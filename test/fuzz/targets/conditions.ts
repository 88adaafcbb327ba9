/** Crypto-conditions against five-bells-condition: what this node takes, the original library takes, as the same. */

import { JsonSyntaxError, parseJsonBytes } from '../../../src/codec/json-reader.js';
import { JsonFloat } from '../../../src/codec/json-value.js';
import { type Condition, ConditionError, conditionFromDetails } from '../../../src/conditions/condition.js';
import { DerError, DerReader, type Element } from '../../../src/conditions/der.js';
import { FulfillmentError, parseFulfillment } from '../../../src/conditions/fulfillment.js';
import { isConditionUri, isFulfillmentText } from '../../../src/model/text-patterns.js';
import { create, publicKeyOf, spend, to, transfer } from '../../support/transactions.js';
import { answered, type FuzzTarget, must } from '../target.js';
import { JSON_WORDS } from './codec.js';

interface Oracle {
  readonly Fulfillment: { fromUri(text: string): { getConditionUri(): string; serializeUri(): string } };
  readonly Condition: { fromUri(text: string): { serializeUri(): string } };
}
const oracle: Oracle = require('five-bells-condition');

/** Fulfillments of one key and of two of three. */
function goodFulfillments(): string[] {
  const shared = create({ outputs: [to(['alice', 'bob', 'carol'], 1, 2)] });
  const made = [create(), transfer(shared.id, [spend(shared, 0, ['alice', 'bob'])], [to('bob')])];
  return made.map(({ text }) => /"fulfillment":"([^"]+)"/.exec(text)?.[1] ?? '');
}

function goodUris(): string[] {
  const outputs = [to('alice'), to(['alice', 'bob', 'carol'], 1, 2)];
  return [...create({ outputs }).text.matchAll(/"uri":"([^"]+)"/g)].map(([, uri = '']) => uri);
}

/** Reads every element that there is, as deep as they nest. */
function walk(reader: DerReader, element: Element, depth: number): void {
  if (depth > 20 || (element.tag & 0x20) === 0) return;
  for (const member of reader.members(element)) walk(reader, member, depth + 1);
}

const der: FuzzTarget = {
  name: 'der',
  seeds: () => goodFulfillments().map((text) => Buffer.from(text, 'base64url')),
  dictionary: [0x80, 0x81, 0x82, 0x84, 0x88, 0xff, 0xa0, 0xa1, 0xa2, 0xa4, 0x30].map((byte) =>
    Buffer.from([byte]),
  ),
  bytesMax: 2048,
  batch: 64,
  run(input) {
    const reader = new DerReader(input);
    const whole = answered(() => reader.element(0, input.length), DerError);
    if (whole === null) return;
    must(whole.start <= whole.end && whole.end <= input.length, 'an element ends outside the bytes');
    answered(() => walk(reader, whole, 0), DerError);
    const number = answered(() => reader.unsigned(whole), DerError);
    must(number === null || (number >= 0 && number < 2 ** 32), 'an integer out of its range');
    // Bytes that hold a fulfillment hold it as text too.
    answered(() => parseFulfillment(input.toString('base64url')), FulfillmentError);
  },
};

const fulfillment: FuzzTarget = {
  name: 'fulfillment',
  seeds: goodFulfillments,
  dictionary: ['pGSAI', 'ooGZ', 'oAKAAA', '=', '-', '_', '+', '/', 'A'],
  bytesMax: 2048,
  batch: 32,
  run(input) {
    const text = input.toString('latin1');
    const own = answered(() => parseFulfillment(text), FulfillmentError);
    if (own === null) return;
    must(own.signatures.length > 0, 'a fulfillment without a signature');
    must(isFulfillmentText(text), 'takes what the pattern refuses');
    // The original reads keys lazily; that both take it and mean the same condition is what counts.
    const other = oracle.Fulfillment.fromUri(text);
    must(other.getConditionUri() === own.conditionUri, 'another condition than five-bells-condition');
    must(other.serializeUri() === text, 'another spelling than five-bells-condition');
  },
};

const conditionUri: FuzzTarget = {
  name: 'condition-uri',
  seeds: goodUris,
  dictionary: [
    'ni:///',
    'sha-256;',
    '?',
    '&',
    'fpt=',
    'cost=',
    'subtypes=',
    'ed25519-sha-256',
    'threshold-sha-256',
    'preimage-sha-256',
    '0',
    '4294967296',
    '%',
    ',',
  ],
  bytesMax: 512,
  batch: 64,
  run(input) {
    const text = input.toString('latin1');
    const startedAt = performance.now();
    const own = isConditionUri(text);
    must(performance.now() - startedAt < 100, 'a pattern that goes back and forth');
    if (!own) return;
    must(text.startsWith('ni:///sha-256;'), 'the pattern takes a foreign scheme');
  },
};

const details: FuzzTarget = {
  name: 'condition-details',
  seeds: () => {
    const leaf = { type: 'ed25519-sha-256', public_key: publicKeyOf('alice') };
    const other = { type: 'ed25519-sha-256', public_key: publicKeyOf('bob') };
    const two = { type: 'threshold-sha-256', threshold: 2, subconditions: [leaf, other] };
    return [leaf, two, { ...two, threshold: 1, subconditions: [two, leaf] }].map((value) =>
      JSON.stringify(value),
    );
  },
  dictionary: [
    ...JSON_WORDS,
    '"type":"threshold-sha-256",',
    '"threshold":1,',
    '"subconditions":[',
    '"public_key":',
  ],
  bytesMax: 4096,
  batch: 32,
  run(input) {
    const value = answered(() => parseJsonBytes(input), JsonSyntaxError);
    if (value === null || value instanceof JsonFloat) return;
    const condition: Condition | null = answered(() => conditionFromDetails(value), ConditionError);
    if (condition === null) return;
    must(isConditionUri(condition.uri), 'makes a URI that the pattern refuses');
    must(
      oracle.Condition.fromUri(condition.uri).serializeUri() === condition.uri,
      'another URI than five-bells-condition',
    );
    must(conditionFromDetails(value).uri === condition.uri, 'not the same twice');
  },
};

export const conditionTargets: readonly FuzzTarget[] = [der, fulfillment, conditionUri, details];
