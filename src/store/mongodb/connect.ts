/**
 * From settings to a connection that may be trusted: attempts, checks of the servers, indexes. Also the commands that
 * need the servers and no ledger: `init`, `drop`, and those that change the members.
 */

import { MongoClient, MongoError, MongoServerError } from 'mongodb';
import { addressOf, clientOptions, directOptions, type ServerSettings, uriOf } from './client-options.js';
import { Connection, type ConnectionPorts } from './connection.js';
import { createIndexes, NAMES } from './documents.js';
import { StoreRefused } from './refusal.js';
import { addMembers, checkDurability, checkServer, initiate, removeMembers } from './replica-set.js';

export interface MongodbOptions {
  readonly settings: ServerSettings;
  readonly ports: ConnectionPorts;
  /** Sees every client before it connects; for tests that watch commands. */
  readonly onClient?: (client: MongoClient) => void;
  readonly monitorCommands?: boolean;
}

/** Throws StoreRefused. */
export async function connect(options: MongodbOptions): Promise<Connection> {
  const { settings, ports } = options;
  await attempts(options, () => withServer(options, (client) => checkServer(client, settings)));
  const forWork = clientOptions(settings);
  const connection = new Connection(() => clientOf(options, forWork), settings, ports);
  try {
    await attempts(options, async () => {
      await connection.client.connect();
      await checkDurability(connection.client);
      await createIndexes(connection.collections);
    });
    return connection;
  } catch (error) {
    await connection.close();
    throw refusal(error);
  }
}

/** `init`: initiates the replica set of a server that was started for one and never initiated (1.0.1: section 8.3). */
export async function prepareServer(options: MongodbOptions): Promise<void> {
  const { settings, ports } = options;
  await attempts(options, () => withServer(options, (client) => initiate(client, settings, ports.scheduler)));
  await attempts(options, () => withServer(options, (client) => checkServer(client, settings)));
}

/** A database that was begun: its genesis block may be missing. */
export async function databaseExists(options: MongodbOptions): Promise<boolean> {
  return withReplicaSet(options, async (client) => {
    const named = client
      .db(options.settings.name)
      .listCollections({ name: NAMES.blocks }, { nameOnly: true });
    return named.hasNext();
  });
}

/** `drop`: deletes the database for all nodes. One that is not there is no error (1.0.1). */
export function dropDatabase(options: MongodbOptions): Promise<void> {
  return withReplicaSet(options, async (client) => {
    await client.db(options.settings.name).dropDatabase();
  });
}

/** 1.0.1: `add-replicas`, `remove-replicas`; hosts in the form `host:port`. */
export function changeReplicas(
  options: MongodbOptions,
  verb: 'add' | 'remove',
  hosts: readonly string[],
): Promise<void> {
  const change = verb === 'add' ? addMembers : removeMembers;
  return withReplicaSet(options, (client) => change(client, hosts));
}

function clientOf(options: MongodbOptions, clientSettings: object): MongoClient {
  const monitorCommands = options.monitorCommands ?? false;
  const client = new MongoClient(uriOf(options.settings), { ...clientSettings, monitorCommands });
  options.onClient?.(client);
  return client;
}

async function withServer<T>(options: MongodbOptions, work: (client: MongoClient) => Promise<T>): Promise<T> {
  return closing(clientOf(options, directOptions(options.settings)), work);
}

async function withReplicaSet<T>(
  options: MongodbOptions,
  work: (client: MongoClient) => Promise<T>,
): Promise<T> {
  return closing(clientOf(options, clientOptions(options.settings)), work);
}

async function closing<T>(client: MongoClient, work: (client: MongoClient) => Promise<T>): Promise<T> {
  try {
    return await work(client);
  } catch (error) {
    throw refusal(error);
  } finally {
    await client.close();
  }
}

/** 1.0.1: as many attempts as `max_tries`, without a pause between them: each waits for a server by itself. */
async function attempts<T>({ settings, ports }: MongodbOptions, work: () => Promise<T>): Promise<T> {
  const { maxTries } = settings;
  for (let attempt = 1; ; attempt += 1) {
    const startedMs = ports.clock.monotonicMs();
    try {
      return await work();
    } catch (error) {
      if (!isOutage(error)) throw error;
      const ms = Math.round(ports.clock.monotonicMs() - startedMs);
      const of = maxTries === 0 ? '' : `/${maxTries}`;
      ports.log.warn('store.attempt_failed', {
        message: `Attempt ${attempt}${of}. Connection to ${addressOf(settings)} failed after ${ms}ms.`,
      });
      if (attempt === maxTries) throw error;
    }
  }
}

/** Shutting down, or no primary any more: what such a server refuses another one does. */
const STEPPED_DOWN = new Set([91, 189, 10_107, 11_600, 11_602, 13_435]);

/** Worth another attempt: nobody answered, or nobody who may. What else a server has answered it will answer again. */
function isOutage(error: unknown): boolean {
  if (error instanceof MongoServerError) return STEPPED_DOWN.has(Number(error.code));
  return error instanceof ServersSilent || error instanceof MongoError;
}

class ServersSilent extends StoreRefused {}

function refusal(error: unknown): unknown {
  if (error instanceof StoreRefused || !(error instanceof MongoError)) return error;
  const silent = !(error instanceof MongoServerError);
  const text = `Cannot connect to the Database. Giving up. MongoDB says: ${error.message}`;
  return silent ? new ServersSilent(text) : new StoreRefused(text);
}
