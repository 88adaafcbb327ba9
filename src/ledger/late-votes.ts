/**
 * Votes that came after their height was decided: shown by the view as late, never recounted. A majority that
 * contradicts this node's own decision means that the node is the odd one: it stops with exit 1 (architecture,
 * section 4, rule 4).
 */

import { BOUNDS } from '../config/limits.js';
import type { Clock } from '../runtime/runtime.js';
import type { Store, StoredVote } from '../store/store.js';
import type { StandingVote, View } from '../view/view.js';
import { InvariantBreach, type LedgerState } from './ledger-state.js';
import { type CountedVote, readStoredVote, standingVotes, voteKey } from './stored-votes.js';
import { tallyHeight } from './voting.js';

type LateVote = StandingVote & { readonly height: number };

/** Late votes change nothing that clients wait for, so looking for them may be rare. */
const INTERVAL_MS = 1000;

export class LateVotes {
  private readAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly store: Store,
    private readonly view: View,
    private readonly state: LedgerState,
    private readonly clock: Clock,
  ) {}

  /** Reads the votes of the last `heights` decided heights that do not have a vote of every member yet. */
  async read(heights: number): Promise<void> {
    const { view, store } = this;
    if (this.clock.monotonicMs() - this.readAtMs < INTERVAL_MS) return;
    this.readAtMs = this.clock.monotonicMs();
    const last = view.read.height();
    const open = new Map<string, { height: number; parent: string; status: string; known: Set<string> }>();
    for (let height = Math.max(1, last - heights + 1); height <= last; height += 1) {
      const block = view.read.blockByHeight(height);
      if (block === null) continue;
      const votes = view.read.blockVotes(height);
      const voters = new Set(votes.filter((vote) => vote.standing === 'counted').map((vote) => vote.node));
      if (voters.size >= this.state.federation.membersAt(height).length) continue;
      open.set(block.id, {
        height,
        parent: block.parent,
        status: block.status,
        known: new Set(votes.map(voteKey)),
      });
    }
    if (open.size === 0) return;
    const stored = await store.readVotes([...open.keys()], BOUNDS.votesPerHeightRead);
    const late: LateVote[] = [];
    for (const [blockId, entry] of open) {
      const votes = stored.filter((vote) => vote.blockId === blockId).flatMap(readable);
      const members = this.state.federation.membersAt(entry.height);
      const tally = tallyHeight({ federation: members, parent: entry.parent, blockId, votes });
      if (tally.status !== 'undecided' && tally.status !== entry.status) {
        throw new InvariantBreach(
          `a majority decided height ${entry.height} ${tally.status}, this node ${entry.status}`,
        );
      }
      for (const vote of standingVotes({ votes, tally })) {
        if (!entry.known.has(voteKey(vote))) late.push({ ...vote, height: entry.height });
      }
    }
    if (late.length > 0) await view.addLateVotes(late.slice(0, BOUNDS.lateVotesPerWrite));
  }
}

function readable(stored: StoredVote): CountedVote[] {
  const vote = readStoredVote(stored);
  return vote === null ? [] : [vote];
}
