/**
 * The backlog in MongoDB. Keys: the digest. Positions come from a counter that is advanced, at majority, before the
 * insert: they only grow and are never used twice, but entries of several writers may appear out of order; see
 * `position-gaps.ts` for how a sweep misses none of them.
 */

import type { AnyBulkWriteOperation, Filter } from 'mongodb';
import { MONGODB } from '../../config/limits.js';
import type { BacklogEntry, EntryState, PlacedEntry, Reassignment, WriteResult } from '../store.js';
import { StoreUnavailable } from '../store.js';
import { type Connection, type ItemResult, READ, WRITE } from './connection.js';
import { type BacklogDocument, entryOf, wholeNumber } from './documents.js';
import { PositionGaps } from './position-gaps.js';
import { readUpTo } from './read-up-to.js';

/** An entry with the position that its batch has taken for it. */
interface Placing {
  readonly entry: BacklogEntry;
  readonly position: number;
}

/** A writer that was this slow with its positions cannot rely on readers still looking for them. */
const SLOW_MS = MONGODB.positionSettledMs / 2;

export class BacklogCollection {
  private readonly gaps: PositionGaps;

  constructor(
    private readonly connection: Connection,
    /** Told before entries are deleted, so that the feed knows them as this process's own doing. */
    private readonly onDeleting: (digests: readonly string[]) => void,
  ) {
    this.gaps = new PositionGaps(connection.ports.clock);
  }

  /** One result per entry; a digest that comes twice is treated in the order given. */
  async add(entries: readonly BacklogEntry[]): Promise<WriteResult[]> {
    const results: WriteResult[] = [];
    let unique = new Map<string, BacklogEntry>();
    for (const entry of entries) {
      if (unique.has(entry.digest) || unique.size >= MONGODB.batchMax) {
        results.push(...(await this.addUnique([...unique.values()])));
        unique = new Map();
      }
      unique.set(entry.digest, entry);
    }
    results.push(...(await this.addUnique([...unique.values()])));
    return results;
  }

  private async addUnique(entries: readonly BacklogEntry[]): Promise<WriteResult[]> {
    const { clock } = this.connection.ports;
    const startedMs = clock.monotonicMs();
    const first = await this.takePositions(entries.length);
    if (first === null) return entries.map(() => 'unavailable');
    const placings = entries.map((entry, index) => ({ entry, position: first + index }));
    // A crash here leaves positions that nobody uses: readers look for them for some seconds.
    const inserted = await this.insert(placings);
    const results = await this.reassignStanding(placings, inserted);
    if (clock.monotonicMs() - startedMs < SLOW_MS) return results;
    // The entries stand, but a sweep may have passed them by: sent again they get a new position.
    return results.map((result) => (result === 'ok' || result === 'duplicate' ? 'unknown' : result));
  }

  private insert(placings: readonly Placing[]): Promise<ItemResult[]> {
    const { collections, writer } = this.connection;
    const documents = placings.map(
      ({ entry, position }): BacklogDocument => ({
        _id: entry.digest,
        transaction_id: entry.transactionId,
        text: entry.text,
        assignee: entry.assignee,
        stamp: entry.stamp,
        accepted_at_ms: entry.acceptedAtMs,
        position,
        writer,
      }),
    );
    return this.connection.bulk(documents.length, false, () =>
      collections.backlog.insertMany(documents, { ...WRITE, ordered: false }),
    );
  }

  /** Entries whose digest stands already get the new assignment, if they are equal to what stands. */
  private async reassignStanding(
    placings: readonly Placing[],
    inserted: readonly ItemResult[],
  ): Promise<WriteResult[]> {
    const standing = placings.filter((_, index) => inserted[index] === 'exists');
    const again = standing.length === 0 ? new Map<string, WriteResult>() : await this.assignAnew(standing);
    return placings.map(({ entry }, index) => {
      const result = inserted[index] ?? 'unknown';
      if (result === 'done') return 'ok';
      return result === 'exists' ? (again.get(entry.digest) ?? 'unknown') : result;
    });
  }

