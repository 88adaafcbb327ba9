/**
 * The walk up the heights: reads blocks and votes from the store, places them in order, counts the votes of the
 * lowest undecided height, and hands what is decided to the view. The vote pipeline, the election pipeline and the
 * doors' fresh look all drive this one object; what it concludes is a function of the store's facts alone.
 */

import { BOUNDS } from '../config/limits.js';
import { isClaimed } from '../model/block.js';
import type { CheckedBlock } from '../model/block-types.js';
import type { Logger, Runtime } from '../runtime/runtime.js';
import type { Store, StoredBlock, StoredVote } from '../store/store.js';
import type { Applier } from './applier.js';
import type { Backlog } from './backlog.js';
import type { Checker } from './checker.js';
import { sameMembers } from './federation.js';
import { keepVote } from './kept-votes.js';
import { InvariantBreach, type LedgerState } from './ledger-state.js';
import { OwnKeyWatch } from './own-key-watch.js';
import { PassedOver } from './passed-over.js';
import type { PendingHeight } from './pending-heights.js';
import { readVotes, type VoteCursor, type VoteReaderOptions } from './read-votes.js';
import type { HeightCount } from './stored-votes.js';
import { judgeBlock } from './validate-block.js';
import { tallyHeight } from './voting.js';

const BLOCKS_PER_READ = 16;
const VOTES_FROM_BEGINNING_MS = 60_000;

export interface HeightsOptions {
  readonly store: Store;
  readonly checker: Checker;
  readonly state: LedgerState;
  readonly applier: Applier;
  readonly backlog: Backlog;
  /** This node's key, or null for a gateway, which judges nothing. */
  readonly publicKey: string | null;
  readonly runtime: Runtime;
}

export class Heights {
  private readonly log: Logger;
  private refreshing: Promise<void> = Promise.resolve();
  private nextRefresh: Promise<void> | null = null;
  /** The store holds more blocks than the bound on pending heights let in. */
  private behind = false;
  /** A reading ended at its bound: there are more votes to read at once. */
  votesBehind = false;
  private beganAtMs = Number.NEGATIVE_INFINITY;
  private readonly unvoted: PendingHeight[] = [];

  readonly ownKey: OwnKeyWatch;
  private readonly passedOver: PassedOver;
  private readonly reader: VoteReaderOptions;

  constructor(private readonly options: HeightsOptions) {
    this.log = options.runtime.logger('ledger');
    const { store, state, runtime, publicKey } = options;
    this.ownKey = new OwnKeyWatch(publicKey, runtime.clock, this.log);
    this.reader = { store, clock: runtime.clock, scheduler: runtime.scheduler };
    this.passedOver = new PassedOver(this.reader, state);
  }

  /** Looks for votes about heights that were passed over. Throws InvariantBreach when this node is the odd one. */
  recheckPassedOver(): Promise<void> {
    return this.passedOver.recheck();
  }

  /** True while the store is known to hold heights that this node has not placed. */
  get isBehind(): boolean {
    return this.behind;
  }

  /**
   * Reads what the store holds above the head and the votes of every undecided height, and decides what can be
   * decided. Starts after every earlier refresh ended, so its reads are later than the call; calls that come while one
   * is under way share the next one, so that a slow store lets no queue grow.
   */
  refresh(): Promise<void> {
    if (this.nextRefresh !== null) return this.nextRefresh;
    const next = this.refreshing.then(() => {
      this.nextRefresh = null;
      return this.refreshOnce();
    });
    this.nextRefresh = next;
    this.refreshing = next.catch(() => undefined);
    return next;
  }

  private async refreshOnce(): Promise<void> {
    let more = true;
    while (more) {
      more = await this.readBlocks();
      await this.readVotes();
      const before = this.options.state.decidedHeight;
      this.decideReady();
      // A node judges before it decides (the vote pipeline drives that); a gateway goes on while it gets somewhere.
      if (this.options.state.decidedHeight === before && this.pendingIsFull()) break;
    }
    if (!this.behind) this.ownKey.begin(this.options.state.head);
  }

