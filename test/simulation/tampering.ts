/**
 * What somebody may do who can edit and delete in the shared store (Z8): one act at a time on a copy of the facts. It is
 * outside what the node withstands, so each act says what the audit has to name, or why no audit can see it.
 */

import { sha3Hex, sha256Hex } from '../../src/codec/hash.js';
import type { PlacedEntry, PlacedRejection, StoredBlock, StoredVote } from '../../src/store/store.js';
import type { SeededRandom } from '../support/simulated-random.js';

/** Everything that a store holds. */
export interface Facts {
  readonly blocks: readonly StoredBlock[];
  readonly votes: readonly StoredVote[];
  readonly rejections: readonly PlacedRejection[];
  readonly entries: readonly PlacedEntry[];
}

export interface Tampered {
  readonly facts: Facts;
  /** A finding has to bear one of these: an id, a key or a digest; none is enough where everything is gone. */
  readonly names: readonly string[];
  /** Or this height. */
  readonly height: number | null;
  /** The vote that is gone or another: no node has to know it that has not written it down. */
  readonly vote?: StoredVote;
}

/** Null where there is nothing to do it to. `held`: blocks that are valid or invalid, the genesis block first. */
export type Tampering = (facts: Facts, held: readonly StoredBlock[], random: SeededRandom) => Tampered | null;

export const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  'a block is edited': onBlock((block, random) => ({ ...block, text: edited(block.text, random) })),
  'a block is edited and gets the hash of its text as its id': onBlock((block, random) => {
    const text = edited(block.text, random);
    return { ...block, text, id: sha3Hex(text) };
  }),
  'a block gets another signature': onBlock((block, random) => ({
    ...block,
    signature: edited(block.signature, random),
  })),
  'a claim gets another signature': onBlock((block, random) => ({
    ...block,
    claimSignature: edited(block.claimSignature, random),
  })),
  'a block names another one before it': onBlock((block, random) => ({
    ...block,
    parent: edited(block.parent, random),
  })),
  'a block is deleted': onBlock(() => null),
  'a block is deleted with its votes': onBlock(() => null, true),
  'the genesis block is edited': (facts, [genesis], random) =>
    replaced(facts, genesis, genesis && { ...genesis, text: edited(genesis.text, random) }),
  'the genesis block is deleted': (facts, [genesis]) => replaced(facts, genesis, null),
  'two blocks change places': (facts, held, random) => {
    const first = held.length < 3 ? undefined : random.pick(held.slice(1, -1));
    const second = first && held[held.indexOf(first) + 1];
    if (first === undefined || second === undefined) return null;
    const moved = replaced(facts, first, { ...first, height: second.height });
    const both = moved && replaced(moved.facts, second, { ...second, height: first.height });
    return both && { ...both, names: [first.id, second.id] };
  },
  'a vote is edited': onVote((vote, random) => ({ ...vote, text: edited(vote.text, random) })),
  'a vote says the contrary': onVote((vote) => {
    const text = vote.text.replace(
      /"is_block_valid":(true|false)/,
      (_, is) => `"is_block_valid":${is !== 'true'}`,
    );
    return text === vote.text ? undefined : { ...vote, text };
  }),
  'a vote is put under the key of another': onVote((vote, random) => ({
    ...vote,
    node: edited(vote.node, random),
  })),
  'a vote is deleted': onVote(() => null),
  'all votes are dropped': (facts, held) => (held.length > 1 ? wholly({ ...facts, votes: [] }) : null),
  'all blocks are dropped': (facts) => wholly({ ...facts, blocks: [] }),
  'all rejections are dropped': (facts) =>
    facts.rejections.length > 0 ? wholly({ ...facts, rejections: [] }) : null,
  'everything is dropped': () => wholly({ blocks: [], votes: [], rejections: [], entries: [] }),
  'a rejection is edited': onRejection((rejection, random) => ({
    ...rejection,
    text: edited(rejection.text, random),
  })),
  'a rejection gets the hash of its text as its digest': onRejection((rejection, random) => {
    const text = edited(rejection.text, random);
    return { ...rejection, text, digest: sha256Hex(text) };
  }),
  'a rejection is deleted': onRejection(() => null),
  'a backlog entry is edited': onEntry((entry, random) => ({ ...entry, text: edited(entry.text, random) })),
  'a backlog entry is put under another transaction': (facts, held, random) => {
    const transactionId = edited('0'.repeat(64), random);
    const tampered = onEntry((entry) => ({ ...entry, transactionId }))(facts, held, random);
    // That is where it can be found now.
    return tampered && { ...tampered, names: [...tampered.names, transactionId] };
  },
  'a backlog entry is deleted': onEntry(() => null),
};

