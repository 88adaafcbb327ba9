/**
 * The heights that were imported from 1.0.x: which they are, how their votes count, and the digest that all of them
 * together must give. Their elections are 1.0.1's own (1.0.1: section 3.4), over the federation that the record names,
 * and what stayed undecided there stays undecided, as the genesis block does. No transaction of theirs is judged anew.
 */

import type { CheckedBlock, VoteContent } from '../model/block-types.js';
import { FIRST_DIGEST, type ImportedStatus, importDigest, type ReadImport } from '../model/import-record.js';
import { parseObject } from '../model/parse-object.js';
import type { ReadVote } from '../model/vote.js';
import { voteViolation } from '../model/vote-schema.js';
import type { ViewReader } from '../view/view.js';
import { countVotes, eligibleVoters } from './block-election.js';
import type { CountedVote, HeightCount } from './stored-votes.js';
import type { VoteStanding } from './voting.js';

export class ImportedHeights {
  /** Of everything decided so far. */
  private digest = FIRST_DIGEST;
  private next = 0;

  constructor(private readonly record: ReadImport) {}

  get lastHeight(): number {
    return this.record.lastHeight;
  }

  get federation(): readonly string[] {
    return this.record.federation;
  }

  covers(height: number): boolean {
    return height <= this.record.lastHeight;
  }

  /** Goes on from what a view holds, if it ends within the imported heights. */
  resume(view: ViewReader): void {
    const decided = view.height();
    this.digest = FIRST_DIGEST;
    this.next = this.covers(decided) ? 0 : decided + 1;
    while (this.next <= decided) {
      const block = view.blockByHeight(this.next);
      this.decided(this.next, block?.id ?? '', block?.status ?? 'undecided');
    }
  }

  /** 1.0.1's election of a placed block. All votes about it must have been read. */
  count(block: CheckedBlock, votes: readonly CountedVote[]): HeightCount {
    const eligible = eligibleVoters(block.voters, this.federation);
    const counting = firstVotes(votes, eligible, block.id);
    const contents = new Map([...counting].map(([node, { vote }]) => [node, contentOf(vote)]));
    const { status, validVotes, invalidVotes } = countVotes(eligible.size, contents);
    return {
      votes,
      tally: {
        status,
        validVotes,
        invalidVotes,
        eligibleVoters: eligible.size,
        awaiting: [...eligible].filter((voter) => !counting.has(voter)),
        standings: votes.map((vote) => standingOf(vote, eligible, counting, contents)),
        contradiction: false,
      },
    };
  }

  /**
   * Takes note of a decision, in order of height; `blockId` is '' for a height that holds no block. False at the last
   * height when all of them together are not what was imported.
   */
  decided(height: number, blockId: string, status: ImportedStatus): boolean {
    if (height !== this.next) return true;
    this.digest = importDigest(this.digest, height, blockId, status);
    this.next = height + 1;
    return height !== this.record.lastHeight || this.digest === this.record.digest;
  }
}

/** 1.0.1 could hold one vote of each node about a block; a second one counts for nothing, so none can turn it later. */
function firstVotes(
  votes: readonly CountedVote[],
  eligible: ReadonlySet<string>,
  blockId: string,
): Map<string, CountedVote> {
  const first = new Map<string, CountedVote>();
  for (const judged of votes) {
    const { node, blockId: about } = judged.vote;
    if (judged.signatureValid && about === blockId && eligible.has(node) && !first.has(node))
      first.set(node, judged);
  }
  return first;
}

/** 1.0.1 judged the whole document, what is not signed of it too. */
function contentOf({ text, content }: ReadVote): VoteContent | null {
  return voteViolation(parseObject(text)) === null ? content : null;
}

function standingOf(
  judged: CountedVote,
  eligible: ReadonlySet<string>,
  counting: ReadonlyMap<string, CountedVote>,
  contents: ReadonlyMap<string, VoteContent | null>,
): VoteStanding {
  const { node } = judged.vote;
  if (!judged.signatureValid || !eligible.has(node)) return 'ineligible';
  if (counting.get(node) !== judged) return 'equivocation';
  return contents.get(node) === null ? 'malformed' : 'counted';
}
