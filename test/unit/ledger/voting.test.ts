/**
 * Danger: two nodes that hold the same votes decide differently, or a flood of votes turns a decision. Method: the
 * original's elections, then properties over random votes with a checker that knows nothing of the implementation.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { canonicalJson } from '../../../src/codec/canonical-json.js';
import { parseJson } from '../../../src/codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../../src/codec/json-value.js';
import { CriticalDuplicateVote, electBlock } from '../../../src/ledger/block-election.js';
import {
  decideVotes,
  type HeightTally,
  type JudgedVote,
  keptVotes,
  tallyHeight,
} from '../../../src/ledger/voting.js';
import { makeVote, type ReadVote, readVote, verifyVote } from '../../../src/model/vote.js';
import { keyPairOf, publicKeyOf } from '../../support/transactions.js';

// biome-ignore lint/suspicious/noExplicitAny: the vectors are data of many shapes.
type Vectors = any;
const file = readFileSync(join(__dirname, '../../vectors/voting-blocks.json'), 'utf8');
const vectors: Vectors = JSON.parse(file);
const lossless = parseJson(file) as JsonObject;

describe('1.0.1: the table', () => {
  test.each<[number, number, number, string]>(vectors.decide_votes)(
    '%i voters, %i valid, %i invalid: %s',
    (voters, valid, invalid, status) => {
      expect(decideVotes(voters, valid, invalid)).toBe(status);
    },
  );

  test('nobody to vote is invalid', () => {
    expect(decideVotes(0, 0, 0)).toBe('invalid');
  });
});

describe('1.0.1: the election of one block', () => {
  const rows = lossless.block_election as JsonObject[];

  test.each<[string, Vectors, number]>(
    vectors.block_election.map((row: Vectors, index: number) => [row.name, row, index]),
  )('%s', (_name, row, index) => {
    const election = {
      voters: row.block.block.voters,
      keyring: row.keyring,
      votes: (rows[index]?.votes ?? []) as JsonValue[],
    };
    if (row.expected.exception !== undefined) {
      expect(() => electBlock(election)).toThrow(CriticalDuplicateVote);
      return;
    }
    const result = electBlock(election);
    expect(result).toMatchObject({
      status: row.expected.status,
      validVotes: row.expected.n_valid,
      invalidVotes: row.expected.n_invalid,
      previousBlock: row.expected.previous_block,
      malformed: row.expected.malformed_vote_indexes,
      ineligible: row.expected.ineligible_vote_indexes,
    });
    expect(Object.fromEntries(result.otherPreviousBlock)).toEqual(row.expected.other_previous_block);
  });

  test('junk in the collection is ineligible and never throws', () => {
    const node = publicKeyOf('node');
    const votes: JsonValue[] = [null, 'x', [], 7, {}, { node_pubkey: node, signature: 'x' }];
    const result = electBlock({ voters: [node], keyring: [node], votes });
    expect(result).toMatchObject({ status: 'undecided', ineligible: [0, 1, 2, 3, 4, 5] });
  });

  test('both elections agree on members that vote once', () => {
    for (const row of vectors.block_election) {
      if (row.expected.exception !== undefined || row.block.block.voters.length === 0) continue;
      const voters: string[] = row.block.block.voters.filter((each: string) => row.keyring.includes(each));
      // Keys around a vote count against its voter in 1.0.1, where the unsigned part is judged too.
      if (voters.length === 0 || row.name.startsWith('extra outer key')) continue;
      const votes = row.votes.flatMap((vote: Vectors) => judged(canonicalJson(vote)));
      const parent = row.expected.previous_block ?? 'a'.repeat(64);
      const tally = tallyHeight({ federation: voters, parent, blockId: row.block.id, votes });
      expect([row.name, tally.status]).toEqual([row.name, row.expected.status]);
    }
  });
});

function judged(text: string): JudgedVote[] {
  const vote = readVote(text);
  return vote === null ? [] : [{ vote, signatureValid: verifyVote(vote) }];
}

const BLOCK = 'b'.repeat(64);
const PARENT = 'a'.repeat(64);
const MEMBERS = ['m0', 'm1', 'm2', 'm3', 'm4'];

/** A vote as it stands after reading; the signature is only a name here, so that millions can be counted. */
function vote(node: string, kind: VoteKind, serial = 0): JudgedVote {
  const content = {
    voting_for_block: kind === 'other block' ? 'c'.repeat(64) : BLOCK,
    previous_block: kind === 'wrong parent' ? 'd'.repeat(64) : PARENT,
    is_block_valid: kind !== 'invalid',
    invalid_reason: null,
    timestamp: '1500000000',
  };
  const signature = `${node} ${kind} ${serial}`;
  const read: ReadVote = {
    blockId: content.voting_for_block,
    node,
    signature,
    text: signature,
    signedText: '',
    content: kind === 'malformed' ? null : content,
  };
  return { vote: read, signatureValid: kind !== 'forged' };
}

type VoteKind = 'valid' | 'invalid' | 'wrong parent' | 'malformed' | 'forged' | 'other block';
const KINDS: VoteKind[] = ['valid', 'invalid', 'wrong parent', 'malformed', 'forged', 'other block'];

function tally(federation: readonly string[], votes: readonly JudgedVote[]): HeightTally {
  return tallyHeight({ federation, parent: PARENT, blockId: BLOCK, votes });
}

/** What a tally says without the standings, which belong to the list of votes that was given. */
function outcome({ standings: _, ...rest }: HeightTally): unknown {
  return rest;
}

