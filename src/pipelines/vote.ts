/**
 * The vote pipeline (1.0.1: pipelines/vote): judges height by height and signs a vote on every height, also on those
 * that others have decided already. At most one vote per block (I11): a vote is signed once, kept, and sent again
 * with the same bytes until its outcome is known; one found in the store is not repeated.
 */

import type { KeyPair } from '../codec/key-pair.js';
import type { Heights } from '../ledger/heights.js';
import type { LedgerState } from '../ledger/ledger-state.js';
import type { PendingHeight } from '../ledger/pending-heights.js';
import { makeVote } from '../model/vote.js';
import type { Logger, Runtime } from '../runtime/runtime.js';
import type { Store, StoredVote } from '../store/store.js';
import { StoreUnavailable } from '../store/store.js';

/** Heights judged before their votes are written together, when this node is behind. */
const HEIGHTS_PER_WRITE = 32;

export interface VotePipelineOptions {
  readonly store: Store;
  readonly heights: Heights;
  readonly state: LedgerState;
  readonly keyPair: KeyPair;
  readonly runtime: Runtime;
}

interface OwnVote {
  readonly entry: PendingHeight;
  readonly vote: StoredVote;
}

export class VotePipeline {
  /** Signed, and not known to be on stable storage. */
  private unsent: OwnVote[] = [];

  private readonly log: Logger;

  constructor(private readonly options: VotePipelineOptions) {
    this.log = options.runtime.logger('pipelines');
  }

  /** Judges and votes until nothing is left to judge. */
  async step(): Promise<void> {
    await this.send();
    for (;;) {
      const progressed = await this.judgeSome();
      this.signDecided();
      await this.send();
      this.options.heights.decideReady();
      if (!progressed) return;
    }
  }

  /** Judges heights that follow each other; true when another round may find more. */
  private async judgeSome(): Promise<boolean> {
    const { heights, state } = this.options;
    for (let judged = 0; judged < HEIGHTS_PER_WRITE; judged += 1) {
      const entry = await heights.judgeNext();
      if (entry === null) return false;
      if (!entry.votesRead) await heights.refresh();
      // A vote of an earlier life of this node may stand behind junk that has not been read yet.
      if (!entry.votesRead) return false;
      // What was decided meanwhile lies below: votes go out in order of height.
      this.signDecided();
      if (entry.verdict !== null && !entry.voted) this.sign(entry, entry.verdict.valid);
      heights.decideReady();
      if (state.decidedHeight < entry.height) return this.unsent.length > 0;
    }
    return true;
  }

  /** Others may have decided a height before this node came to vote on it; it votes on it all the same. */
  private signDecided(): void {
    for (const entry of this.options.heights.takeUnvoted()) {
      if (entry.verdict !== null && !entry.voted) this.sign(entry, entry.verdict.valid);
    }
  }

  private sign(entry: PendingHeight, isBlockValid: boolean): void {
    const { keyPair, state, runtime, heights } = this.options;
    if (entry.block === null || this.unsent.some((own) => own.entry === entry)) return;
    if (!state.federation.membersAt(entry.height).includes(keyPair.publicKey)) return;
    const vote = makeVote(keyPair, {
      blockId: entry.block.id,
      previousBlock: entry.block.parent,
      isBlockValid,
      timestamp: String(Math.round(runtime.clock.nowMs() / 1000)),
    });
    heights.ownKey.remember(vote.signature);
    this.unsent.push({ entry, vote });
  }

  private async send(): Promise<void> {
    if (this.unsent.length === 0) return;
    const { store, runtime, heights } = this.options;
    const sending = [...this.unsent];
    runtime.failpoints.hit('vote.before_write');
    // A crash here leaves the votes in the store or not; after the restart they are found there, or signed again.
    const results = await store.addVotes(sending.map((own) => own.vote));
    runtime.failpoints.hit('vote.after_write');
    const judged = runtime.metrics.counter('bigchaindb_pipelines_vote_throughput_total');
    const written = new Set<OwnVote>();
    sending.forEach((own, index) => {
      const result = results[index];
      if (result !== 'ok' && result !== 'duplicate' && result !== 'conflict') return;
      written.add(own);
      own.entry.voted = true;
      this.log.debug('vote.written', {
        height: own.entry.height,
        block_id: own.vote.blockId,
        is_block_valid: own.entry.verdict?.valid ?? false,
      });
      judged.add(own.entry.block?.transactions.length ?? 0);
      heights.addVote(own.entry, own.vote);
    });
    this.unsent = this.unsent.filter((own) => !written.has(own));
    if (this.unsent.length > 0)
      throw new StoreUnavailable('votes are not known to be written; they are sent again');
  }
}
