/**
 * The store port on a MongoDB replica set. Owns the order of calls and the hints; what is done per kind of fact stands
 * in the collections beside it.
 */

import { MONGODB } from '../../config/limits.js';
import { type Changes, Hints, NO_CHANGES } from '../hints.js';
import type {
  BacklogEntry,
  ClaimResult,
  EntryState,
  PlacedEntry,
  PlacedRejection,
  PlacedVote,
  Reassignment,
  Store,
  StoredBlock,
  StoredImport,
  StoredRejection,
  StoredVote,
  StoreHint,
  VotesAfter,
  WriteResult,
} from '../store.js';
import { BacklogCollection } from './backlog-collection.js';
import { BlockCollection } from './block-collection.js';
import { CallQueue } from './call-queue.js';
import { ChangeFeed } from './change-feed.js';
import { connect, type MongodbOptions } from './connect.js';
import type { Connection } from './connection.js';
import { ImportCollection } from './import-collection.js';
import { RejectionCollection } from './rejection-collection.js';
import { VoteCollection } from './vote-collection.js';

/** Throws StoreRefused with a sentence for the operator when the servers cannot be used or reached. */
export async function createMongodbStore(options: MongodbOptions): Promise<Store> {
  const store = new MongodbStore(await connect(options));
  await store.startFeed();
  return store;
}

class MongodbStore implements Store {
  readonly kind = 'mongodb';
  private readonly hints = new Hints();
  private readonly feed: ChangeFeed;
  private readonly backlog: BacklogCollection;
  private readonly backlogCalls: CallQueue<BacklogEntry, WriteResult>;
  private readonly blocks: BlockCollection;
  private readonly votes: VoteCollection;
  private readonly rejections: RejectionCollection;
  private readonly imports: ImportCollection;
  private readonly rejectionCalls: CallQueue<StoredRejection, WriteResult>;
  private closed: Promise<void> | null = null;

  constructor(private readonly connection: Connection) {
    this.feed = new ChangeFeed(connection, (changes) => this.hints.add(changes, false));
    this.backlog = new BacklogCollection(connection, (digests) => this.feed.noteDeletions(digests));
    this.backlogCalls = new CallQueue((entries) => this.backlog.add(entries), MONGODB.mergedMax);
    this.blocks = new BlockCollection(connection);
    this.votes = new VoteCollection(connection);
    this.rejections = new RejectionCollection(connection);
    this.imports = new ImportCollection(connection);
    this.rejectionCalls = new CallQueue((facts) => this.rejections.add(facts), MONGODB.mergedMax);
  }

  startFeed(): Promise<void> {
    return this.feed.start();
  }

  async addBacklog(entries: readonly BacklogEntry[]): Promise<WriteResult[]> {
    const results = await this.backlogCalls.add(entries);
    return this.tell(results, ['ok', 'duplicate', 'unknown'], { ...NO_CHANGES, backlog: true });
  }

  async reassignBacklog(changes: readonly Reassignment[]): Promise<number> {
    return this.tellCount(await this.backlogCalls.run(() => this.backlog.reassign(changes)));
  }

  async removeBacklog(states: readonly EntryState[]): Promise<number> {
    return this.tellCount(await this.backlogCalls.run(() => this.backlog.remove(states)));
  }

  readBacklog(afterPosition: number, limit: number): Promise<PlacedEntry[]> {
    return this.backlogCalls.after(() => this.backlog.read(afterPosition, limit));
  }

  backlogStates(digests: readonly string[]): Promise<EntryState[]> {
    return this.backlogCalls.after(() => this.backlog.states(digests));
  }

  backlogByTransaction(transactionIds: readonly string[]): Promise<PlacedEntry[]> {
    return this.backlogCalls.after(() => this.backlog.byTransaction(transactionIds));
  }

  countBacklog(): Promise<number> {
    return this.backlogCalls.run(() => this.backlog.count());
  }

  async claimHeight(block: StoredBlock): Promise<ClaimResult> {
    const result = await this.blocks.claim(block);
    this.tell([result], ['ok', 'unknown'], { ...NO_CHANGES, blocks: true });
    return result;
  }

  readBlocks(fromHeight: number, limit: number): Promise<StoredBlock[]> {
    return this.blocks.read(fromHeight, limit);
  }

  readBlockById(id: string): Promise<StoredBlock | null> {
    return this.blocks.readById(id);
  }

  async addVotes(votes: readonly StoredVote[]): Promise<WriteResult[]> {
    const results = await this.votes.add(votes);
    return this.tell(results, ['ok', 'unknown'], { ...NO_CHANGES, votes: true });
  }

  readVotes(blockIds: readonly string[], limitPerBlock: number, after?: VotesAfter): Promise<PlacedVote[]> {
    return this.votes.read(blockIds, limitPerBlock, after);
  }

  async addRejections(rejections: readonly StoredRejection[]): Promise<WriteResult[]> {
    const results = await this.rejectionCalls.add(rejections);
    return this.tell(results, ['ok', 'unknown'], { ...NO_CHANGES, rejections: true });
  }

  readRejections(afterPosition: number, limit: number): Promise<PlacedRejection[]> {
    return this.rejections.read(afterPosition, limit);
  }

  rejectionsByTransaction(transactionIds: readonly string[]): Promise<PlacedRejection[]> {
    return this.rejections.byTransaction(transactionIds);
  }

  addImport(record: StoredImport): Promise<WriteResult> {
    return this.imports.add(record);
  }

  readImport(): Promise<StoredImport | null> {
    return this.imports.read();
  }

  follow(onHint: (hint: StoreHint) => void): () => void {
    return this.hints.follow(onHint);
  }

  close(): Promise<void> {
    this.closed ??= this.closeAll();
    return this.closed;
  }

  private async closeAll(): Promise<void> {
    const feed = this.feed.stop();
    await this.connection.close();
    await feed;
  }

  private tell<R extends ClaimResult>(results: R[], changing: readonly ClaimResult[], changes: Changes): R[] {
    if (results.some((result) => changing.includes(result))) this.hints.add(changes, true);
    return results;
  }

  private tellCount(count: number): number {
    if (count > 0) this.hints.add({ ...NO_CHANGES, backlog: true }, true);
    return count;
  }
}
