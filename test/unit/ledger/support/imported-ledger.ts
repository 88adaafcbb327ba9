/** A small ledger as an import from 1.0.x leaves it: heights that nobody claimed, and the record that vouches for them. */

import type { VoteFact } from '../../../../src/ledger/audit-types.js';
import {
  FIRST_DIGEST,
  type ImportedStatus,
  importDigest,
  makeImport,
} from '../../../../src/model/import-record.js';
import { keyPairOf } from '../../../support/keys.js';
import { type MadeHeight, MadeLedger } from '../../../support/made-ledger.js';
import { create, documentOf, textOf, to } from '../../../support/transactions.js';
import { heightOf } from './ledger-scene.js';

export const MEMBERS = ['node-a', 'node-b', 'node-c'];
export const coin = create({ by: 'alice', outputs: [to('alice', 5)] });
export const refused = create({ by: 'alice' });
export const waiting = create({ by: 'alice' });

/** What 1.0.1 says of the heights: the genesis block, `coin`, `refused`, `waiting`. */
export const STATUSES: readonly ImportedStatus[] = ['undecided', 'valid', 'invalid', 'undecided'];
export const LAST = STATUSES.length - 1;

/** As 1.0.1 stored it: nobody claimed a height, but for one where a test says so. */
export function importedLedger(claimedHeight: number | null = null, firstText = coin.text): MadeLedger {
  const made = new MadeLedger(MEMBERS);
  made.add([firstText], { votesFor: ['node-a', 'node-b'] });
  made.add([refused.text], { votesAgainst: ['node-a', 'node-b'] });
  made.add([waiting.text], { votesFor: ['node-c'] });
  const heights = made.heights.map((height, index) => (index === claimedHeight ? height : unclaimed(height)));
  made.heights.splice(0, heights.length, ...heights);
  return made;
}

export function unclaimed({ block, votes }: MadeHeight): MadeHeight {
  return { block: { ...block, claimSignature: '' }, votes };
}

export interface RecordPlan {
  /** Of every imported height. */
  readonly statuses?: readonly ImportedStatus[];
  readonly signer?: string;
}

/** The signed record that these heights of a ledger were imported with these statuses. */
export function recordOf(
  made: MadeLedger,
  { statuses = STATUSES, signer = 'node-a' }: RecordPlan = {},
): string {
  let digest = FIRST_DIGEST;
  for (const [height, status] of statuses.entries())
    digest = importDigest(digest, height, heightOf(made, height).block.id, status);
  return makeImport(keyPairOf(signer), { lastHeight: statuses.length - 1, federation: made.keys(), digest });
}

/** A vote for height 1 with a key that 1.0.1 does not know, which its signature does not cover. */
export function malformed(made: MadeLedger, name: string): VoteFact {
  const vote = made.vote(heightOf(made, 1).block, name, true);
  return { ...vote, text: textOf({ ...documentOf(vote), note: 'a key around it' }) };
}
