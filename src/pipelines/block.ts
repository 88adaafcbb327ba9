/**
 * The block pipeline (1.0.1: pipelines/block): puts this node's backlog into blocks and claims the next height for
 * them. A block is made against everything below its height, so a block of a correct node is never invalid (I21). A
 * node has one undecided block at a time; what arrives meanwhile makes the next one.
 */

import type { KeyPair } from '../codec/key-pair.js';
import { BOUNDS, LEDGER } from '../config/limits.js';
import type { Backlog, KnownEntry } from '../ledger/backlog.js';
import type { BacklogSweep } from '../ledger/backlog-sweep.js';
import { type Candidates, chooseTransactions } from '../ledger/choose-transactions.js';
import type { Heights } from '../ledger/heights.js';
import type { LedgerState } from '../ledger/ledger-state.js';
import type { PendingHeight } from '../ledger/pending-heights.js';
import type { Rejections } from '../ledger/rejections.js';
import { makeBlock, makeClaim } from '../model/block.js';
import type { CheckedBlock } from '../model/block-types.js';
import type { Logger, Runtime } from '../runtime/runtime.js';
import type { Store, StoredBlock } from '../store/store.js';
import { StoreUnavailable } from '../store/store.js';

export interface BlockPipelineOptions {
  readonly store: Store;
  readonly heights: Heights;
  readonly state: LedgerState;
  readonly backlog: Backlog;
  readonly sweep: BacklogSweep;
  readonly rejections: Rejections;
  readonly keyPair: KeyPair;
  readonly runtime: Runtime;
  /** Longest wait of the first transaction of a block. */
  readonly blockIntervalMs: number;
  /** An entry whose input is unknown is rejected this long after this node first saw it. */
  readonly unknownInputMs: number;
  /** Longest time between two readings of what is new in the store's backlog. */
  readonly sweepMs: number;
  /** Called when a block stands at a height. */
  readonly onClaimed: (transactions: number) => void;
  /** Runs the step again after `delayMs`. */
  readonly wakeAfter: (delayMs: number) => void;
  readonly wakeSelf: () => void;
}

/** A block that was sent and whose outcome is unknown. */
interface OpenClaim {
  readonly block: StoredBlock;
  readonly checked: CheckedBlock;
  readonly judgedAt: number;
}

