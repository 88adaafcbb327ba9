/**
 * The ledger derived slowly from the raw facts at the end of a run: which heights hold a block, what each block should
 * be judged, how the votes decide it, and what follows for outputs. What the checkers hold the nodes to (architecture,
 * section 4), made with `documents.ts` alone.
 */

import type { BlockFact, Chronicle, MembersFrom, VoteFact } from '../chronicle.js';
import { canonical, isObject, type Json, type JsonObject, objectOf, sha3, signedBy } from './documents.js';
import { sameSet } from './settings.js';
import { brokenRule, readTransaction, type SlowOutput, type SlowTransaction } from './slow-transactions.js';

export type SlowStatus = 'genesis' | 'passed' | 'valid' | 'invalid' | 'undecided';

export interface SlowVote {
  readonly fact: VoteFact;
  /** Signed by the member that it names, about the block that it is stored for. */
  readonly isEligible: boolean;
  readonly isFor: boolean;
  readonly previousBlock: Json | undefined;
}

export interface SlowHeight {
  readonly height: number;
  readonly fact: BlockFact;
  readonly status: SlowStatus;
  /** Why every correct member must vote against the block; null when they must vote for it, or there is none. */
  readonly fault: string | null;
  readonly creator: string;
  /** In force at this height. */
  readonly members: readonly string[];
  readonly votes: readonly SlowVote[];
  /** In a valid block: in order. */
  readonly transactions: readonly SlowTransaction[];
}

export class SlowLedger {
  readonly heights: SlowHeight[] = [];
  readonly outputs = new Map<string, SlowOutput & { readonly assetId: string }>();
  readonly spentBy = new Map<string, string>();
  /** Transaction → heights of the valid blocks that hold it. */
  readonly validHeights = new Map<string, number[]>();
  /** Height of the valid block that spent an output. */
  readonly spentAt = new Map<string, number>();
  /** Breaches of the rules by what stands in blocks decided valid. */
  readonly broken: string[] = [];
  /** In force at the height that is read. */
  private members: readonly string[] = [];
  private parent = '';
  private isOpen = false;
  /** Creator → height of its last invalid block. */
  private readonly lastInvalid = new Map<string, number>();
  private readonly votesOf = new Map<string, VoteFact[]>();

  constructor(
    facts: Chronicle['facts'],
    private readonly changes: readonly MembersFrom[],
  ) {
    for (const vote of facts.votes) {
      const list = this.votesOf.get(vote.blockId) ?? [];
      list.push(vote);
      this.votesOf.set(vote.blockId, list);
    }
    for (const fact of facts.blocks) {
      if (fact.height !== this.heights.length) break;
      this.add(fact);
    }
  }

  /** Heights that are decided, from 0 on. */
  get decided(): readonly SlowHeight[] {
    const open = this.heights.findIndex(({ status }) => status === 'undecided');
    return open < 0 ? this.heights : this.heights.slice(0, open);
  }

  private add(fact: BlockFact): void {
    const document = objectOf(fact.text);
    const creator = typeof document?.node_pubkey === 'string' ? document.node_pubkey : '';
    const begun = fact.height === 0 ? stringsOf(document?.voters) : null;
    this.members =
      this.changes.find(({ height }) => height === fact.height)?.members ?? begun ?? this.members;
    const common = { height: fact.height, fact, creator, members: this.members };
    if (fact.height === 0) {
      this.parent = fact.id;
      this.heights.push({ ...common, status: 'genesis', fault: null, votes: [], transactions: [] });
      return;
    }
    if (document === null || !this.holdsBlock(fact, document)) {
      const status = this.isOpen ? 'undecided' : 'passed';
      this.heights.push({ ...common, status, fault: null, votes: [], transactions: [] });
      return;
    }
    const votes = (this.votesOf.get(fact.id) ?? []).map((vote) => this.readVote(vote, fact));
    const { fault, transactions } = this.judge(document, fact, creator);
    const status = this.isOpen ? 'undecided' : decide(this.members, votes);
    this.parent = fact.id;
    this.isOpen ||= status === 'undecided';
    if (status === 'invalid') this.lastInvalid.set(creator, fact.height);
    if (status === 'valid') this.take(fact, transactions);
    this.heights.push({ ...common, status, fault, votes, transactions });
  }

  private holdsBlock(fact: BlockFact, document: JsonObject): boolean {
    const claim = canonical({ block_id: fact.id, height: fact.height, parent: fact.parent });
    const voters = stringsOf(document.voters);
    return (
      sha3(fact.text) === fact.id &&
      canonical(document) === fact.text &&
      typeof document.node_pubkey === 'string' &&
      signedBy(claim, fact.claimSignature, document.node_pubkey) &&
      fact.parent === this.parent &&
      voters !== null &&
      sameSet(voters, this.members)
    );
  }

  private judge(document: JsonObject, fact: BlockFact, creator: string) {
    const values = Array.isArray(document.transactions) ? document.transactions : [];
    const read = values.map(readTransaction);
    const transactions = read.filter((each): each is SlowTransaction => typeof each !== 'string');
    const wrong = read.find((each): each is string => typeof each === 'string');
    const fault = this.frameFault(document, fact, creator) ?? wrong ?? this.transactionsFault(transactions);
    return { fault, transactions };
  }