  private async assignAnew(standing: readonly Placing[]): Promise<Map<string, WriteResult>> {
    const results = new Map<string, WriteResult>();
    try {
      const found = await this.standing(standing.map(({ entry }) => entry.digest));
      const equal = standing.filter(({ entry }) => {
        const there = found.get(entry.digest);
        if (there === undefined) return false; // It went meanwhile: unknown, so that it is sent again.
        const same = there.text === entry.text && there.transaction_id === entry.transactionId;
        if (!same) results.set(entry.digest, 'conflict');
        return same;
      });
      const changed = await this.assign(
        equal.map(({ entry, position }) => ({
          filter: { _id: entry.digest },
          change: { assignee: entry.assignee, stamp: entry.stamp, position },
        })),
      );
      const stamps =
        changed === equal.length ? null : await this.stampsOf(equal.map(({ entry }) => entry.digest));
      for (const { entry } of equal) {
        const stands = stamps === null || stamps.get(entry.digest) === entry.stamp;
        results.set(entry.digest, stands ? 'duplicate' : 'unknown');
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
    return results;
  }

  private async standing(digests: readonly string[]) {
    const documents = await this.connection.fresh((session) =>
      this.connection.collections.backlog
        .find(
          { _id: { $in: [...digests] } },
          { ...READ, session, projection: { text: 1, transaction_id: 1 } },
        )
        .toArray(),
    );
    return new Map(documents.map((document) => [document._id, document]));
  }

  private async stampsOf(digests: readonly string[]): Promise<Map<string, string>> {
    return new Map((await this.states(digests)).map(({ digest, stamp }) => [digest, stamp]));
  }

  /** The number of documents that were changed. Throws StoreUnavailable when that is not known. */
  private async assign(
    changes: readonly {
      readonly filter: Filter<BacklogDocument>;
      readonly change: Pick<BacklogDocument, 'assignee' | 'stamp' | 'position'>;
    }[],
  ): Promise<number> {
    const { writer } = this.connection;
    return this.bulkCount(
      changes.map(({ filter, change }) => ({
        updateOne: { filter, update: { $set: { ...change, writer } } },
      })),
    );
  }

  async reassign(changes: readonly Reassignment[]): Promise<number> {
    if (changes.length === 0) return 0;
    const first = await this.takePositions(changes.length);
    if (first === null) throw new StoreUnavailable('no positions for the backlog could be taken');
    return this.assign(
      changes.map(({ digest, stamp, assignee, newStamp }, index) => ({
        filter: { _id: digest, stamp },
        change: { assignee, stamp: newStamp, position: first + index },
      })),
    );
  }

  async remove(states: readonly EntryState[]): Promise<number> {
    this.onDeleting(states.map(({ digest }) => digest));
    return this.bulkCount(
      states.map(({ digest, stamp }) => ({ deleteOne: { filter: { _id: digest, stamp } } })),
    );
  }

  /** Executed in order, in commands of a bounded size. */
  private async bulkCount(operations: readonly AnyBulkWriteOperation<BacklogDocument>[]): Promise<number> {
    let count = 0;
    for (let start = 0; start < operations.length; start += MONGODB.batchMax) {
      const batch = operations.slice(start, start + MONGODB.batchMax);
      const result = await this.connection.write(() =>
        this.connection.collections.backlog.bulkWrite(batch, { ...WRITE, ordered: true }),
      );
      if (typeof result === 'string') throw new StoreUnavailable(`the outcome of the write is ${result}`);
      count += result.matchedCount + result.deletedCount;
    }
    return count;
  }

  /** See the port. An entry that appeared below `afterPosition` late is given with that position. */
  async read(afterPosition: number, limit: number): Promise<PlacedEntry[]> {
    const last = await this.lastTaken();
    const gaps = this.gaps.upTo(afterPosition);
    const late = gaps.length === 0 ? [] : await this.readLate(gaps, afterPosition, limit);
    if (afterPosition >= last || late.length >= limit) return late;
    const page = await this.connection.read(() =>
      readUpTo(
        this.connection.collections.backlog
          .find({ position: { $gt: afterPosition, $lte: last } }, READ)
          .sort({ position: 1 })
          .limit(limit),
        MONGODB.backlogReadBytes,
        textBytes,
      ),
    );
    const positions = page.items.map(({ position }) => wholeNumber(position) ?? afterPosition);
    const end = page.complete && page.items.length < limit ? last : (positions[positions.length - 1] ?? last);
    this.gaps.noteRead(afterPosition + 1, end, positions);
    this.gaps.noteTaken(last);
    const entries = page.items.flatMap((document) => entryOf(document) ?? []);
    // Nothing but junk up to `end`: what stands behind it must not wait for ever.
    if (entries.length === 0 && end < last) return [...late, ...(await this.read(end, limit))];
    return [...late, ...entries];
  }

  private async readLate(
    gaps: readonly { readonly first: number; readonly last: number }[],
    afterPosition: number,
    limit: number,
  ): Promise<PlacedEntry[]> {
    const within = gaps.map(({ first, last }) => ({
      position: { $gte: first, $lte: Math.min(last, afterPosition) },
    }));
    const found = await this.connection.read(() =>
      this.connection.collections.backlog
        .find({ $or: within }, READ)
        .sort({ position: 1 })
        .limit(limit)
        .toArray(),
    );
    for (const { position } of found) this.gaps.noteRead(position, position, [position]);
    return found.flatMap((document) => {
      const entry = entryOf(document);
      return entry === null ? [] : [{ ...entry, position: afterPosition }];
    });
  }

  async states(digests: readonly string[]): Promise<EntryState[]> {
    const unique = [...new Set(digests)];
    const states: EntryState[] = [];
    for (let start = 0; start < unique.length; start += MONGODB.batchMax) {
      const batch = unique.slice(start, start + MONGODB.batchMax);
      const found = await this.connection.read(() =>
        this.connection.collections.backlog
          .find({ _id: { $in: batch } }, { ...READ, projection: { stamp: 1 } })
          .toArray(),
      );
      for (const { _id, stamp } of found) states.push({ digest: _id, stamp: String(stamp) });
    }
    return states;
  }

  /** Part of the look that stands before a «not found», so it is fresh. */
  async byTransaction(transactionIds: readonly string[]): Promise<PlacedEntry[]> {
    if (transactionIds.length === 0) return [];
    const filter = { transaction_id: { $in: [...new Set(transactionIds)] } };
    const found = await this.connection.fresh((session) =>
      this.connection.collections.backlog
        .find(filter, { ...READ, session })
        .sort({ position: 1 })
        .toArray(),
    );
    return found.flatMap((document) => entryOf(document) ?? []);
  }

  count(): Promise<number> {
    return this.connection.read(() => this.connection.collections.backlog.countDocuments({}, READ));
  }

  /** The first of `count` positions that belong to the caller alone; null when none were taken, or it is not known. */
  private async takePositions(count: number): Promise<number | null> {
    if (count === 0) return 0;
    const counter = await this.connection.write(() =>
      this.connection.collections.counters.findOneAndUpdate(
        { _id: 'backlog' },
        { $inc: { position: count } },
        { ...WRITE, upsert: true, returnDocument: 'after' },
      ),
    );
    if (counter === null || typeof counter === 'string') return null;
    return counter.position - count + 1;
  }

  /** What a junk document says beyond it is not believed, so that it cannot send a sweep past what comes. */
  private async lastTaken(): Promise<number> {
    const counter = await this.connection.read(() =>
      this.connection.collections.counters.findOne({ _id: 'backlog' }, READ),
    );
    return wholeNumber(counter?.position) ?? 0;
  }
}

function textBytes({ text }: BacklogDocument): number {
  return typeof text === 'string' ? Buffer.byteLength(text) : 0;
}
