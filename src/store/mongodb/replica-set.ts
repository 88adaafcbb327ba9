/**
 * The replica set behind the settings: what the named server is, whether its promises can be kept, and its members.
 * 1.0.1: section 8.3 and 8.4.
 */

import { type Document, type MongoClient, MongoServerError } from 'mongodb';
import { MONGODB } from '../../config/limits.js';
import type { Scheduler } from '../../runtime/runtime.js';
import { addressOf, type ServerSettings } from './client-options.js';
import { StoreRefused } from './refusal.js';

const NOT_YET_INITIALIZED = 94;
const ALREADY_INITIALIZED = 23;
const UNAUTHORIZED = 13;
const WRITABLE_LOOK_MS = 100;
const WRITABLE_LOOKS_MAX = 600;
const COMMAND = { maxTimeMS: MONGODB.operationMs } as const;

/** Of a direct connection: what the server is. Throws StoreRefused for all but a member of the right replica set. */
export async function checkServer(client: MongoClient, settings: ServerSettings): Promise<void> {
  const hello = await client.db('admin').command({ hello: 1, ...COMMAND });
  const address = addressOf(settings);
  if (hello.msg === 'isdbgrid')
    throw new StoreRefused(
      `Setting database.host: ${address} is a mongos of a sharded cluster; name a member of a replica set`,
    );
  if (typeof hello.setName === 'string') {
    if (hello.setName === settings.replicaset) return;
    throw new StoreRefused(
      `The replicaset configuration of bigchaindb (\`${settings.replicaset}\`) needs to match the replica set name ` +
        `from MongoDB (\`${hello.setName}\`): set database.replicaset`,
    );
  }
  if (hello.isreplicaset === true)
    throw new StoreRefused(
      `The replica set of the MongoDB server ${address} is not initiated: run \`bigchaindb init\`, or rs.initiate() in mongosh`,
    );
  throw new StoreRefused(
    `mongod was not started with the replSet option. The server ${address} stands alone and cannot confirm writes by a ` +
      `majority: start it with --replSet ${settings.replicaset} (one member is enough), then run \`bigchaindb init\``,
  );
}

/**
 * Makes a replica set of the one server, when it was started as a member of one that was never initiated. A crash in
 * between leaves it initiated or not; calling it again is right in both cases.
 */
export async function initiate(
  client: MongoClient,
  settings: ServerSettings,
  scheduler: Scheduler,
): Promise<void> {
  const admin = client.db('admin');
  const hello = await admin.command({ hello: 1, ...COMMAND });
  if (hello.isreplicaset !== true) return;
  const members = [{ _id: 0, host: addressOf(settings) }];
  try {
    await admin.command({ replSetInitiate: { _id: settings.replicaset, members } });
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== ALREADY_INITIALIZED) throw error;
  }
  for (let looks = 0; looks < WRITABLE_LOOKS_MAX; looks += 1) {
    const now = await admin.command({ hello: 1, ...COMMAND });
    if (now.isWritablePrimary === true) return;
    await new Promise<void>((resolve) => {
      scheduler.after(WRITABLE_LOOK_MS, resolve);
    });
  }
  throw new StoreRefused(
    `The MongoDB server ${addressOf(settings)} was initiated, but took no writes in time`,
  );
}

/** Refuses servers that may forget what they confirmed. */
export async function checkDurability(client: MongoClient): Promise<void> {
  const config = await configOf(client);
  if (config.writeConcernMajorityJournalDefault === false)
    throw new StoreRefused(
      'The replica set has writeConcernMajorityJournalDefault false: its members confirm writes that they hold in ' +
        'memory only. Run the members with journals on their disks and set it to true with rs.reconfig()',
    );
  const status = await client.db('admin').command({ serverStatus: 1, repl: 0, metrics: 0, ...COMMAND });
  if (status.storageEngine?.persistent === false)
    throw new StoreRefused(
      `The MongoDB servers use the storage engine ${String(status.storageEngine.name)}, which keeps nothing on disk; use wiredTiger`,
    );
}

/** Adds members, one at a time: MongoDB changes one voting member per step. Answers those that were not there. */
export async function addMembers(client: MongoClient, hosts: readonly string[]): Promise<void> {
  for (const host of hosts) {
    await reconfigure(client, (members) => {
      if (members.some((member) => member.host === host)) return members;
      const ids = members.map((member) => Number(member._id));
      return [...members, { _id: Math.max(-1, ...ids) + 1, host }];
    });
  }
}

export async function removeMembers(client: MongoClient, hosts: readonly string[]): Promise<void> {
  for (const host of hosts)
    await reconfigure(client, (members) => members.filter((member) => member.host !== host));
}

async function reconfigure(
  client: MongoClient,
  change: (members: readonly Document[]) => readonly Document[],
): Promise<void> {
  const config = await configOf(client);
  const before: readonly Document[] = config.members;
  const members = change(before);
  if (members.length === before.length) return;
  await client
    .db('admin')
    .command({ replSetReconfig: { ...config, version: Number(config.version) + 1, members }, ...COMMAND });
}

async function configOf(client: MongoClient): Promise<Document> {
  try {
    const answer = await client.db('admin').command({ replSetGetConfig: 1, ...COMMAND });
    return answer.config;
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    if (error.code === UNAUTHORIZED)
      throw new StoreRefused(
        'Setting database.login: this user may not read the configuration of the replica set; grant it the role ' +
          'clusterMonitor on the database admin (clusterManager to change members)',
      );
    if (error.code === NOT_YET_INITIALIZED)
      throw new StoreRefused('The replica set is not initiated: run `bigchaindb init`');
    throw error;
  }
}
