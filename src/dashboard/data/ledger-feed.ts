/**
 * What every page follows: the newest blocks with their votes, the height and the backlog. It loads the ledger as of
 * one height, subscribes behind the cursor of that height, and goes on behind the last event after a lost connection.
 */

import {
  BacklogText,
  BlockAtHeightText,
  BlocksText,
  NowText,
  type StripBlockFragment,
} from '../generated/operations.js';
import { ask } from './ask.js';
import { after, onNextFrame } from './browser.js';
import { follow, liveState } from './connection.js';
import { plainNumber } from './numbers.js';
import { Store } from './store.js';

/** Blocks that are kept for the strip. */
export const STRIP_BLOCKS_MAX = 40;
/** How often the votes of undecided blocks are asked for while there are any. */
const VOTES_LOOK_MS = 400;
/** Undecided blocks whose votes are asked for, the lowest ones: they are decided one after the other. */
const VOTES_LOOKS_MAX = 8;
const RETRY_MS = 2_000;

export interface LedgerNow {
  /** The last decided height; null before the first answer. */
  readonly height: number | null;
  /** Decided and undecided ones, the newest first. */
  readonly blocks: readonly StripBlockFragment[];
  readonly backlog: { readonly count: number; readonly oldestSeconds: number | null };
  readonly transactionCount: number | null;
}

const NOTHING: LedgerNow = {
  height: null,
  blocks: [],
  backlog: { count: 0, oldestSeconds: null },
  transactionCount: null,
};

class LedgerFeed {
  readonly state = new Store<LedgerNow>(NOTHING);
  private readonly blocks = new Map<number, StripBlockFragment>();
  private newest = NOTHING;
  private started = false;
  private drawing = false;
  private looking = false;

  /** Begins to follow, once. It never ends: it lives as long as the page. */
  start(): void {
    if (this.started) return;
    this.started = true;
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      const { ledger, blocks } = await ask(NowText, { blocks: STRIP_BLOCKS_MAX });
      for (const block of blocks.nodes) this.blocks.set(block.height, block);
      this.publish({
        height: ledger.height,
        backlog: backlogOf(ledger.backlog),
        transactionCount: ledger.transactionCount,
      });
      this.followFrom(ledger.cursor);
    } catch {
      after(RETRY_MS, () => void this.load());
    }
  }

  private followFrom(cursor: string): void {
    follow(
      BlocksText,
      (behind) => ({ after: behind }),
      {
        onEvent: ({ blocks: { cursor: behind, block } }) => {
          this.take(block);
          return behind ?? null;
        },
      },
      cursor,
    );
    follow(BacklogText, () => ({}), {
      onEvent: ({ backlog }) => {
        this.publish({ backlog: backlogOf(backlog) });
        return null;
      },
    });
  }

  private take(block: StripBlockFragment): void {
    const known = this.blocks.get(block.height);
    const undecided = block.status === 'UNDECIDED';
    // A notice of a block may come behind its decision.
    if (undecided && known !== undefined && known.status !== 'UNDECIDED') return;
    this.blocks.set(block.height, block);
    const height = this.newest.height ?? -1;
    if (undecided) this.lookAtVotes();
    const counted = this.newest.transactionCount;
    const more = block.status === 'VALID' ? block.transactionCount : 0;
    this.publish({
      height: undecided ? height : Math.max(height, block.height),
      transactionCount: counted === null || undecided ? counted : counted + more,
    });
  }

  /** Undecided blocks have no event of their votes, so they are asked for until all are decided. */
  private lookAtVotes(): void {
    if (this.looking) return;
    this.looking = true;
    after(VOTES_LOOK_MS, async () => {
      try {
        if (liveState.get() === 'live') await this.readUndecided();
      } catch {
        // The next look tries again; a lost connection says so itself.
      }
      this.looking = false;
      if (this.undecided().length > 0) this.lookAtVotes();
    });
  }

  private async readUndecided(): Promise<void> {
    const heights = this.undecided().map((block) => block.height);
    heights.sort((a, b) => a - b);
    await Promise.all(
      heights.slice(0, VOTES_LOOKS_MAX).map(async (height) => {
        const { block } = await ask(BlockAtHeightText, { height });
        // Decided meanwhile, or now: its event tells, in its order.
        if (this.blocks.get(height)?.status !== 'UNDECIDED') return;
        // Passed over, which nothing tells: no block holds the height.
        if (block === null) this.blocks.delete(height);
        else if (block.status === 'UNDECIDED') this.blocks.set(height, block);
      }),
    );
    this.publish({});
  }

  private undecided(): StripBlockFragment[] {
    return [...this.blocks.values()].filter((block) => block.status === 'UNDECIDED' && block.height > 0);
  }

  /** Events come in bursts; what is shown changes at most once a frame. */
  private publish(change: Partial<LedgerNow>): void {
    this.newest = { ...this.newest, ...change };
    const excess = [...this.blocks.keys()].sort((a, b) => b - a).slice(STRIP_BLOCKS_MAX);
    for (const height of excess) this.blocks.delete(height);
    if (this.drawing) return;
    this.drawing = true;
    onNextFrame(() => {
      this.drawing = false;
      const blocks = [...this.blocks.values()].sort((a, b) => b.height - a.height);
      this.newest = { ...this.newest, blocks };
      this.state.set(this.newest);
    });
  }
}

function backlogOf({
  count,
  oldestSeconds,
}: {
  count: number;
  oldestSeconds?: unknown;
}): LedgerNow['backlog'] {
  return { count, oldestSeconds: oldestSeconds == null ? null : plainNumber(oldestSeconds) };
}

export const ledgerFeed = new LedgerFeed();