  private pendingIsFull(): boolean {
    return this.options.state.pending.size >= BOUNDS.pendingHeightsMax;
  }

  /** Places contiguous blocks; true when the store may hold more of them. */
  private async readBlocks(): Promise<boolean> {
    const { state, store } = this.options;
    if (this.pendingIsFull()) {
      this.behind = true;
      return false;
    }
    const from = state.head + 1;
    const blocks = await store.readBlocks(from, BLOCKS_PER_READ);
    for (const block of blocks) {
      if (block.height > state.head + 1 || this.pendingIsFull()) break;
      if (block.height === state.head + 1) await this.placeStored(block);
    }
    // Blocks far above the head say nothing of what comes next, however many there are (Z10, Z12).
    const last = blocks[blocks.length - 1];
    this.behind = blocks.length === BLOCKS_PER_READ && last !== undefined && last.height <= state.head;
    if (this.pendingIsFull() && last !== undefined && last.height > state.head) {
      this.behind = blocks.some((block) => block.height === state.head + 1);
    }
    return this.behind && !this.pendingIsFull();
  }

  private async placeStored(block: StoredBlock): Promise<void> {
    const { state, checker, backlog } = this.options;
    const checked = await checker.checkBlock(block, backlog.oldestDigests(BOUNDS.knownDigestsPerBlock));
    // This node may have claimed that very height and placed it while the check ran.
    if (block.height !== state.head + 1) return;
    const holds = checked !== null && this.holdsBlock(checked);
    if (holds) {
      this.ownKey.met('block', checked.creator, block.height, block.id);
      state.place(checked);
      return;
    }
    if (state.isImported(block.height))
      throw new InvariantBreach(
        `the imported height ${block.height} holds no block any more: the store is not what was imported from 1.0.x`,
      );
    this.options.runtime.metrics.counter('bigchaindb_junk_total', 'block').add();
    this.log.warn('height.passed_over', { height: block.height, block_id: block.id.slice(0, 64) });
    await this.passedOver.add(block, isClaimed(block) ? checked : null);
    if (block.height === state.head + 1) state.place(null);
  }

  /**
   * Rule 2: besides its own bytes, the parent and the federation in force decide whether a height holds a block. At an
   * imported height the record stands for the claim, and 1.0.1 took any list of voters.
   */
  private holdsBlock(block: CheckedBlock): boolean {
    const { state } = this.options;
    if (block.parent !== state.headBlockId) return false;
    if (state.isImported(block.height) === isClaimed(block)) return false;
    if (state.isImported(block.height)) return true;
    return sameMembers(block.voters, state.federation.membersAt(block.height));
  }

  private async readVotes(): Promise<void> {
    this.beginAgain(this.options.state.nextToDecide());
    const cursors = this.undecided().flatMap((entry) =>
      entry.block === null ? [] : [this.cursorOf(entry, entry.block.id)],
    );
    if (cursors.length === 0) return;
    this.votesBehind = !(await readVotes(this.reader, cursors));
  }

  private cursorOf(entry: PendingHeight, blockId: string): VoteCursor {
    return {
      blockId,
      get after() {
        return entry.votesAfter;
      },
      set after(position) {
        entry.votesAfter = position;
      },
      complete: false,
      take: (vote) => this.addVote(entry, vote),
      onComplete: () => {
        entry.votesRead = true;
      },
    };
  }

  /** Now and then the votes that everything waits for are read from the first on, whatever positions seem to say. */
  private beginAgain(next: PendingHeight | undefined): void {
    const now = this.options.runtime.clock.monotonicMs();
    if (now - this.beganAtMs < VOTES_FROM_BEGINNING_MS) return;
    this.beganAtMs = now;
    if (next !== undefined) next.votesAfter = 0;
  }

  private undecided(): PendingHeight[] {
    return this.options.state.pending
      .values()
      .filter((entry) => entry.status === 'undecided' && entry.height > 0);
  }