  private frameFault(document: JsonObject, fact: BlockFact, creator: string): string | null {
    if (Object.keys(document).sort().join() !== 'node_pubkey,timestamp,transactions,voters')
      return 'it has not the members of a block';
    if (typeof document.timestamp !== 'string') return 'its timestamp is no text';
    if (!Array.isArray(document.transactions) || document.transactions.length === 0) return 'it is empty';
    if (!this.members.includes(creator)) return 'its creator is no member';
    if (!signedBy(fact.text, fact.signature, creator)) return 'its creator has not signed it';
    return this.isBarred(creator, fact.height) ? 'its creator has made an invalid block before' : null;
  }

  /** After an invalid block a creator is heard again from the next change on that names it (rule 3). */
  private isBarred(creator: string, at: number): boolean {
    const invalid = this.lastInvalid.get(creator);
    if (invalid === undefined) return false;
    return !this.changes.some(
      ({ height, members }) => height > invalid && height <= at && members.includes(creator),
    );
  }

  private transactionsFault(transactions: readonly SlowTransaction[]): string | null {
    const seen = new Set<string>();
    const spent = new Set<string>();
    for (const transaction of transactions) {
      const { id, operation } = transaction;
      if (operation === 'GENESIS') return 'a GENESIS above height 0';
      if (seen.has(id) || this.validHeights.has(id)) return `I2: ${id} stands in a valid block twice`;
      seen.add(id);
      const broken = brokenRule(transaction, this);
      if (broken !== null) return `${broken} (transaction ${id})`;
      for (const { link } of transaction.spends) {
        if (spent.has(link)) return `I1: ${link} is spent twice in one block`;
        spent.add(link);
      }
    }
    return null;
  }

  private take(fact: BlockFact, transactions: readonly SlowTransaction[]): void {
    for (const transaction of transactions) {
      const { id, assetId } = transaction;
      this.validHeights.set(id, [...(this.validHeights.get(id) ?? []), fact.height]);
      for (const { link } of transaction.spends) {
        const earlier = this.spentBy.get(link);
        if (earlier !== undefined && earlier !== id)
          this.broken.push(`I1: ${link} is spent by ${earlier} and ${id}`);
        this.spentBy.set(link, id);
        this.spentAt.set(link, fact.height);
      }
      transaction.outputs.forEach((output, index) => {
        this.outputs.set(`${id}:${index}`, { ...output, assetId });
      });
    }
  }

  private readVote(fact: VoteFact, block: BlockFact): SlowVote {
    const document = objectOf(fact.text);
    const vote = document?.vote;
    if (document === null || !isObject(vote) || canonical(document) !== fact.text)
      return { fact, isEligible: false, isFor: false, previousBlock: undefined };
    const isEligible =
      document.node_pubkey === fact.node &&
      document.signature === fact.signature &&
      vote.voting_for_block === block.id &&
      this.members.includes(fact.node) &&
      signedBy(canonical(vote), fact.signature, fact.node);
    const isFor = hasVoteShape(vote) && vote.is_block_valid === true && vote.previous_block === block.parent;
    return { fact, isEligible, isFor, previousBlock: vote.previous_block };
  }
}

/** 1.0.1: section 3.3; what has another shape counts against the block. Patterns are not anchored, as they were not. */
function hasVoteShape(vote: JsonObject): boolean {
  const { invalid_reason: reason, previous_block: previous, timestamp } = vote;
  return (
    Object.keys(vote).sort().join() ===
      'invalid_reason,is_block_valid,previous_block,timestamp,voting_for_block' &&
    (reason === null || typeof reason === 'string') &&
    typeof previous === 'string' &&
    /[0-9a-f]{64}/.test(previous) &&
    typeof timestamp === 'string' &&
    /[0-9]{10}/.test(timestamp)
  );
}

/** 1.0.1's table (1.0.1: section 3.4): invalid is tested first; a member on both sides counts on both. */
export function decide(
  members: readonly string[],
  votes: readonly SlowVote[],
): 'valid' | 'invalid' | 'undecided' {
  const eligible = votes.filter(({ isEligible }) => isEligible);
  const count = (isFor: boolean): number =>
    new Set(eligible.filter((vote) => vote.isFor === isFor).map((vote) => vote.fact.node)).size;
  if (2 * count(false) >= members.length) return 'invalid';
  return 2 * count(true) > members.length ? 'valid' : 'undecided';
}

function stringsOf(value: Json | undefined): string[] | null {
  if (!Array.isArray(value)) return null;
  return value.every((item) => typeof item === 'string') ? (value as string[]) : null;
}

const derived = new WeakMap<Chronicle, SlowLedger>();

/** The ledger of a chronicle, derived once for all checkers. */
export function slowLedgerOf(chronicle: Chronicle): SlowLedger {
  let ledger = derived.get(chronicle);
  if (ledger === undefined) {
    ledger = new SlowLedger(chronicle.facts, chronicle.changes);
    derived.set(chronicle, ledger);
  }
  return ledger;
}
