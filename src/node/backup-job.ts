/** Backups that an operator asks the running node for: one at a time, each in a folder of its own. */

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { JsonObject } from '../codec/json-value.js';
import type { Settings } from '../config/settings.js';
import type { Clock, Logger } from '../runtime/runtime.js';
import { workerEntry } from '../runtime/worker-calls.js';
import type { BackupOutcome, BackupThreadOptions } from './backup-thread.js';

interface Job {
  readonly folder: string;
  readonly worker: Worker;
  /** Null while it runs. */
  outcome: BackupOutcome | null;
}

export class BackupJob {
  private job: Job | null = null;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** Starts a backup, or says why not. */
  start(): { readonly started: true } | { readonly started: false; readonly reason: string } {
    const { management, database } = this.settings;
    if (database.backend !== 'embedded')
      return refused('The node copies the embedded store only; for MongoDB use its own tools (mongodump).');
    if (management.backupFolder === null) return refused('There is no management.backup_folder.');
    if (this.job?.outcome === null) return refused('A backup is being made.');
    const name = `backup-${new Date(this.clock.nowMs()).toISOString().replace(/[-:.]/g, '')}`;
    this.job = this.run(join(management.backupFolder, name));
    this.log.info('backup.started', { folder: this.job.folder });
    return { started: true };
  }

  /** The last backup: `none`, `running`, `done` or `failed`. */
  state(): JsonObject {
    if (this.job === null) return { status: 'none' };
    const { folder, outcome } = this.job;
    if (outcome === null) return { status: 'running', folder };
    return 'head' in outcome
      ? { status: 'done', folder, head: outcome.head }
      : { status: 'failed', folder, reason: outcome.error };
  }

  /** Gives up a backup that runs; its folder has no manifest then, and no restore takes it. */
  async close(): Promise<void> {
    if (this.job?.outcome === null) await this.job.worker.terminate();
  }

  private run(folder: string): Job {
    const workerData: BackupThreadOptions = { settings: this.settings, folder };
    const worker = new Worker(workerEntry(__dirname, 'backup-thread'), { workerData, name: 'backup' });
    const job: Job = { folder, worker, outcome: null };
    const end = (outcome: BackupOutcome): void => {
      if (job.outcome !== null) return;
      job.outcome = outcome;
      if ('head' in outcome) this.log.info('backup.done', { folder, head: outcome.head });
      else this.log.error('backup.failed', { folder, message: outcome.error });
    };
    worker.on('message', end);
    worker.on('error', (error) => end({ error: error.message }));
    worker.on('exit', () => end({ error: 'the backup was given up' }));
    return job;
  }
}

function refused(reason: string): { readonly started: false; readonly reason: string } {
  return { started: false, reason };
}