  /** Takes a vote into account once; junk is counted and skipped, never thrown. */
  addVote(entry: PendingHeight, stored: StoredVote): void {
    if (entry.block === null) return;
    const members = this.options.state.federation.membersAt(entry.height);
    const kept = keepVote(entry.votes, stored, { parent: entry.block.parent, members });
    if (kept === 'junk') {
      this.options.runtime.metrics.counter('bigchaindb_junk_total', 'vote').add();
    } else if (kept !== null && stored.node === this.options.publicKey) {
      entry.voted = true;
      this.ownKey.met('vote', stored.node, entry.height, stored.signature);
    }
  }

  /**
   * Judges the lowest undecided height, once everything below it is decided. Returns the height when it has a verdict
   * now, or null when there is nothing to judge.
   */
  async judgeNext(): Promise<PendingHeight | null> {
    const { state, runtime } = this.options;
    this.decidePassed();
    const entry = state.nextToDecide();
    if (entry === undefined || entry.block === null || !state.importCommitted) return null;
    if (entry.verdict === null) {
      const verdict = await judgeBlock(entry.block, state, runtime.clock, runtime.scheduler);
      entry.verdict ??= verdict;
    }
    return entry;
  }

  /**
   * Judges and decides every height that the votes seen so far decide, without waiting for the vote pipeline. This node's
   * own votes on them follow (`takeUnvoted`).
   */
  async judgeDecided(): Promise<void> {
    for (;;) {
      this.decideReady();
      const entry = this.options.state.nextToDecide();
      if (entry === undefined || this.options.publicKey === null) return;
      if (entry.verdict !== null || this.count(entry)?.tally.status === 'undecided') return;
      if ((await this.judgeNext()) === null) return;
    }
  }

  /** Heights that were decided before this node had voted on them; it votes on every height. */
  takeUnvoted(): PendingHeight[] {
    return this.unvoted.splice(0);
  }

  /** Decides every height that can be decided now, in order, and hands them to the view. Synchronous. */
  decideReady(): void {
    const { state, applier, publicKey } = this.options;
    for (;;) {
      this.decidePassed();
      const entry = state.nextToDecide();
      if (entry === undefined || entry.block === null) return;
      if (state.isImported(entry.height)) {
        if (!entry.votesRead) return;
        this.decideImported(entry);
        continue;
      }
      if (publicKey !== null && entry.verdict === null) return;
      const count = this.count(entry);
      const status = count?.tally.status ?? 'undecided';
      if (count === null || status === 'undecided') return;
      state.decide(entry, status);
      if (publicKey !== null && !entry.voted && entry.votesRead) this.unvoted.push(entry);
      if (this.unvoted.length > BOUNDS.pendingHeightsMax) this.unvoted.shift();
      if (entry.verdict !== null && entry.verdict.valid !== (status === 'valid'))
        this.logDisagreement(entry, status);
      this.options.runtime.failpoints.hit('election.decided');
      applier.add(entry, count);
    }
  }

  /** What 1.0.1 decided, from all votes that were imported; nobody votes on it any more. */
  private decideImported(entry: PendingHeight): void {
    const count = this.count(entry);
    if (count === null) return;
    this.options.state.decide(entry, count.tally.status);
    this.options.applier.add(entry, count);
  }

  /** The count of votes of a placed block; null when the height holds none. */
  count(entry: PendingHeight): HeightCount | null {
    if (entry.block === null) return null;
    const votes = [...entry.votes.values()];
    const { imported } = this.options.state;
    if (imported?.covers(entry.height)) return imported.count(entry.block, votes);
    const tally = tallyHeight({
      federation: this.options.state.federation.membersAt(entry.height),
      parent: entry.block.parent,
      blockId: entry.block.id,
      votes,
    });
    return { votes, tally };
  }

  private decidePassed(): void {
    const { state, applier } = this.options;
    for (let entry = state.nextToDecide(); entry?.status === 'passed'; entry = state.nextToDecide()) {
      state.decide(entry, 'passed');
      applier.add(entry, null);
    }
  }

  private logDisagreement(entry: PendingHeight, status: string): void {
    this.log.error('election.disagreement', {
      height: entry.height,
      decided: status,
      own_verdict: entry.verdict?.valid === true ? 'valid' : 'invalid',
      reason: entry.verdict?.reason ?? null,
    });
  }
}
