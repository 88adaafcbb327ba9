/**
 * Danger: acts of tampering that change nothing, or an audit that is said to find what it does not. Method: each act on a
 * small ledger must leave other facts; and where a part of the audit is taken out, a seed in which the store is tampered
 * with must fail.
 */

import { makeRejection } from '../../src/model/rejection.js';
import { keyPairOf } from '../support/keys.js';
import { MadeLedger } from '../support/made-ledger.js';
import { SeededRandom } from '../support/simulated-random.js';
import { create } from '../support/transactions.js';
import { plantedRunner } from './hunt.js';
import { type Facts, TAMPERINGS, UNSEEN } from './tampering.js';

function smallLedger(): Facts {
  const ledger = new MadeLedger(['node-1', 'node-2', 'node-3']);
  for (let serial = 0; serial < 3; serial += 1) ledger.add([create({ data: { serial } }).text]);
  const { id: transactionId, text } = create({ data: { waits: true } });
  const digest = 'd'.repeat(64);
  const parts = { code: 'DOUBLE_SPEND', message: 'no', height: 1, timestamp: '1500000000' };
  const rejection = makeRejection(keyPairOf('node-1'), { transactionId, digest, ...parts });
  return {
    blocks: ledger.heights.map(({ block }) => block),
    votes: ledger.heights.flatMap(({ votes }) => votes),
    rejections: [{ ...rejection, position: 1 }],
    entries: [{ digest, transactionId, text, assignee: '', stamp: '', acceptedAtMs: 0, position: 1 }],
  };
}

test.each(Object.keys(TAMPERINGS))('%s: the facts are others', (what) => {
  const facts = smallLedger();
  const before = JSON.stringify(facts);
  for (let seed = 0; seed < 20; seed += 1) {
    const tampered = TAMPERINGS[what]?.(facts, facts.blocks, new SeededRandom(seed));
    expect(tampered).not.toBeNull();
    expect(JSON.stringify(tampered?.facts)).not.toBe(before);
  }
  // What is tampered with is a copy.
  expect(JSON.stringify(facts)).toBe(before);
});

test('what is said to leave no trace is an act', () => {
  expect(Object.keys(TAMPERINGS)).toEqual(expect.arrayContaining(Object.keys(UNSEEN)));
});

/** A short one of five members, whose store is tampered with: one vote decides nothing there. It is one of the seeds that must hold. */
const SEED = 6;
const TIMEOUT_MS = 600_000;

test.each([
  {
    name: 'lost blocks are not missed',
    patches: [
      {
        file: 'src/ledger/audit-view.ts',
        find: 'if (last > this.compared) {',
        put: 'if (last > this.compared) return;\n    if (last > this.compared) {',
      },
    ],
    unfound: 'everything is dropped',
  },
  {
    name: 'a deleted vote is not missed',
    patches: [
      {
        file: 'src/ledger/audit-view.ts',
        find: '!== row.text)',
        put: '=== null)',
      },
    ],
    unfound: 'a vote is deleted',
  },
])(
  'an audit by which $name is found out',
  async ({ name, patches, unfound }) => {
    const { breaches, tampering } = await plantedRunner({ name, patches, seeds: [SEED] })(SEED);
    expect(tampering.acts).toBeGreaterThan(15);
    expect(breaches.map(({ invariant }) => invariant)).toEqual(breaches.map(() => 'Z8'));
    expect(breaches.map(({ message }) => message).join('\n')).toContain(`does not find that ${unfound}`);
  },
  TIMEOUT_MS,
);