export class BlockPipeline {
  private readonly log: Logger;
  private open: OpenClaim | null = null;
  /** What is new in the backlog is read now and then; hints only make it sooner. */
  private sweepDueAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: BlockPipelineOptions) {
    this.log = options.runtime.logger('pipelines');
  }

  /** The store may hold entries that this node has not seen. */
  readBacklog(): void {
    this.sweepDueAtMs = Number.NEGATIVE_INFINITY;
  }

  async step(): Promise<void> {
    if (this.options.runtime.clock.monotonicMs() >= this.sweepDueAtMs) await this.sweepBacklog();
    if (this.open !== null && !(await this.resolveOpen(this.open))) return;
    if (this.mustWait()) return;
    const waitMs = this.untilDue();
    if (waitMs === null) return;
    if (waitMs > 0) {
      this.options.wakeAfter(waitMs);
      return;
    }
    await this.makeNext();
  }

  private async sweepBacklog(): Promise<void> {
    this.sweepDueAtMs = this.options.runtime.clock.monotonicMs() + this.options.sweepMs;
    const { sweep, rejections, keyPair } = this.options;
    await sweep.readNew();
    const unfit = sweep.unfit().map(({ entry, code, message }) => ({ ...entry, code, message }));
    sweep.refused(await rejections.reject(unfit, keyPair));
  }

  /** Rule 1: one undecided block of its own, and at most four undecided heights that count. */
  private mustWait(): boolean {
    const { state, keyPair, heights } = this.options;
    if (heights.isBehind) return true;
    if (!state.federation.membersAt(state.head + 1).includes(keyPair.publicKey)) return true;
    if (state.isBarred(keyPair.publicKey, state.head + 1)) return true;
    const undecided = state.pending
      .values()
      .filter((entry) => entry.status === 'undecided' && entry.height > 0);
    const byCreator = new Map<string, number>();
    for (const entry of undecided) {
      const creator = entry.block?.creator ?? '';
      byCreator.set(creator, (byCreator.get(creator) ?? 0) + 1);
    }
    if (byCreator.has(keyPair.publicKey)) return true;
    const counting = undecided.filter((entry) => this.counts(entry, byCreator));
    return counting.length >= BOUNDS.undecidedHeightsToClaim;
  }

  private counts(entry: PendingHeight, byCreator: ReadonlyMap<string, number>): boolean {
    if (entry.block === null) return false;
    if (this.options.state.isBarred(entry.block.creator, entry.height)) return false;
    return byCreator.get(entry.block.creator) === 1;
  }

  /** Milliseconds until the next block is due; null when nothing waits for one. */
  private untilDue(): number | null {
    const { backlog, state, runtime, blockIntervalMs } = this.options;
    let bytes = 0;
    let count = 0;
    let oldest = Number.POSITIVE_INFINITY;
    for (const entry of backlog.mine()) {
      if (entry.waitedAtHeight === state.decidedHeight && !this.expired(entry)) continue;
      oldest = Math.min(oldest, entry.seenAtMs);
      bytes += entry.transaction.bytes + 1;
      count += 1;
      if (count >= LEDGER.blockTransactionsMax || bytes >= LEDGER.blockBytesMax / 2) return 0;
    }
    if (count === 0) return null;
    return Math.max(0, oldest + blockIntervalMs - runtime.clock.monotonicMs());
  }

  private expired(entry: KnownEntry): boolean {
    return this.options.runtime.clock.monotonicMs() - entry.seenAtMs >= this.options.unknownInputMs;
  }

  private async makeNext(): Promise<void> {
    const { state, keyPair, store, rejections, runtime } = this.options;
    const chosen = await this.choose();
    runtime.failpoints.hit('block.after_validate');
    if (chosen.clear.length > 0) await store.removeBacklog(chosen.clear);
    for (const { digest } of chosen.clear) this.options.backlog.remove(digest);
    await rejections.reject(chosen.reject, keyPair);
    if (chosen.include.length === 0) return;
    // What was chosen holds for the head it was chosen against; a new head means choosing anew.
    if (state.head + 1 !== chosen.height || state.decidedHeight !== chosen.decidedHeight) {
      this.options.wakeSelf();
      return;
    }
    await this.claim(chosen);
  }

  private choose(): Promise<Candidates> {
    const { state, backlog, runtime, heights } = this.options;
    return chooseTransactions({
      state,
      entries: backlog.mine(),
      expired: (entry) => this.expired(entry),
      // "Only when a fresh look finds every height up to the head decided."
      freshLook: async () => {
        await heights.refresh();
        return state.undecidedCount === 0 && !heights.isBehind;
      },
      clock: runtime.clock,
      scheduler: runtime.scheduler,
    });
  }

  private async claim(chosen: Candidates): Promise<void> {
    const { state, keyPair, runtime, heights } = this.options;
    const voters = state.federation.membersAt(chosen.height);
    const timestamp = String(Math.round(runtime.clock.nowMs() / 1000));
    const made = makeBlock(keyPair, {
      timestamp,
      transactionTexts: chosen.include.map((entry) => entry.transaction.text),
      voters,
    });
    heights.ownKey.remember(made.id);
    const parent = state.headBlockId;
    const claimSignature = makeClaim(keyPair, { blockId: made.id, height: chosen.height, parent });
    const block: StoredBlock = {
      height: chosen.height,
      id: made.id,
      text: made.text,
      signature: made.signature,
      parent,
      claimSignature,
    };
    const checked: CheckedBlock = {
      ...block,
      timestamp,
      creator: keyPair.publicKey,
      voters,
      signatureValid: true,
      shapeProblem: null,
      transactions: chosen.include.map((entry) => ({ ok: true, transaction: entry.transaction })),
      transactionTexts: chosen.include.map((entry) => entry.transaction.text),
    };
    this.open = { block, checked, judgedAt: chosen.decidedHeight };
    await this.resolveOpen(this.open);
  }

  /** Sends the claim, or the same bytes again; true when its outcome is known. */
  private async resolveOpen(claim: OpenClaim): Promise<boolean> {
    const { store, heights, state, runtime, wakeSelf } = this.options;
    if (state.head >= claim.block.height) {
      // The height has been read back meanwhile: it holds this block, or another one.
      this.open = null;
      if (state.pending.byId(claim.block.id) === undefined) wakeSelf();
      return true;
    }
    // A crash here leaves the block at its height or not; after the restart it is read like any other, and its
    // entries still stand in the backlog until it is decided.
    const result = await store.claimHeight(claim.block);
    runtime.failpoints.hit('block.after_claim');
    if (result === 'ok' || result === 'duplicate') {
      this.open = null;
      this.place(claim, result === 'ok');
      return true;
    }
    if (result === 'unknown' || result === 'unavailable') {
      await heights.refresh();
      throw new StoreUnavailable(`the outcome of claiming height ${claim.block.height} is ${result}`);
    }
    this.open = null;
    if (result === 'conflict') this.log.error('block.conflict', { block_id: claim.block.id });
    await heights.refresh();
    wakeSelf();
    return true;
  }

  private place(claim: OpenClaim, fresh: boolean): void {
    const { state, runtime, onClaimed } = this.options;
    const height = claim.block.height;
    if (state.head + 1 === height) {
      const entry = state.place(claim.checked);
      // Nobody has voted on a block that did not exist, and it was judged against this very ledger.
      entry.votesRead = fresh;
      if (claim.judgedAt === height - 1) entry.verdict = { valid: true, reason: null };
    }
    const transactions = claim.checked.transactions.length;
    this.log.debug('block.claimed', { height, block_id: claim.block.id, transactions });
    runtime.metrics.counter('bigchaindb_pipelines_block_throughput_total').add(transactions);
    runtime.metrics.histogram('bigchaindb_block_transactions').observe(transactions);
    onClaimed(transactions);
  }
}
