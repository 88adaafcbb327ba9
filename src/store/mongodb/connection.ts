/**
 * What every call to the servers has in common: concerns, bounds of time, which failure means what, and the reads that
 * must be fresh. Concerns are never left to the server's defaults.
 */

import {
  type ClientSession,
  type Db,
  MongoBulkWriteError,
  type MongoClient,
  MongoError,
  MongoRuntimeError,
} from 'mongodb';
import { MONGODB } from '../../config/limits.js';
import type { Clock, Logger, Random, Scheduler } from '../../runtime/runtime.js';
import { StoreUnavailable } from '../store.js';
import { type Collections, collectionsOf } from './documents.js';
import { ServerWatch } from './server-watch.js';

/** `unavailable`: nothing was written. `unknown`: it may have been. */
export type Failure = 'unavailable' | 'unknown';

/** What became of one item of a bulk write; `exists`: a unique key is taken. */
export type ItemResult = 'done' | 'exists' | Failure;

export interface ConnectionPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log: Logger;
}

/** For finds: the time a server may take; connections, selection and sockets have bounds of their own. */
export const READ = { maxTimeMS: MONGODB.operationMs } as const;
/** For writes: beside the client's write concern. */
export const WRITE = { maxTimeMS: MONGODB.operationMs } as const;

const DUPLICATE_KEY = 11_000;
/** Unauthorized, bad value, failed to parse, invalid options: refused before anything was done. */
const REFUSED = new Set([2, 9, 13, 72]);

/** The client that is in use, and what hangs on it. */
interface Current {
  readonly client: MongoClient;
  readonly database: Db;
  readonly collections: Collections;
  readonly servers: ServerWatch;
}

export class Connection {
  /** Names this open store in what it writes. */
  readonly writer: string;
  private current: Current;
  private closed = false;

  constructor(
    /** Not connected yet: it connects with its first command. */
    private readonly createClient: () => MongoClient,
    private readonly settings: { readonly name: string; readonly connectionTimeout: number },
    readonly ports: ConnectionPorts,
  ) {
    this.writer = Buffer.from(ports.random.bytes(12)).toString('hex');
    this.current = this.open();
  }

  get client(): MongoClient {
    return this.current.client;
  }

  get database(): Db {
    return this.current.database;
  }

  get collections(): Collections {
    return this.current.collections;
  }

  /** Every later call fails as unavailable. */
  async close(): Promise<void> {
    this.closed = true;
    await this.current.client.close();
  }

  /** Runs a read. Throws StoreUnavailable. */
  async read<T>(work: () => Promise<T>): Promise<T> {
    if (this.closed) throw new StoreUnavailable('the store is closed');
    try {
      return await this.bounded(work());
    } catch (error) {
      this.renewIfStuck();
      throw unavailable(error);
    }
  }

  /**
   * Runs reads that see everything that was acknowledged, by any server, before this call. A linearizable read of one
   * document by its key makes a majority confirm the primary; what follows in the same session is read at majority,
   * not before that point. Ranges are not read linearizably: MongoDB promises nothing for them.
   */
  fresh<T>(work: (session: ClientSession) => Promise<T>): Promise<T> {
    return this.read(() =>
      this.client.withSession({ causalConsistency: true }, async (session) => {
        await this.collections.blocks.findOne(
          { _id: 0 },
          { ...READ, session, readConcern: { level: 'linearizable' }, projection: { _id: 1 } },
        );
        return work(session);
      }),
    );
  }

  /** Runs a write of single documents; the failure in place of its answer. */
  async write<T>(work: () => Promise<T>): Promise<T | Failure> {
    if (this.closed) return 'unavailable';
    const neverSent = this.watchSending();
    try {
      return await this.bounded(work());
    } catch (error) {
      return this.failureOf(error, neverSent());
    }
  }

  /**
   * Runs a bulk write of `count` items. Where a server says of single items what became of them, so does the answer;
   * what stands behind the first failed item of an ordered one was not tried.
   */
  async bulk(count: number, ordered: boolean, work: () => Promise<unknown>): Promise<ItemResult[]> {
    const all = (result: ItemResult): ItemResult[] => new Array<ItemResult>(count).fill(result);
    if (this.closed) return all('unavailable');
    const neverSent = this.watchSending();
    try {
      await this.bounded(work());
      return all('done');
    } catch (error) {
      const byItem = error instanceof MongoBulkWriteError ? itemResults(error, count, ordered) : null;
      return byItem ?? all(this.failureOf(error, neverSent()));
    }
  }

  /** Later says whether there was no primary all the time, so that no command can have been sent. */
  private watchSending(): () => boolean {
    const { servers } = this.current;
    const { hasPrimary, primariesFound } = servers;
    return () => !hasPrimary && servers.primariesFound === primariesFound;
  }

  /** The last resort: the driver may never answer a call whose connection breaks while it is used (`ServerWatch`). */
  bounded<T>(work: Promise<T>): Promise<T> {
    const { servers } = this.current;
    return new Promise((resolve, reject) => {
      const timer = this.ports.scheduler.after(MONGODB.callMs, () => {
        servers.noteUnanswered();
        reject(new MongoRuntimeError(`no answer from the driver within ${MONGODB.callMs} ms`));
      });
      work.finally(() => timer.cancel()).then(resolve, reject);
    });
  }

  private failureOf(error: unknown, neverSent: boolean): Failure {
    if (!(error instanceof MongoError)) throw error;
    const refused = REFUSED.has(Number(error.code)) && this.isPlainRefusal(error);
    this.renewIfStuck();
    this.ports.log.warn('store.write_failed', { message: error.message, code: error.code ?? null });
    return neverSent || refused || this.closed ? 'unavailable' : 'unknown';
  }

  /** A bulk write that failed as a whole may have done its earlier parts. */
  private isPlainRefusal(error: MongoError): boolean {
    return !(error instanceof MongoBulkWriteError) || error.insertedCount + error.matchedCount === 0;
  }

  private open(): Current {
    const client = this.createClient();
    const database = client.db(this.settings.name);
    const servers = new ServerWatch(client, this.ports.clock, this.settings.connectionTimeout);
    return { client, database, collections: collectionsOf(database), servers };
  }

  /** A call has failed: if the driver itself is stuck, later calls get a new client. */
  renewIfStuck(): void {
    const { client, servers } = this.current;
    if (this.closed || !servers.isStuck) return;
    this.ports.log.warn('store.client_renewed', { message: 'the driver watches the servers no more' });
    this.current = this.open();
    client.close(true).catch(() => undefined);
  }
}

/** Null when the error does not speak of single items. */
function itemResults(error: MongoBulkWriteError, count: number, ordered: boolean): ItemResult[] | null {
  const errors = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  if (errors.length === 0) return null;
  const uncertain = error.result.getWriteConcernError() !== undefined;
  const results = new Array<ItemResult>(count).fill(uncertain ? 'unknown' : 'done');
  let firstFailed = count;
  for (const { index, code } of errors) {
    results[index] = code === DUPLICATE_KEY ? 'exists' : 'unknown';
    firstFailed = Math.min(firstFailed, index);
  }
  if (ordered) results.fill('unavailable', firstFailed + 1);
  return results;
}

function unavailable(error: unknown): unknown {
  if (error instanceof MongoError) return new StoreUnavailable(`MongoDB: ${error.message}`);
  return error;
}
