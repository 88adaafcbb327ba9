/** The thread that makes a backup of the node it belongs to: copying and hashing files would hold up the others. */

import { parentPort, workerData } from 'node:worker_threads';
import type { Settings } from '../config/settings.js';
import { noFailpoints } from '../runtime/failpoints.js';
import { systemClock } from '../runtime/system-runtime.js';
import { backup } from './backup.js';

export interface BackupThreadOptions {
  readonly settings: Settings;
  /** A new folder. */
  readonly folder: string;
}

/** What the thread says last. */
export type BackupOutcome = { readonly head: number } | { readonly error: string };

async function run({ settings, folder }: BackupThreadOptions): Promise<BackupOutcome> {
  try {
    const manifest = await backup({
      settings,
      folder,
      nowMs: () => systemClock.nowMs(),
      failpoints: noFailpoints,
      onProgress: () => undefined,
    });
    return { head: manifest.head };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

void run(workerData as BackupThreadOptions).then((outcome) => parentPort?.postMessage(outcome));
