/**
 * The simulated store: one disk that all processes share, behind the port. Writes gather in an open batch, are
 * invisible until the disk has synced it, and are answered only then; a power cut before loses them, and their callers
 * learn that the outcome is unknown. What goes wrong on the way to it is `FaultyStore`'s business.
 */

import {
  type BacklogEntry,
  type ClaimResult,
  type EntryState,
  type Reassignment,
  type Store,
  type StoredBlock,
  type StoredRejection,
  type StoredVote,
  type StoreHint,
  StoreUnavailable,
  type VotesAfter,
  type WriteResult,
} from '../../src/store/store.js';
import type { SimulatedWorld } from '../support/simulated-runtime.js';
import { type Author, type FactChange, SharedFacts } from './shared-facts.js';

interface Write {
  readonly by: Connection;
  readonly commit: () => void;
  readonly lose: () => void;
}

type Changes = Omit<StoreHint, 'own'>;
type Follower = (hint: StoreHint) => void;

export interface SharedStoreOptions {
  readonly world: SimulatedWorld;
  /** Longest time that one sync takes, virtual milliseconds. */
  readonly syncMsMax: () => number;
  readonly record: (change: FactChange, by: Author) => void;
  /** A line about a write, as it becomes durable. */
  readonly tell: (by: string, line: string) => void;
}

export class SharedStore {
  readonly facts: SharedFacts;
  /** Writes that were lost before they were synced. */
  lostWrites = 0;
  private batch: Write[] = [];
  private readonly followers = new Map<Follower, Connection>();

  constructor(readonly options: SharedStoreOptions) {
    this.facts = new SharedFacts(options.record);
  }

  /** A connection of a process in one of its lives. */
  connect(author: Author): Store {
    return new Connection(this, author);
  }

  /** Everything that is not synced is gone. */
  loseUnsynced(): void {
    const lost = this.batch;
    this.batch = [];
    this.lostWrites += lost.length;
    for (const write of lost) write.lose();
  }

  write<T>(by: Connection, apply: () => T, lost: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const commit = (): void => resolve(apply());
      const lose = (): void => {
        try {
          resolve(lost());
        } catch (error) {
          reject(error);
        }
      };
      this.batch.push({ by, commit, lose });
      if (this.batch.length > 1) return;
      const { world, syncMsMax } = this.options;
      world.schedule('sync', world.random.fraction() * syncMsMax(), () => this.sync());
    });
  }

  follow(by: Connection, follower: Follower): () => void {
    this.followers.set(follower, by);
    return () => this.followers.delete(follower);
  }

  private sync(): void {
    const synced = this.batch;
    this.batch = [];
    if (synced.length === 0) return;
    const changes = { backlog: false, blocks: false, votes: false, rejections: false };
    for (const { by, commit } of synced) {
      by.noteChanges = changes;
      commit();
    }
    for (const [follower, connection] of this.followers) {
      if (this.followers.has(follower))
        follower({ ...changes, own: synced.every((write) => write.by === connection) });
    }
  }
}

class Connection implements Store {
  readonly kind = 'simulated';
  /** Where a write that commits says what it changed. */
  noteChanges: { -readonly [K in keyof Changes]: boolean } | null = null;

  constructor(
    private readonly store: SharedStore,
    private readonly author: Author,
  ) {}

  addBacklog(entries: readonly BacklogEntry[]): Promise<WriteResult[]> {
    const ids = entries.map((entry) => short(entry.transactionId)).join(' ');
    return this.write('backlog', `add ${ids}`, entries, (facts) => facts.addBacklog(entries, this.author));
  }
  reassignBacklog(changes: readonly Reassignment[]): Promise<number> {
    const what = `reassign ${changes.length} entries`;
    return this.count('backlog', what, (facts) => facts.reassignBacklog(changes, this.author));
  }
  removeBacklog(states: readonly EntryState[]): Promise<number> {
    const what = `remove ${states.length} entries`;
    return this.count('backlog', what, (facts) => facts.removeBacklog(states, this.author));
  }
  async readBacklog(afterPosition: number, limit: number) {
    return this.store.facts.readBacklog(afterPosition, limit);
  }
  async backlogStates(digests: readonly string[]) {
    return this.store.facts.backlogStates(digests);
  }
  async backlogByTransaction(transactionIds: readonly string[]) {
    return this.store.facts.backlogByTransaction(transactionIds);
  }
  async countBacklog() {
    return this.store.facts.countBacklog();
  }
  claimHeight(block: StoredBlock): Promise<ClaimResult> {
    const what = `claim height ${block.height} with ${short(block.id)}`;
    const apply = (): ClaimResult => {
      const result = this.store.facts.claimHeight(block, this.author);
      this.tell('blocks', `${what}: ${result}`);
      return result;
    };
    return this.store.write(this, apply, () => 'unknown' as const);
  }
  async readBlocks(fromHeight: number, limit: number) {
    return this.store.facts.readBlocks(fromHeight, limit);
  }
  async readBlockById(id: string) {
    return this.store.facts.readBlockById(id);
  }
  addVotes(votes: readonly StoredVote[]): Promise<WriteResult[]> {
    const ids = votes.map((vote) => short(vote.blockId)).join(' ');
    return this.write('votes', `vote on ${ids}`, votes, (facts) => facts.addVotes(votes, this.author));
  }
  async readVotes(blockIds: readonly string[], limitPerBlock: number, after?: VotesAfter) {
    return this.store.facts.readVotes(blockIds, limitPerBlock, after);
  }
  addRejections(rejections: readonly StoredRejection[]): Promise<WriteResult[]> {
    const what = `reject ${rejections.map((each) => short(each.transactionId)).join(' ')}`;
    return this.write('rejections', what, rejections, (facts) =>
      facts.addRejections(rejections, this.author),
    );
  }
  async readRejections(afterPosition: number, limit: number) {
    return this.store.facts.readRejections(afterPosition, limit);
  }
  async rejectionsByTransaction(transactionIds: readonly string[]) {
    return this.store.facts.rejectionsByTransaction(transactionIds);
  }

  /** No simulated ledger was imported. */
  async addImport(): Promise<WriteResult> {
    return 'unavailable';
  }
  async readImport() {
    return null;
  }

  follow(onHint: Follower): () => void {
    return this.store.follow(this, (hint) => onHint(hint));
  }

  async close(): Promise<void> {}

  /** A write of several items: each may be answered with `unknown`. */
  private write(
    changed: keyof Changes,
    what: string,
    items: readonly unknown[],
    apply: (facts: SharedFacts) => WriteResult[],
  ): Promise<WriteResult[]> {
    const commit = (): WriteResult[] => {
      const results = apply(this.store.facts);
      this.tell(changed, `${what}: ${[...new Set(results)].join(' ')}`);
      return results;
    };
    return this.store.write(this, commit, () => items.map(() => 'unknown' as const));
  }

  /** A write that answers a number: when it is lost, its caller hears no answer. */
  private count(
    changed: keyof Changes,
    what: string,
    apply: (facts: SharedFacts) => number,
  ): Promise<number> {
    const commit = (): number => {
      const count = apply(this.store.facts);
      this.tell(changed, `${what}: ${count}`);
      return count;
    };
    return this.store.write(this, commit, () => {
      throw new StoreUnavailable('the power went before it was synced');
    });
  }

  private tell(changed: keyof Changes, line: string): void {
    if (this.noteChanges !== null) this.noteChanges[changed] = true;
    this.store.options.tell(this.author.name, line);
  }
}

/** As much of an id as a person compares. */
export function short(id: string): string {
  return id.slice(0, 8);
}