const federation = fc.integer({ min: 1, max: 5 }).map((size) => MEMBERS.slice(0, size));
const anyVote = fc
  .tuple(fc.constantFrom(...MEMBERS, 'outsider'), fc.constantFrom(...KINDS), fc.nat(3))
  .map(([node, kind, serial]) => vote(node, kind, serial));

describe('the election of a height', () => {
  test('standings and counts of one of each kind', () => {
    const votes = [
      vote('m0', 'valid'),
      vote('m1', 'wrong parent'),
      vote('m2', 'malformed'),
      vote('m3', 'forged'),
      vote('outsider', 'valid'),
      vote('m3', 'other block'),
      vote('m4', 'valid'),
      vote('m4', 'invalid'),
    ];
    expect(tally(MEMBERS, votes)).toEqual({
      status: 'invalid',
      validVotes: 2,
      invalidVotes: 3,
      eligibleVoters: 5,
      awaiting: ['m3'],
      standings: [
        'counted',
        'counted',
        'malformed',
        'ineligible',
        'ineligible',
        'ineligible',
        'equivocation',
        'equivocation',
      ],
      contradiction: false,
    });
  });

  test('equal verdicts signed twice count once (D3)', () => {
    const votes = [vote('m0', 'valid', 1), vote('m0', 'valid', 2), vote('m0', 'valid', 3)];
    expect(tally(MEMBERS.slice(0, 3), votes)).toMatchObject({ status: 'undecided', validVotes: 1 });
  });

  test('real signatures: keys that somebody wrote around a vote do not turn it', () => {
    const node = keyPairOf('node');
    const made = makeVote(node, {
      blockId: BLOCK,
      previousBlock: PARENT,
      isBlockValid: true,
      timestamp: '1500000000',
    });
    const wrapped = canonicalJson({ ...(parseJson(made.text) as JsonObject), note: 'added' });
    for (const text of [made.text, wrapped])
      expect(tally([node.publicKey], judged(text))).toMatchObject({
        status: 'valid',
        validVotes: 1,
        invalidVotes: 0,
      });
  });

  test('INVARIANT I9: order and repetition change nothing, nor do votes without standing', () => {
    fc.assert(
      fc.property(
        federation,
        fc.array(anyVote, { maxLength: 20 }).chain((votes) =>
          fc.record({
            votes: fc.constant(votes),
            shuffled: fc.shuffledSubarray([...votes, ...votes], { minLength: votes.length * 2 }),
          }),
        ),
        (members, { votes, shuffled }) => {
          expect(outcome(tally(members, shuffled))).toEqual(outcome(tally(members, votes)));
          const junk = [vote('outsider', 'invalid'), vote('m0', 'forged', 9), vote('m0', 'other block', 9)];
          expect(outcome(tally(members, [...junk, ...votes]))).toEqual(outcome(tally(members, votes)));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('counts only grow, and what was decided is at most contradicted, never undecided again', () => {
    fc.assert(
      fc.property(federation, fc.array(anyVote, { maxLength: 25 }), (members, votes) => {
        let before = tally(members, []);
        for (let count = 1; count <= votes.length; count++) {
          const after = tally(members, votes.slice(0, count));
          expect(after.validVotes).toBeGreaterThanOrEqual(before.validVotes);
          expect(after.invalidVotes).toBeGreaterThanOrEqual(before.invalidVotes);
          if (before.status !== 'undecided' && after.status !== before.status)
            expect(after.contradiction).toBe(true);
          before = after;
        }
      }),
      { numRuns: 500 },
    );
  });

  test('with fewer than half of the members faulty, no vote of theirs flips what the correct ones decide', () => {
    fc.assert(
      fc.property(
        federation,
        fc.boolean(),
        fc.array(fc.tuple(fc.nat(1), fc.constantFrom(...KINDS), fc.nat(20)), { maxLength: 30 }),
        (members, verdict, acts) => {
          const faultyCount = Math.ceil(members.length / 2) - 1;
          const faulty = members.slice(0, faultyCount);
          const correct = members.slice(faultyCount).map((node) => vote(node, verdict ? 'valid' : 'invalid'));
          const noise =
            faulty.length === 0
              ? []
              : acts.map(([at, kind, serial]) => vote(faulty[at % faulty.length] ?? '', kind, serial));
          const decided = tally(members, [...noise, ...correct]);
          expect(decided.status).toBe(verdict ? 'valid' : 'invalid');
          expect(decided.contradiction).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('votes kept as evidence', () => {
  test('never more than the bound of a voter, and always the first on each side', () => {
    fc.assert(
      fc.property(fc.array(anyVote, { maxLength: 60 }), fc.integer({ min: 2, max: 16 }), (votes, most) => {
        const all = votes.filter((each) => each.signatureValid).map((each) => each.vote);
        const kept = keptVotes(all, PARENT, most);
        for (const node of [...MEMBERS, 'outsider'])
          expect(kept.filter((each) => each.node === node).length).toBeLessThanOrEqual(most);
        const count = (list: readonly ReadVote[]) =>
          outcome(
            tally(
              MEMBERS,
              list.map((each) => ({ vote: each, signatureValid: true })),
            ),
          );
        const about = (list: readonly ReadVote[]) => list.filter((each) => each.blockId === BLOCK);
        expect(count(keptVotes(about(all), PARENT, most))).toEqual(count(about(all)));
      }),
      { numRuns: 300 },
    );
  });

  test('a flood on one side leaves a place for the other', () => {
    const flood = Array.from({ length: 1000 }, (_, serial) => vote('m0', 'invalid', serial).vote);
    const kept = keptVotes([...flood, vote('m0', 'valid').vote], PARENT);
    expect(kept).toHaveLength(16);
    expect(kept.at(-1)?.content?.is_block_valid).toBe(true);
  });
});