/**
 * Acts that leave no trace that anybody could find, and why.
 */
export const UNSEEN: Readonly<Record<string, string>> = {
  'a backlog entry is deleted':
    'entries come and go by right, and nothing signed is left of one; its client sends it again',
};

/** What it is when no node's view holds the vote. */
export const VOTE_UNSEEN = 'a vote that no view has is as one that was never cast';

/** One character is another: a digit or a letter, so that texts stay as long as they were. */
function edited(text: string, random: SeededRandom): string {
  const places = [...text.matchAll(/[0-9a-z]/g)].map(({ index }) => index);
  if (places.length === 0) return `${text}1`;
  const place = random.pick(places);
  return `${text.slice(0, place)}${text[place] === '2' ? '3' : '2'}${text.slice(place + 1)}`;
}

function wholly(facts: Facts): Tampered {
  return { facts, names: [], height: null };
}

/** `now` null: it is deleted. */
function replaced(
  facts: Facts,
  block: StoredBlock | undefined,
  now: StoredBlock | null | undefined,
): Tampered | null {
  if (block === undefined || now === undefined) return null;
  const others = facts.blocks.filter((each) => each !== block);
  const blocks = [...others, ...(now === null ? [] : [now])].sort((a, b) => a.height - b.height);
  return { facts: { ...facts, blocks }, names: [block.id], height: block.height };
}

function onBlock(
  change: (block: StoredBlock, random: SeededRandom) => StoredBlock | null,
  withVotes = false,
): Tampering {
  return (facts, held, random) => {
    const block = held.length < 2 ? undefined : random.pick(held.slice(1));
    const tampered = block && replaced(facts, block, change(block, random));
    if (!tampered || !withVotes) return tampered ?? null;
    const votes = facts.votes.filter(({ blockId }) => blockId !== block.id);
    return { ...tampered, facts: { ...tampered.facts, votes } };
  };
}

/** Of a block that was decided by votes. */
function onVote(
  change: (vote: StoredVote, random: SeededRandom) => StoredVote | null | undefined,
): Tampering {
  return (facts, held, random) => {
    const ids = new Set(held.slice(1).map(({ id }) => id));
    const about = facts.votes.filter(({ blockId }) => ids.has(blockId));
    if (about.length === 0) return null;
    const vote = random.pick(about);
    const now = change(vote, random);
    if (now === undefined) return null;
    const votes = facts.votes.flatMap((each) => (each === vote ? (now === null ? [] : [now]) : [each]));
    return { facts: { ...facts, votes }, names: [vote.blockId], height: null, vote };
  };
}

function onRejection(
  change: (rejection: PlacedRejection, random: SeededRandom) => PlacedRejection | null,
): Tampering {
  return (facts, _held, random) => {
    if (facts.rejections.length === 0) return null;
    const rejection = random.pick(facts.rejections);
    const now = change(rejection, random);
    const rejections = facts.rejections.flatMap((each) =>
      each !== rejection ? [each] : now === null ? [] : [now],
    );
    return {
      facts: { ...facts, rejections },
      names: [rejection.digest, rejection.transactionId],
      height: null,
    };
  };
}

function onEntry(change: (entry: PlacedEntry, random: SeededRandom) => PlacedEntry | null): Tampering {
  return (facts, _held, random) => {
    if (facts.entries.length === 0) return null;
    const entry = random.pick(facts.entries);
    const now = change(entry, random);
    const entries = facts.entries.flatMap((each) => (each !== entry ? [each] : now === null ? [] : [now]));
    return { facts: { ...facts, entries }, names: [entry.digest, entry.transactionId], height: null };
  };
}
