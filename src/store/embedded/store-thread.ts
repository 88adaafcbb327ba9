/**
 * Entry of the store's thread: opens the file, runs every message of calls as one group commit, watches for commits
 * of other processes while somebody follows, and checkpoints between messages.
 */

import { systemScheduler } from '../../runtime/system-runtime.js';
import {
  type CallOutcome,
  sendNotice,
  serveCalls,
  type WorkerCall,
  workerOptions,
} from '../../runtime/worker-calls.js';
import { ChangeWatch } from './change-watch.js';
import { Checkpoints } from './checkpoints.js';
import type { Connection } from './connection.js';
import type { Changes } from './counters.js';
import { DiskReserve, giveUpReserve } from './disk-reserve.js';
import type { OperationName } from './facts.js';
import { type FactsCall, GroupCommit } from './group-commit.js';
import { openStoreFile } from './open-file.js';
import { isDiskFull } from './sqlite-failure.js';

export interface StoreThreadOptions {
  readonly path: string;
}

/** What the thread says unasked. */
export type StoreNotice = { readonly changes: Changes } | { readonly failure: string };

interface OpenStore {
  readonly connection: Connection;
  readonly reserve: DiskReserve;
  readonly commits: GroupCommit;
  readonly checkpoints: Checkpoints;
  readonly watch: ChangeWatch;
}

function notify(notice: StoreNotice): void {
  sendNotice(notice);
}

function openStore(path: string): OpenStore {
  const connection = openWithRoom(path);
  const reserve = new DiskReserve(path);
  const commits = new GroupCommit(connection, reserve, (error) => notify({ failure: error.message }));
  const checkpoints = new Checkpoints(connection, (error) => commits.fail(error));
  const watch = new ChangeWatch(connection, commits.facts.counters, systemScheduler, (changes) =>
    notify({ changes }),
  );
  return { connection, reserve, commits, checkpoints, watch };
}

/** A disk that filled up while the node was down must not keep it down: the reserve is for that, too. */
function openWithRoom(path: string): Connection {
  try {
    return openStoreFile(path);
  } catch (error) {
    if (!isDiskFull(error) || !giveUpReserve(path)) throw error;
    return openStoreFile(path);
  }
}

let store: OpenStore | null = null;

function handle(calls: readonly WorkerCall[]): readonly CallOutcome[] {
  if (store !== null && calls.every((call) => call.method !== 'watch')) return runGroup(store, calls);
  return calls.map((call) => handleOne(call));
}

function runGroup(open: OpenStore, calls: readonly WorkerCall[]): readonly CallOutcome[] {
  const outcomes = open.commits.execute(
    calls.map((call): FactsCall => ({ method: call.method as OperationName, argument: call.argument })),
  );
  if (open.checkpoints.isDue(open.reserve.tight)) scheduleCheckpoint(open);
  return outcomes;
}

/** After the answers of this message are on their way. */
function scheduleCheckpoint(open: OpenStore): void {
  systemScheduler.yieldTurn().then(() => {
    if (store === open) open.checkpoints.runIfDue(open.reserve.tight);
  });
}

function handleOne(call: WorkerCall): CallOutcome {
  if (call.method === 'open') {
    store = openStore(workerOptions<StoreThreadOptions>().path);
    return { value: null };
  }
  if (store === null) return { error: new Error('the store is not open') };
  if (call.method !== 'watch') return runGroup(store, [call])[0] ?? { error: new Error('no answer') };
  if (call.argument === true) store.watch.start();
  else store.watch.stop();
  return { value: null };
}

serveCalls(handle, () => {
  const closing = store;
  store = null;
  closing?.watch.stop();
  closing?.connection.close();
});
