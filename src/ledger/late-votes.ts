/**
 * Votes that came after their height was decided: shown by the view as late, never recounted. A majority that
 * contradicts this node's own decision means that the node is the odd one: it stops with exit 1 (architecture,
 * section 4, rule 4).
 */

import { BOUNDS } from '../config/limits.js';
import type { StandingVote, View } from '../view/view.js';
import { keepVote } from './kept-votes.js';
import { InvariantBreach, type LedgerState } from './ledger-state.js';
import { readVotes, type VoteCursor, type VoteReaderOptions } from './read-votes.js';
import { type CountedVote, readStoredVote, standingVotes, voteKey } from './stored-votes.js';
import { tallyHeight } from './voting.js';

type LateVote = StandingVote & { readonly height: number };

/** Late votes change nothing that clients wait for, so looking for them may be rare. */
const INTERVAL_MS = 1000;

/** A decided height that lacks votes, and those that are known. */
interface Book extends VoteCursor {
  readonly height: number;
  readonly parent: string;
  readonly status: string;
  readonly votes: Map<string, CountedVote>;
  /** Keys of the votes that the view has. */
  readonly written: Set<string>;
}

export class LateVotes {
  private readAtMs = Number.NEGATIVE_INFINITY;
  /** By height; at most `heights` of them. */
  private readonly books = new Map<number, Book>();

  constructor(
    private readonly reader: VoteReaderOptions,
    private readonly view: View,
    private readonly state: LedgerState,
  ) {}

  /**
   * Reads the votes of the last `heights` decided heights: once all that the store holds, and then for as long as a
   * member's vote is missing.
   */
  async read(heights: number): Promise<void> {
    const { clock } = this.reader;
    if (clock.monotonicMs() - this.readAtMs < INTERVAL_MS) return;
    this.readAtMs = clock.monotonicMs();
    this.openBooks(heights);
    const books = [...this.books.values()].filter((book) => !book.complete || this.lacksVotes(book));
    if (books.length === 0) return;
    await readVotes(this.reader, books);
    const late = books.flatMap((book) => this.lateVotesOf(book));
    if (late.length === 0) return;
    const writing = late.slice(0, BOUNDS.lateVotesPerWrite);
    // A crash here leaves the votes in the store; they are found late again.
    await this.view.addLateVotes(writing);
    for (const vote of writing) this.books.get(vote.height)?.written.add(voteKey(vote));
  }

  private openBooks(heights: number): void {
    const last = this.view.read.height();
    // Votes about imported heights were all read when they were decided.
    const afterImported = (this.state.imported?.lastHeight ?? 0) + 1;
    const first = Math.max(afterImported, last - heights + 1);
    for (const height of this.books.keys()) if (height < first) this.books.delete(height);
    for (let height = first; height <= last; height += 1) {
      if (!this.books.has(height)) this.openBook(height);
    }
  }

  private openBook(height: number): void {
    const block = this.view.read.blockByHeight(height);
    if (block === null) return;
    const votes = new Map<string, CountedVote>();
    const written = new Set<string>();
    for (const known of this.view.read.blockVotes(height)) {
      const vote = readStoredVote(known);
      written.add(voteKey(known));
      if (vote !== null) votes.set(voteKey(known), vote);
    }
    const { parent, status, id } = block;
    const members = this.state.federation.membersAt(height);
    const take: VoteCursor['take'] = (vote) => void keepVote(votes, vote, { parent, members });
    this.books.set(height, {
      height,
      blockId: id,
      parent,
      status,
      votes,
      written,
      after: 0,
      complete: false,
      take,
    });
  }

  private lacksVotes({ height, votes }: Book): boolean {
    const voters = new Set<string>();
    for (const vote of votes.values()) if (vote.signatureValid) voters.add(vote.stored.node);
    return this.state.federation.membersAt(height).some((member) => !voters.has(member));
  }

  private lateVotesOf(book: Book): LateVote[] {
    const votes = [...book.votes.values()];
    const federation = this.state.federation.membersAt(book.height);
    const tally = tallyHeight({ federation, parent: book.parent, blockId: book.blockId, votes });
    const contradicted =
      tally.contradiction || (tally.status !== 'undecided' && tally.status !== book.status);
    if (contradicted) {
      const other = book.status === 'valid' ? 'invalid' : 'valid';
      throw new InvariantBreach(
        `a majority decided height ${book.height} ${other}, this node ${book.status}`,
      );
    }
    return standingVotes({ votes, tally })
      .filter((vote) => !book.written.has(voteKey(vote)))
      .map((vote) => ({ ...vote, height: book.height }));
  }
}
