/**
 * Danger: an imported block gets another status than it had, and audit and node agree on it because they share a mistake.
 * Method: the original's elections, and thousands of random ones, counted by the node's way, by the audit's way, and by
 * 1.0.1's election as it stands in `block-election`.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../src/codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../src/codec/json-value.js';
import { readAuditedImport } from '../../src/ledger/audit-import.js';
import { electBlock } from '../../src/ledger/block-election.js';
import { ImportedHeights } from '../../src/ledger/imported-heights.js';
import { readStoredVote } from '../../src/ledger/stored-votes.js';
import type { CheckedBlock } from '../../src/model/block-types.js';
import { makeImport, readImport } from '../../src/model/import-record.js';
import { makeVote } from '../../src/model/vote.js';
import { assembleVote } from '../../src/node/legacy/assemble.js';
import { keyPairOf } from '../support/keys.js';
import { SeededRandom } from '../support/simulated-random.js';

const BLOCK = 'b'.repeat(64);

/** The status by the node and by the audit; both are asked for one block of 1.0.1 alone. */
function statuses(
  id: string,
  voters: readonly string[],
  federation: readonly string[],
  votes: readonly JsonValue[],
): { node: string; audit: string | undefined } {
  const stored = votes.flatMap((vote) => assembleVote(vote as JsonObject) ?? []);
  const record = makeImport(keyPairOf('node'), { lastHeight: 1, federation, digest: '0'.repeat(64) });
  const read = readImport(record);
  if (read === null) throw new Error('the record is none');
  // Neither looks at more of a block.
  const block = { height: 1, id, voters } as unknown as CheckedBlock;
  const counted = stored.flatMap((vote) => readStoredVote(vote) ?? []);
  return {
    node: new ImportedHeights(read).count(block, counted).tally.status,
    audit: readAuditedImport(record)?.statusOf(block, stored),
  };
}

describe('the elections of the original', () => {
  const path = join(__dirname, '../vectors/voting-blocks.json');
  const rows = (parseJson(readFileSync(path, 'utf8')) as JsonObject).block_election as JsonObject[];
  const usable = rows.filter(({ expected }) => (expected as JsonObject).exception === undefined);

  it.each(usable.map((row) => [String(row.name), row] as const))('%s', (_name, row) => {
    const { id, block } = row.block as JsonObject;
    // The query that read the votes selected by block (1.0.1: section 3.4).
    const votes = (row.votes as JsonObject[]).filter(
      ({ vote }) => typeof vote === 'object' && (vote as JsonObject).voting_for_block === id,
    );
    const voters = (block as JsonObject).voters as string[];
    const { status } = electBlock({ voters, keyring: row.keyring as string[], votes });
    expect(statuses(String(id), voters, row.keyring as string[], votes)).toEqual({
      node: status,
      audit: status,
    });
  });
});

it.each(Array.from({ length: 8 }, (_, seed) => seed))('random elections, seed %i', (seed) => {
  const random = new SeededRandom('elections', seed);
  const names = Array.from({ length: 7 }, (_, index) => `voter${index}`);
  for (let round = 0; round < 40; round += 1) {
    const count = 1 + random.integer(names.length);
    const keys = names.slice(0, count).map((name) => keyPairOf(name).publicKey);
    const federation = keys.filter(() => random.integer(6) > 0);
    const voters = keys.filter(() => random.integer(6) > 0);
    const votes = names.flatMap((name) => (random.integer(4) === 0 ? [] : [randomVote(name, random)]));
    const { status } = electBlock({ voters, keyring: federation, votes });
    expect(statuses(BLOCK, voters, federation, votes)).toEqual({ node: status, audit: status });
  }
});

function randomVote(name: string, random: SeededRandom): JsonObject {
  const { text } = makeVote(keyPairOf(name), {
    blockId: BLOCK,
    previousBlock: ['a', 'c', 'd'][random.integer(3)]?.repeat(64) ?? '',
    isBlockValid: random.integer(4) > 0,
    timestamp: '1500000000',
  });
  const vote = parseJson(text) as JsonObject;
  const spoiled = random.integer(10);
  if (spoiled === 0) return { ...vote, note: 'a key around it' };
  if (spoiled === 1) return { ...vote, node_pubkey: keyPairOf('stranger').publicKey };
  if (spoiled === 2) return { ...vote, vote: { ...(vote.vote as JsonObject), timestamp: '1' } };
  return vote;
}

it('a vote that comes later turns nothing', () => {
  const keys = ['voter0', 'voter1', 'voter2'].map((name) => keyPairOf(name).publicKey);
  const vote = (name: string, isBlockValid: boolean): JsonValue =>
    parseJson(
      makeVote(keyPairOf(name), {
        blockId: BLOCK,
        previousBlock: 'a'.repeat(64),
        isBlockValid,
        timestamp: '1500000000',
      }).text,
    );
  const first = [vote('voter0', true), vote('voter1', true)];
  const later = [vote('voter0', false), vote('voter1', false), vote('voter2', false)];
  expect(statuses(BLOCK, keys, keys, [...first, ...later])).toEqual({ node: 'valid', audit: 'valid' });
});
