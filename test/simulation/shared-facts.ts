/**
 * The facts of a federation in plain maps: what the store port promises, by the most obvious code, synchronously and
 * without faults. Every change is told to `record`. `shared-store.ts` puts a disk and a network in front of it.
 */

import type {
  BacklogEntry,
  ClaimResult,
  EntryState,
  PlacedEntry,
  PlacedRejection,
  PlacedVote,
  Reassignment,
  StoredBlock,
  StoredRejection,
  StoredVote,
  VotesAfter,
  WriteResult,
} from '../../src/store/store.js';

export type FactChange =
  | { readonly kind: 'entry'; readonly entry: BacklogEntry }
  | { readonly kind: 'entry gone'; readonly digest: string }
  | { readonly kind: 'block'; readonly block: StoredBlock }
  | { readonly kind: 'vote'; readonly vote: StoredVote }
  | { readonly kind: 'rejection'; readonly rejection: StoredRejection };

/** Who writes: a process in one of its lives, or a hostile member. */
export interface Author {
  readonly name: string;
  readonly life: number;
}

export class SharedFacts {
  /** In order of position: an entry that is assigned anew moves to the end. */
  private readonly entries = new Map<string, PlacedEntry>();
  private readonly blocks = new Map<number, StoredBlock>();
  private readonly blocksById = new Map<string, StoredBlock>();
  private readonly votes = new Map<string, PlacedVote[]>();
  private readonly rejections: PlacedRejection[] = [];
  private position = 0;
  private highest = -1;

  constructor(private readonly record: (change: FactChange, by: Author) => void) {}

  addBacklog(entries: readonly BacklogEntry[], by: Author): WriteResult[] {
    return entries.map((entry) => {
      const standing = this.entries.get(entry.digest);
      if (standing === undefined) {
        this.put(entry, by);
        return 'ok';
      }
      if (standing.text !== entry.text || standing.transactionId !== entry.transactionId) return 'conflict';
      this.put({ ...standing, assignee: entry.assignee, stamp: entry.stamp }, by);
      return 'duplicate';
    });
  }

  reassignBacklog(changes: readonly Reassignment[], by: Author): number {
    const standing = changes.filter((change) => this.inState(change) !== undefined);
    for (const { digest, assignee, newStamp } of standing) {
      const entry = this.entries.get(digest);
      if (entry !== undefined) this.put({ ...entry, assignee, stamp: newStamp }, by);
    }
    return standing.length;
  }

  removeBacklog(states: readonly EntryState[], by: Author): number {
    const standing = states.filter((state) => this.inState(state) !== undefined);
    for (const { digest } of standing) {
      this.entries.delete(digest);
      this.record({ kind: 'entry gone', digest }, by);
    }
    return standing.length;
  }

  readBacklog(afterPosition: number, limit: number): PlacedEntry[] {
    const found: PlacedEntry[] = [];
    for (const entry of this.entries.values()) {
      if (found.length >= limit) break;
      if (entry.position > afterPosition) found.push(entry);
    }
    return found;
  }

  backlogStates(digests: readonly string[]): EntryState[] {
    return digests.flatMap((digest) => {
      const entry = this.entries.get(digest);
      return entry === undefined ? [] : [{ digest, stamp: entry.stamp }];
    });
  }

  backlogByTransaction(transactionIds: readonly string[]): PlacedEntry[] {
    return [...this.entries.values()].filter((entry) => transactionIds.includes(entry.transactionId));
  }

  countBacklog(): number {
    return this.entries.size;
  }

  claimHeight(block: StoredBlock, by: Author): ClaimResult {
    const named = this.blocksById.get(block.id);
    if (named !== undefined) return sameBlock(named, block) ? 'duplicate' : 'conflict';
    if (this.blocks.has(block.height)) return 'taken';
    this.blocks.set(block.height, block);
    this.blocksById.set(block.id, block);
    this.highest = Math.max(this.highest, block.height);
    this.record({ kind: 'block', block }, by);
    return 'ok';
  }

  readBlocks(fromHeight: number, limit: number): StoredBlock[] {
    const found: StoredBlock[] = [];
    // Nearly always contiguous; what stands far above is looked for only then.
    let height = fromHeight;
    for (; found.length < limit; height += 1) {
      const block = this.blocks.get(height);
      if (block === undefined) break;
      found.push(block);
    }
    if (found.length < limit && this.highest > height) {
      const above = [...this.blocks.values()].filter((block) => block.height > height);
      above.sort((left, right) => left.height - right.height);
      found.push(...above.slice(0, limit - found.length));
    }
    return found;
  }

  readBlockById(id: string): StoredBlock | null {
    return this.blocksById.get(id) ?? null;
  }

  addVotes(votes: readonly StoredVote[], by: Author): WriteResult[] {
    return votes.map((vote) => {
      const list = this.votes.get(vote.blockId) ?? [];
      this.votes.set(vote.blockId, list);
      const standing = list.find((each) => each.node === vote.node && each.signature === vote.signature);
      if (standing !== undefined) return standing.text === vote.text ? 'duplicate' : 'conflict';
      this.position += 1;
      list.push({ ...vote, position: this.position });
      this.record({ kind: 'vote', vote }, by);
      return 'ok';
    });
  }

  readVotes(blockIds: readonly string[], limitPerBlock: number, after?: VotesAfter): PlacedVote[] {
    return [...new Set(blockIds)].flatMap((id) => {
      const from = after?.get(id) ?? 0;
      return (this.votes.get(id) ?? []).filter((vote) => (vote.position ?? 0) > from).slice(0, limitPerBlock);
    });
  }

  addRejections(rejections: readonly StoredRejection[], by: Author): WriteResult[] {
    return rejections.map((rejection) => {
      const standing = this.rejections.find((each) => each.digest === rejection.digest);
      if (standing !== undefined) return standing.text === rejection.text ? 'duplicate' : 'conflict';
      this.rejections.push({ ...rejection, position: this.rejections.length + 1 });
      this.record({ kind: 'rejection', rejection }, by);
      return 'ok';
    });
  }

  readRejections(afterPosition: number, limit: number): PlacedRejection[] {
    return this.rejections.slice(afterPosition, afterPosition + limit);
  }

  rejectionsByTransaction(transactionIds: readonly string[]): PlacedRejection[] {
    return this.rejections.filter((rejection) => transactionIds.includes(rejection.transactionId));
  }

  allVotes(): StoredVote[] {
    return [...this.votes.values()].flat();
  }

  private put(entry: BacklogEntry, by: Author): void {
    this.position += 1;
    this.entries.delete(entry.digest);
    this.entries.set(entry.digest, { ...entry, position: this.position });
    this.record({ kind: 'entry', entry }, by);
  }

  private inState({ digest, stamp }: EntryState): PlacedEntry | undefined {
    const entry = this.entries.get(digest);
    return entry?.stamp === stamp ? entry : undefined;
  }
}

function sameBlock(one: StoredBlock, other: StoredBlock): boolean {
  return (
    one.height === other.height &&
    one.text === other.text &&
    one.signature === other.signature &&
    one.parent === other.parent &&
    one.claimSignature === other.claimSignature
  );
}
