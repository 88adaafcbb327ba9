/** Facts for store tests: made from small numbers, equal for equal numbers. */

import { createHash } from 'node:crypto';
import type { BacklogEntry, StoredBlock, StoredRejection, StoredVote } from '../../src/store/store.js';

export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

let stamps = 0;

/** A stamp that no other call returns. */
export function newStamp(): string {
  stamps += 1;
  return `stamp-${process.pid}-${stamps}`;
}

export function makeEntry(seed: string | number, changes: Partial<BacklogEntry> = {}): BacklogEntry {
  const text = changes.text ?? `{"transaction":"${seed}"}`;
  return {
    digest: digestOf(text),
    transactionId: digestOf(`transaction ${seed}`),
    text,
    assignee: 'node-a',
    stamp: newStamp(),
    acceptedAtMs: 1_500_000_000_000,
    ...changes,
  };
}

export function makeEntries(count: number, from = 0): BacklogEntry[] {
  return Array.from({ length: count }, (_, index) => makeEntry(from + index));
}

export function makeBlock(height: number, changes: Partial<StoredBlock> = {}): StoredBlock {
  return {
    height,
    id: digestOf(`block ${height}`),
    text: `{"block":${height},"é😀":"\\u0000 1.0 123456789012345678901234567890"}`,
    signature: `signature-${height}`,
    parent: height === 0 ? '' : digestOf(`block ${height - 1}`),
    claimSignature: `claim-${height}`,
    ...changes,
  };
}

export function makeVote(seed: string | number, changes: Partial<StoredVote> = {}): StoredVote {
  return {
    blockId: digestOf('block 1'),
    node: 'node-a',
    signature: `vote-signature-${seed}`,
    text: `{"vote":"${seed}"}`,
    ...changes,
  };
}

export function makeRejection(
  seed: string | number,
  changes: Partial<StoredRejection> = {},
): StoredRejection {
  const text = `{"rejection":"${seed}"}`;
  return { digest: digestOf(text), transactionId: digestOf(`transaction ${seed}`), text, ...changes };
}

/** Text of an entry that `store-child.js` writes, by the name it says. */
export function childEntryText(name: string): string {
  return `{"entry":"${name}"}`.padEnd(700);
}
