/**
 * The MongoDB database that BigchainDB 1.0.x left, read in place through cursors. Numbers come as BSON wrote them, so that
 * `1.0` stays a float and no digit of a large integer is lost.
 */

import { type Collection, type Document, MongoClient, MongoServerSelectionError, ObjectId } from 'mongodb';
import { JsonFloat, type JsonObject, type JsonValue } from '../../codec/json-value.js';
import { MONGODB } from '../../config/limits.js';
import {
  type LegacyBlock,
  type LegacySource,
  LegacySourceUnusable,
  type OnUnreadable,
} from '../legacy-source.js';

/** 1.0.1's default. */
const DATABASE = 'bigchain';
/** Documents of a cursor that are under way: blocks take up to 16 MiB. */
const BLOCKS_PER_BATCH = 8;
const ROWS_PER_BATCH = 1000;
/** Nothing is promoted to a number of JavaScript's. */
const LOSSLESS = { promoteValues: false, promoteLongs: false } as const;

export interface LegacyMongodbOptions {
  /** `mongodb://…`; the database is `bigchain` when it names none. */
  readonly uri: string;
  readonly onUnreadable: OnUnreadable;
}

/** Rejects with LegacySourceUnusable when nobody answers there or it is no database of 1.0.x. */
export async function openMongodbSource({ uri, onUnreadable }: LegacyMongodbOptions): Promise<LegacySource> {
  let client: MongoClient | null = null;
  try {
    client = new MongoClient(uri, {
      appName: 'bigchaindb import',
      readPreference: 'primary',
      socketTimeoutMS: MONGODB.socketMs,
      maxPoolSize: MONGODB.connectionsMax,
    });
    await client.connect();
    const name = client.options.dbName === 'test' ? DATABASE : client.options.dbName;
    const found = await client.db(name).listCollections({}, { nameOnly: true }).toArray();
    if (!found.some((each) => each.name === 'bigchain'))
      throw new LegacySourceUnusable(`The database \`${name}\` holds no collection \`bigchain\` of 1.0.x`);
    return new MongodbSource(client, name, onUnreadable);
  } catch (error) {
    await client?.close();
    throw error instanceof LegacySourceUnusable ? error : new LegacySourceUnusable(reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  const old = error instanceof MongoServerSelectionError && /wire version/.test(why);
  const advice = old ? '; export its collections with mongoexport and import the folder' : '';
  return `Cannot read the database: ${why}${advice}`;
}

class MongodbSource implements LegacySource {
  constructor(
    private readonly client: MongoClient,
    private readonly name: string,
    private readonly onUnreadable: OnUnreadable,
  ) {}

  async *blocks(): AsyncGenerator<LegacyBlock> {
    const cursor = this.collection('bigchain')
      .find({}, LOSSLESS)
      .sort({ _id: 1 })
      .batchSize(BLOCKS_PER_BATCH);
    for await (const found of cursor) {
      const document = this.plain('bigchain', found);
      if (document !== null) yield { place: placeOf(found), document };
    }
  }

  async blocksAt(places: readonly string[]): Promise<JsonObject[]> {
    const ids = places.map((place) => new ObjectId(place));
    const byPlace = new Map<string, JsonObject>();
    for (const found of await this.collection('bigchain')
      .find({ _id: { $in: ids } }, LOSSLESS)
      .toArray()) {
      const document = this.plain('bigchain', found);
      if (document !== null) byPlace.set(placeOf(found), document);
    }
    return places.map((place) => {
      const document = byPlace.get(place);
      if (document === undefined)
        throw new LegacySourceUnusable(`The block with _id ${place} is gone: stop every node of 1.0.x first`);
      return document;
    });
  }

  votes(blockIds: readonly string[]): Promise<JsonObject[]> {
    return this.all('votes', { 'vote.voting_for_block': { $in: [...blockIds] } });
  }

  assets(transactionIds: readonly string[]): Promise<JsonObject[]> {
    if (transactionIds.length === 0) return Promise.resolve([]);
    return this.all('assets', { id: { $in: [...transactionIds] } });
  }

  async *backlog(): AsyncGenerator<JsonObject> {
    const cursor = this.collection('backlog').find({}, LOSSLESS).sort({ _id: 1 }).batchSize(ROWS_PER_BATCH);
    for await (const found of cursor) {
      const document = this.plain('backlog', found);
      if (document !== null) yield document;
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private collection(name: string): Collection {
    return this.client.db(this.name).collection(name);
  }

  private async all(collection: string, filter: Document): Promise<JsonObject[]> {
    const found = await this.collection(collection).find(filter, LOSSLESS).sort({ _id: 1 }).toArray();
    return found.map((document) => this.plain(collection, document)).filter((each) => each !== null);
  }

  /** Null for what no 1.0.x stored, which is told. */
  private plain(collection: string, { _id, ...document }: Document): JsonObject | null {
    try {
      return objectOf(document);
    } catch (error) {
      if (!(error instanceof NotLegacyValue)) throw error;
      this.onUnreadable(`${collection} _id ${String(_id)}`, error.message);
      return null;
    }
  }
}

function placeOf({ _id }: Document): string {
  if (_id instanceof ObjectId) return _id.toHexString();
  throw new LegacySourceUnusable(`A block has the _id ${String(_id)}, which no 1.0.x gave it`);
}

class NotLegacyValue extends Error {
  override readonly name = 'NotLegacyValue';
}

function objectOf(document: object): JsonObject {
  const object: JsonObject = Object.create(null);
  for (const [key, value] of Object.entries(document)) object[key] = plainValue(value);
  return object;
}

function plainValue(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== 'object') throw new NotLegacyValue(`it holds a ${typeof value}`);
  const kind = '_bsontype' in value ? value._bsontype : null;
  switch (kind) {
    case null:
      return objectOf(value);
    case 'Int32':
    case 'Long':
      return integerOf(String(value));
    case 'Double':
      return floatOf(Number(value));
    default:
      throw new NotLegacyValue(`it holds a ${String(kind)}, which 1.0.x never stored`);
  }
}

function integerOf(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

function floatOf(value: number): JsonFloat {
  if (!Number.isFinite(value)) throw new NotLegacyValue('it holds a number without a finite value');
  return new JsonFloat(value);
}
