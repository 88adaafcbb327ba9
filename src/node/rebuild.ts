/**
 * `rebuild`: throws this node's view away and derives it again from the store, with the very parts that a node walks up
 * the heights with at its start. It writes nothing into the store: no vote, no block.
 */

import { existsSync } from 'node:fs';
import { type DatabaseFiles, databaseFiles } from '../config/database-files.js';
import type { Settings } from '../config/settings.js';
import { Applier } from '../ledger/applier.js';
import { Backlog } from '../ledger/backlog.js';
import { BacklogSweep } from '../ledger/backlog-sweep.js';
import type { Checker } from '../ledger/checker.js';
import { Federation } from '../ledger/federation.js';
import { adoptBeginning, type Beginning } from '../ledger/genesis.js';
import { Heights } from '../ledger/heights.js';
import { ImportedHeights } from '../ledger/imported-heights.js';
import { LedgerState } from '../ledger/ledger-state.js';
import { Rejections } from '../ledger/rejections.js';
import { checkMembers } from '../ledger/start-checks.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Store } from '../store/store.js';
import type { View } from '../view/view.js';
import { createWorkerView } from '../view/worker-view.js';
import { CommandRefused, removeDatabase, withLockedViews } from './folder-files.js';
import { isMongodb, openStore } from './open-store.js';

export interface RebuildOptions {
  readonly settings: Settings;
  readonly runtime: Runtime;
  readonly checker: Checker;
  readonly onProgress: (height: number) => void;
}

/**
 * The last height of the new view. Rejects with CommandRefused without a store or while a node works with the view, and
 * as a start does when store and settings do not belong together.
 */
export async function rebuild(options: RebuildOptions): Promise<number> {
  const { settings } = options;
  const files = databaseFiles(settings);
  if (!isMongodb(settings) && !existsSync(files.store))
    throw new CommandRefused(`There is no store ${files.store} to derive a view from`);
  return withLockedViews([files.view], () => rebuildLocked(options, files));
}

async function rebuildLocked(options: RebuildOptions, files: DatabaseFiles): Promise<number> {
  const { settings } = options;
  let failure: Error | null = null;
  const onFailure = (error: Error): void => {
    failure ??= error;
  };
  const store = await openStore(settings, options.runtime, onFailure);
  try {
    const beginning = await checkBeginning(options, store);
    // A crash from here on leaves no view, or one that the next start or rebuild goes on from.
    removeDatabase(files.view);
    const { payloadIndexes } = settings.view;
    const view = await createWorkerView({ path: files.view, payloadIndexes, onFailure });
    try {
      const height = await derive(options, { store, view, beginning }, onFailure, () => failure);
      if (failure !== null) throw failure;
      return height;
    } finally {
      await view.close();
    }
  } finally {
    await store.close();
  }
}

/** As at a start: before anything is thrown away, store and settings must belong together. */
async function checkBeginning(
  { settings, runtime, checker }: RebuildOptions,
  store: Store,
): Promise<Beginning> {
  const { keypair, keyring } = settings;
  const members = keypair.public === null ? keyring : [...keyring, keypair.public];
  const beginning = await adoptBeginning({ store, checker, runtime, keyPair: null, members });
  const { genesis, imported } = beginning;
  const federation = new Federation(imported?.federation ?? genesis.voters, settings.federation.changes);
  checkMembers(federation, members, keypair.public !== null);
  return beginning;
}

async function derive(
  { settings, runtime, checker, onProgress }: RebuildOptions,
  parts: { readonly store: Store; readonly view: View; readonly beginning: Beginning },
  onFailure: (error: Error) => void,
  failure: () => Error | null,
): Promise<number> {
  const { store, view } = parts;
  const { genesis, imported } = parts.beginning;
  const publicKey = settings.keypair.public;
  const state = new LedgerState(view.read, runtime.clock);
  const importedHeights = imported === null ? null : new ImportedHeights(imported);
  state.setFederation(genesis.voters, settings.federation.changes, importedHeights);
  const backlog = new Backlog(publicKey);
  const onCommitted = (height: number): void => {
    runtime.failpoints.hit('rebuild.mid');
    onProgress(height);
  };
  const applier = new Applier({ view, store, state, backlog, runtime, onCommitted, onFailure });
  // With a key, heights are judged before they are decided, so that the view knows why a block is invalid.
  const heights = new Heights({ store, checker, state, applier, backlog, publicKey, runtime });
  const sweep = new BacklogSweep({ store, checker, state, backlog, runtime, publicKey });
  applier.add(state.place(genesis), null);
  for (let before = -1; state.decidedHeight > before && failure() === null; ) {
    before = state.decidedHeight;
    await heights.refresh();
    await decideAll(heights, state);
    await applier.settled();
  }
  const onRejected = (): void => undefined;
  await new Rejections({ store, view, state, backlog, sweep, runtime, onRejected }).readNew();
  return view.read.height();
}

/** Judges and decides height by height, as far as the votes that were read go. */
async function decideAll(heights: Heights, state: LedgerState): Promise<void> {
  for (;;) {
    const before = state.decidedHeight;
    await heights.judgeNext();
    heights.decideReady();
    if (state.decidedHeight === before) return;
  }
}
