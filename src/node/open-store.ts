/**
 * Which store the settings name, and what a command must know about it before a node runs. The only place that knows
 * both stores. The MongoDB driver is loaded by those only who use it.
 */

import { existsSync, mkdirSync } from 'node:fs';
import { databaseFiles } from '../config/database-files.js';
import type { Settings } from '../config/settings.js';
import type { Runtime } from '../runtime/runtime.js';
import { createWorkerStore } from '../store/embedded/worker.js';
import type { LegacySource, OnUnreadable } from '../store/legacy-source.js';
import type { Store } from '../store/store.js';

type MongodbOptions = import('../store/mongodb/connect.js').MongodbOptions;

/**
 * Rejects with a sentence for the operator when files or servers cannot be used; nothing was made then but the folder.
 * `onFailure`: the store's disk failed later, every call is unavailable from then on.
 */
export async function openStore(
  settings: Settings,
  runtime: Runtime,
  onFailure: (error: Error) => void,
): Promise<Store> {
  if (isMongodb(settings)) {
    const { createMongodbStore } = await import('../store/mongodb/mongodb-store.js');
    return createMongodbStore(mongodbOptions(settings, runtime));
  }
  mkdirSync(settings.database.path, { recursive: true, mode: 0o700 });
  return createWorkerStore({ path: databaseFiles(settings).store, onFailure });
}

export function isMongodb(settings: Settings): boolean {
  return settings.database.backend === 'mongodb';
}

/** Where the database is, for people. */
export function databasePlace({ database }: Settings): string {
  const { backend, host, port, name, path } = database;
  return backend === 'mongodb' ? `${name} at ${host}:${port}` : path;
}

/** Whether there is a database, begun or whole (1.0.1: section 8.4). */
export async function databaseExists(settings: Settings, runtime: Runtime): Promise<boolean> {
  if (!isMongodb(settings)) return existsSync(databaseFiles(settings).store);
  const mongodb = await import('../store/mongodb/connect.js');
  return mongodb.databaseExists(mongodbOptions(settings, runtime));
}

/** `init`: what must be done before a node can make the database; a replica set is initiated (1.0.1: section 8.3). */
export async function prepareServers(settings: Settings, runtime: Runtime): Promise<void> {
  if (!isMongodb(settings)) return;
  const { prepareServer } = await import('../store/mongodb/connect.js');
  await prepareServer(mongodbOptions(settings, runtime));
}

/** Deletes what all nodes share, at the servers. One that is not there is no error. */
export async function dropAtServers(settings: Settings, runtime: Runtime): Promise<void> {
  if (!isMongodb(settings)) return;
  const { dropDatabase } = await import('../store/mongodb/connect.js');
  await dropDatabase(mongodbOptions(settings, runtime));
}

/** What BigchainDB 1.0.x left at `mongodb://…`. Rejects with LegacySourceUnusable. */
export async function openLegacyDatabase(uri: string, onUnreadable: OnUnreadable): Promise<LegacySource> {
  const { openMongodbSource } = await import('../store/mongodb/legacy-source.js');
  return openMongodbSource({ uri, onUnreadable });
}

/** 1.0.1: `add-replicas`, `remove-replicas`. */
export async function changeReplicas(
  settings: Settings,
  runtime: Runtime,
  verb: 'add' | 'remove',
  hosts: readonly string[],
): Promise<void> {
  const mongodb = await import('../store/mongodb/connect.js');
  await mongodb.changeReplicas(mongodbOptions(settings, runtime), verb, hosts);
}

function mongodbOptions({ database }: Settings, runtime: Runtime): MongodbOptions {
  const { clock, scheduler, random } = runtime;
  return { settings: database, ports: { clock, scheduler, random, log: runtime.logger('store') } };
}
