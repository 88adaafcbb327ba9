/**
 * The embedded store in the calling thread: for tests, simulations and commands of the command line. Every call is a
 * transaction of its own, done before the call returns its promise, so the order of effects is the order of calls.
 */

import type { Scheduler } from '../../runtime/runtime.js';
import { type Store, StoreUnavailable } from '../store.js';
import { ChangeWatch } from './change-watch.js';
import { Checkpoints } from './checkpoints.js';
import type { Connection } from './connection.js';
import type { Changes } from './counters.js';
import { EmbeddedStore, type Runner } from './embedded-store.js';
import type { OperationName, Operations } from './facts.js';
import { GroupCommit } from './group-commit.js';
import { IN_MEMORY, openStoreFile } from './open-file.js';

/** One open database that several stores of this process may work on, each as if it were its own process. */
export class SharedDatabase {
  readonly commits: GroupCommit;
  readonly checkpoints: Checkpoints;
  /** Who is told of writes through any of the stores. */
  readonly listeners = new Set<(changes: Changes, writer: Runner | null) => void>();
  private readonly connection: Connection;
  private readonly watch: ChangeWatch | null;
  private users = 0;
  private watchers = 0;

  /** Throws StoreUnreadable. Without a scheduler, commits of other processes are not noticed. */
  constructor(path: string, onFailure: (error: Error) => void, scheduler: Scheduler | null = null) {
    this.connection = openStoreFile(path);
    this.commits = new GroupCommit(this.connection, null, onFailure);
    this.checkpoints = new Checkpoints(this.connection, (error) => this.commits.fail(error));
    const tell = (changes: Changes) => this.announce(changes, null);
    this.watch =
      scheduler === null || path === IN_MEMORY
        ? null
        : new ChangeWatch(this.connection, this.commits.facts.counters, scheduler, tell);
  }

  announce(changes: Changes, writer: Runner | null): void {
    for (const listener of this.listeners) listener(changes, writer);
  }

  addUser(): void {
    this.users += 1;
  }

  /** The last store to close closes the database. */
  removeUser(): void {
    this.users -= 1;
    if (this.users > 0) return;
    this.watch?.stop();
    this.connection.close();
  }

  addWatcher(): void {
    this.watchers += 1;
    this.watch?.start();
  }

  removeWatcher(): void {
    this.watchers -= 1;
    if (this.watchers === 0) this.watch?.stop();
  }
}

class DirectRunner implements Runner {
  private listener: ((changes: Changes, writer: Runner | null) => void) | null = null;

  constructor(private readonly database: SharedDatabase) {
    database.addUser();
  }

  call<M extends OperationName>(
    method: M,
    argument: Parameters<Operations[M]>[0],
  ): Promise<ReturnType<Operations[M]>> {
    const [outcome] = this.database.commits.execute([{ method, argument }]);
    if (outcome === undefined) return Promise.reject(new StoreUnavailable('no answer'));
    if ('error' in outcome) return Promise.reject(outcome.error);
    this.database.checkpoints.runIfDue();
    return Promise.resolve(outcome.value as ReturnType<Operations[M]>);
  }

  watch(onChange: ((changes: Changes) => void) | null): void {
    if (this.listener !== null) {
      this.database.listeners.delete(this.listener);
      this.database.removeWatcher();
      this.listener = null;
    }
    if (onChange === null) return;
    this.listener = (changes, writer) => {
      if (writer !== this) onChange(changes);
    };
    this.database.listeners.add(this.listener);
    this.database.addWatcher();
  }

  announce(changes: Changes): void {
    this.database.announce(changes, this);
  }

  async close(): Promise<void> {
    this.watch(null);
    this.database.removeUser();
  }
}

export type DirectStoreOptions =
  | {
      /** File of the store, or `:memory:`. */
      readonly path: string;
      /** For noticing commits of other processes; without it only those of this one are told. */
      readonly scheduler?: Scheduler;
      /** The file or its disk failed; every later call is unavailable. */
      readonly onFailure?: (error: Error) => void;
    }
  | { readonly shared: SharedDatabase };

/** Throws StoreUnreadable. */
export function createDirectStore(options: DirectStoreOptions): Store {
  if ('shared' in options) return new EmbeddedStore(new DirectRunner(options.shared));
  const { path, scheduler, onFailure } = options;
  const database = new SharedDatabase(path, onFailure ?? (() => undefined), scheduler ?? null);
  return new EmbeddedStore(new DirectRunner(database));
}
