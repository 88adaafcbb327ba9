/**
 * Blocks that this node passed over although somebody claimed a height with them, and the votes that come for them. A
 * majority that votes on what this node passes over shows that its settings are the odd ones (architecture, section 4,
 * rules 2 and 6). Votes come after the claim, so each block is looked at again for a while.
 */

import { BOUNDS } from '../config/limits.js';
import type { CheckedBlock } from '../model/block-types.js';
import type { StoredBlock } from '../store/store.js';
import { sameMembers } from './federation.js';
import { keepVote } from './kept-votes.js';
import { InvariantBreach, type LedgerState } from './ledger-state.js';
import { readVotes, type VoteCursor, type VoteReaderOptions } from './read-votes.js';
import type { CountedVote } from './stored-votes.js';
import { tallyHeight } from './voting.js';

const INTERVAL_MS = 1000;

interface Passed extends VoteCursor {
  readonly height: number;
  readonly parent: string;
  /** The block's own list; null when its bytes hold no block. */
  readonly voters: readonly string[] | null;
  readonly votes: Map<string, CountedVote>;
}

export class PassedOver {
  /** The newest ones, by id. */
  private readonly recent = new Map<string, Passed>();
  private checkedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly reader: VoteReaderOptions,
    private readonly state: LedgerState,
  ) {}

  /** Takes note of a block that is passed over. Throws InvariantBreach when its votes say that it must not be. */
  async add(block: StoredBlock, checked: CheckedBlock | null): Promise<void> {
    const passed = this.open(block, checked?.voters ?? null);
    await this.check([passed]);
    this.recent.set(block.id, passed);
    for (const oldest of this.recent.keys()) {
      if (this.recent.size <= BOUNDS.lateVoteHeights) break;
      this.recent.delete(oldest);
    }
  }

  /** Looks for votes that came since, at most once a second. Throws InvariantBreach. */
  async recheck(): Promise<void> {
    const now = this.reader.clock.monotonicMs();
    if (this.recent.size === 0 || now - this.checkedAtMs < INTERVAL_MS) return;
    this.checkedAtMs = now;
    await this.check([...this.recent.values()]);
  }

  private open({ height, id, parent }: StoredBlock, voters: readonly string[] | null): Passed {
    const { federation } = this.state;
    const votes = new Map<string, CountedVote>();
    const members = [...new Set([...federation.membersAt(height), ...federation.membersAt(height - 1)])];
    const take: VoteCursor['take'] = (vote) => void keepVote(votes, vote, { parent, members });
    return { height, blockId: id, parent, voters, votes, after: 0, complete: false, take };
  }

  private async check(blocks: readonly Passed[]): Promise<void> {
    await readVotes(this.reader, blocks);
    for (const block of blocks) {
      if (this.replaces(block)) this.refuseIfDecided(block);
      else this.refuseIfVotedFor(block);
    }
  }

  /** Whether a change of the federation takes the height away from this block, which was made under the list before. */
  private replaces({ height, voters }: Passed): boolean {
    const { federation } = this.state;
    const changes = federation.changes.some((change) => change.height === height);
    return changes && voters !== null && sameMembers(voters, federation.membersAt(height - 1));
  }

  /**
   * Rule 6: a change may name an undecided height, unless its votes decide it under the former list. A former member
   * that is stopped for good adds no vote; one that still votes may decide the height (of two members one is enough),
   * and then some correct node may have decided it too, so the change must name a later height.
   */
  private refuseIfDecided({ height, blockId, parent, votes }: Passed): void {
    const former = this.state.federation.membersAt(height - 1);
    const { status } = tallyHeight({ federation: former, parent, blockId, votes: [...votes.values()] });
    if (status === 'undecided') return;
    throw new InvariantBreach(
      `federation.changes names height ${height}, but the votes in the store decide that height ${status} under ` +
        'the members before: a change is for heights that are not decided yet',
    );
  }

  /** Rule 2: passing over what a majority of one's own list voted on means that one's own list is the odd one. */
  private refuseIfVotedFor({ height, votes }: Passed): void {
    const members = this.state.federation.membersAt(height);
    const voters = new Set<string>();
    for (const { stored, signatureValid } of votes.values()) {
      if (signatureValid && members.includes(stored.node)) voters.add(stored.node);
    }
    if (2 * voters.size <= members.length) return;
    throw new InvariantBreach(
      `height ${height} carries votes of a majority of this node's own list, but by that list it holds no block: ` +
        'compare keyring and federation.changes with the other operators, then run `bigchaindb rebuild`',
    );
  }
}
