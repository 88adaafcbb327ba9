/**
 * Rejections: inserted once per digest, each at the position right after the last one, under a unique key. A position
 * is only taken by who has seen, at majority, that the one before it stands; so positions have no holes, and a reader
 * that has come to one will never find anything new below it. What stands behind a hole is junk.
 */

import type { ClientSession } from 'mongodb';
import { MONGODB } from '../../config/limits.js';
import { type PlacedRejection, type StoredRejection, StoreUnavailable, type WriteResult } from '../store.js';
import { type Connection, READ, WRITE } from './connection.js';
import { rejectionDocument, rejectionOf, wholeNumber } from './documents.js';
import { type StandingFact } from './write-once.js';

/** Longest wait before another attempt at a position that somebody else took. */
const CONTENTION_MS = 20;

/** What stands under a digest, and which rejection of this call put it there; or why nobody knows. */
type Outcome =
  | { readonly stands: StandingFact; readonly inserted: StoredRejection | null }
  | 'unavailable'
  | 'unknown';

export class RejectionCollection {
  /** The last position up to which everything is known to stand. */
  private top = 0;

  constructor(private readonly connection: Connection) {}

  /** Call it one at a time. A crash during it leaves the first few; their entries are judged again. */
  async add(rejections: readonly StoredRejection[]): Promise<WriteResult[]> {
    const outcomes = new Map<string, Outcome>();
    const first = new Map<string, StoredRejection>();
    for (const each of rejections) if (!first.has(each.digest)) first.set(each.digest, each);
    for (let attempt = 0; attempt < MONGODB.rejectionAttemptsMax; attempt += 1) {
      const open = [...first.values()].filter(({ digest }) => !outcomes.has(digest));
      if (open.length === 0) break;
      if (attempt > 0) await this.pause();
      await this.addOpen(open, outcomes);
    }
    const told = new Set<StoredRejection>();
    return rejections.map((rejection) => {
      const outcome = outcomes.get(rejection.digest) ?? 'unavailable';
      if (typeof outcome === 'string') return outcome;
      const isNew = outcome.inserted === rejection && !told.has(rejection);
      told.add(rejection);
      if (isNew) return 'ok';
      return isEqual(outcome.stands, rejection) ? 'duplicate' : 'conflict';
    });
  }

  /** One attempt; leaves open what found its position taken. */
  private async addOpen(open: readonly StoredRejection[], outcomes: Map<string, Outcome>): Promise<void> {
    const { collections, writer } = this.connection;
    const top = await this.findTop();
    const standing = top === null ? null : await this.standing(open);
    if (top === null || standing === null) {
      for (const { digest } of open) outcomes.set(digest, 'unavailable');
      return;
    }
    for (const [digest, stands] of standing) outcomes.set(digest, { stands, inserted: null });
    const fresh = open.filter(({ digest }) => !standing.has(digest)).slice(0, MONGODB.batchMax);
    if (fresh.length === 0) return;
    const documents = fresh.map((each, index) => rejectionDocument(each, top + 1 + index, writer));
    const inserted = await this.connection.bulk(fresh.length, true, () =>
      collections.rejections.insertMany(documents, { ...WRITE, ordered: true }),
    );
    const contended = inserted.includes('exists');
    fresh.forEach((rejection, index) => {
      const { digest, transactionId, text } = rejection;
      const result = inserted[index];
      const stands = { transaction_id: transactionId, text };
      if (result === 'done') outcomes.set(digest, { stands, inserted: rejection });
      else if (!contended) outcomes.set(digest, result === 'unavailable' ? 'unavailable' : 'unknown');
    });
  }

  private async standing(open: readonly StoredRejection[]): Promise<Map<string, StandingFact> | null> {
    const keys = open.map(({ digest }) => digest);
    try {
      return await this.connection.fresh(async (session) => {
        const found = await this.find({ _id: { $in: keys } }, session);
        return new Map(found.map((document): [string, StandingFact] => [document._id, document]));
      });
    } catch (error) {
      if (error instanceof StoreUnavailable) return null;
      throw error;
    }
  }

  private find(filter: { readonly _id: { readonly $in: string[] } }, session: ClientSession) {
    return this.connection.collections.rejections.find(filter, { ...READ, session }).toArray();
  }

  /** Walks up from the last known position; null when the servers do not answer. */
  private async findTop(): Promise<number | null> {
    try {
      for (;;) {
        const positions = await this.positionsAfter(this.top);
        const reached = contiguousEnd(this.top, positions);
        this.top = reached;
        if (positions.length < MONGODB.batchMax) return reached;
      }
    } catch (error) {
      if (error instanceof StoreUnavailable) return null;
      throw error;
    }
  }

  private async positionsAfter(position: number): Promise<number[]> {
    const options = { ...READ, projection: { position: 1 } };
    const found = await this.connection.read(() =>
      this.connection.collections.rejections
        .find({ position: { $gt: position } }, options)
        .sort({ position: 1 })
        .limit(MONGODB.batchMax)
        .toArray(),
    );
    return found.map((document) => wholeNumber(document.position) ?? Number.NaN);
  }

  async read(afterPosition: number, limit: number): Promise<PlacedRejection[]> {
    let after = afterPosition;
    for (;;) {
      const found = await this.connection.read(() =>
        this.connection.collections.rejections
          .find({ position: { $gt: after } }, READ)
          .sort({ position: 1 })
          .limit(limit)
          .toArray(),
      );
      const end = contiguousEnd(
        after,
        found.map(({ position }) => wholeNumber(position) ?? Number.NaN),
      );
      const placed = found.flatMap((document) => rejectionOf(document) ?? []);
      const within = placed.filter(({ position }) => position <= end);
      // Nothing but junk in a whole page: what stands behind it must not wait for ever.
      if (within.length > 0 || end === after || found.length < limit) return within;
      after = end;
    }
  }

  /** Part of the look that stands before a «not found», so it is fresh. */
  async byTransaction(transactionIds: readonly string[]): Promise<PlacedRejection[]> {
    if (transactionIds.length === 0) return [];
    const filter = { transaction_id: { $in: [...new Set(transactionIds)] } };
    const found = await this.connection.fresh((session) =>
      this.connection.collections.rejections
        .find(filter, { ...READ, session })
        .sort({ position: 1 })
        .toArray(),
    );
    return found.flatMap((document) => rejectionOf(document) ?? []);
  }

  private pause(): Promise<void> {
    const { scheduler, random } = this.connection.ports;
    return new Promise((resolve) => {
      scheduler.after(random.integer(CONTENTION_MS) + 1, resolve);
    });
  }
}

/** The last of the positions that follow `from` without a hole. */
function contiguousEnd(from: number, positions: readonly number[]): number {
  let end = from;
  for (const position of positions) {
    if (position !== end + 1) break;
    end = position;
  }
  return end;
}

function isEqual(standing: StandingFact, rejection: StoredRejection): boolean {
  return standing.text === rejection.text && standing.transaction_id === rejection.transactionId;
}
