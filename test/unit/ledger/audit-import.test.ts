/**
 * Danger: the audit believes an import that nobody vouched for, or counts the elections of 1.0.1 by the rules of today.
 * Method: a small ledger without claims and its signed record is audited; and each made wrong in one place.
 */

import { auditFacts } from '../../../src/ledger/audit.js';
import { readAuditedImport } from '../../../src/ledger/audit-import.js';
import type { Finding } from '../../../src/ledger/audit-types.js';
import { checkBlock } from '../../../src/model/check-block.js';
import type { ImportedStatus } from '../../../src/model/import-record.js';
import { MadeLedger } from '../../support/made-ledger.js';
import { coin, importedLedger, LAST, MEMBERS, malformed, recordOf } from './support/imported-ledger.js';
import { heightOf } from './support/ledger-scene.js';

function found(made: MadeLedger, text: string | null): Finding[] {
  function* facts() {
    if (text !== null) yield { kind: 'import', text } as const;
    yield* made.facts();
  }
  return [...auditFacts(facts(), [])];
}

function breaches(made: MadeLedger, text: string | null): string[] {
  return found(made, text)
    .filter(({ severity }) => severity === 'breach')
    .map(({ invariant, height, message }) => `${invariant} ${height} ${message}`);
}

test('finds nothing in a ledger that is what its record says, and counts what stays undecided', () => {
  const made = importedLedger();
  const run = auditFacts([{ kind: 'import', text: recordOf(made) }, ...made.facts()], []);
  let step = run.next();
  const findings: Finding[] = [];
  for (; !step.done; step = run.next()) findings.push(step.value);
  expect(findings).toEqual([]);
  expect(step.value).toMatchObject({ decided: LAST, validBlocks: 1, invalidBlocks: 1, undecidedBlocks: 1 });
});

test('counts the first vote of each member about the block, and what 1.0.1 found malformed against it', () => {
  const made = importedLedger();
  const { block, votes } = heightOf(made, 1);
  const [first] = votes;
  if (first === undefined) throw new Error('no vote');
  votes.push(
    made.vote(block, 'node-a', false),
    made.vote(block, 'stranger', false),
    made.vote(heightOf(made, 2).block, 'node-c', false),
    { ...made.vote(block, 'node-c', false), text: first.text.replace('true', 'false') },
    { blockId: block.id, node: 'node', signature: 'signature', text: '{}' },
  );
  expect(breaches(made, recordOf(made))).toEqual([]);
  votes.splice(1, votes.length, malformed(made, 'node-b'), malformed(made, 'node-c'));
  const statuses: ImportedStatus[] = ['undecided', 'invalid', 'invalid', 'undecided'];
  expect(breaches(made, recordOf(made, { statuses }))).toEqual([]);
});

test('counts no vote that its node did not sign, and none on the genesis block', () => {
  const made = importedLedger();
  const height = heightOf(made, 1);
  const against = made.vote(height.block, 'node-b', false);
  height.votes.splice(1, 1, { ...against, text: against.text.replace('false', 'true') });
  const text = recordOf(made, { statuses: ['undecided', 'undecided', 'invalid', 'undecided'] });
  expect(breaches(made, text)).toEqual([]);
  const genesis = checkBlock(heightOf(made, 0).block, new Set());
  if (genesis === null) throw new Error('no genesis block');
  const votes = MEMBERS.map((name) => made.vote(heightOf(made, 0).block, name, true));
  expect(readAuditedImport(text)?.statusOf(genesis, votes)).toBe('undecided');
});

test('says when the votes give another status than the record', () => {
  const made = importedLedger();
  heightOf(made, 2).votes.splice(0);
  expect(breaches(made, recordOf(made))).toEqual([
    expect.stringMatching(/^I22 3 the imported heights are not what the record/),
  ]);
});

test('says when the record is none, is missing, was signed by a stranger, or stands beside a claimed genesis block', () => {
  const made = importedLedger();
  const nobody = 'was neither claimed nor imported';
  expect(breaches(made, '{}')).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/record of the import is none/),
      expect.stringContaining(nobody),
    ]),
  );
  expect(breaches(made, null)[0]).toContain(nobody);
  expect(breaches(made, recordOf(made, { signer: 'stranger' }))[0]).toMatch(/no member/);
  const native = new MadeLedger(MEMBERS);
  native.add([coin.text]);
  expect(breaches(native, recordOf(made))).toEqual([expect.stringMatching(/the ledger began here/)]);
});

test('takes what 1.0.1 took and today`s check does not as evidence, not as a breach', () => {
  const made = importedLedger(null, '{"id":5}');
  const findings = found(made, recordOf(made));
  expect(findings).toMatchObject([{ invariant: 'I8', severity: 'evidence', height: 1 }]);
});
