/** `backup DIR`, also of a node that runs, and `restore DIR`. */

import { constants, setPriority } from 'node:os';
import { backup as backUp, restore as restoreFrom } from '../node/backup.js';
import { systemClock } from '../runtime/system-runtime.js';
import { armedFailpoints } from './armed-failpoints.js';
import { type CommandContext, readSettingsAloud } from './command-context.js';
import { createProgress, grouped } from './progress.js';
import { requireEmbeddedStore } from './settings-to-start.js';

/** The configuration with the private key is no part of it: keep that elsewhere. */
export async function backup(context: CommandContext, folder: string): Promise<number> {
  const { settings } = readSettingsAloud(context);
  requireEmbeddedStore(settings);
  // The node goes first where both want the processor.
  setPriority(constants.priority.PRIORITY_LOW);
  const progress = createProgress(context);
  const manifest = await backUp({
    settings,
    folder,
    nowMs: () => systemClock.nowMs(),
    failpoints: armedFailpoints(context),
    onProgress: (file, part) => progress.show(() => `${file}: ${Math.floor(100 * part)} %`),
  });
  progress.end();
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  context.out(`${folder}: heights 0 to ${manifest.head}, ${grouped(bytes)} bytes\n`);
  return 0;
}

export async function restore(context: CommandContext, folder: string): Promise<number> {
  const { settings } = readSettingsAloud(context);
  requireEmbeddedStore(settings);
  const manifest = await restoreFrom({
    settings,
    folder,
    overwrite: context.options.yes,
    failpoints: armedFailpoints(context),
  });
  context.out(`${settings.database.path}: restored up to height ${manifest.head}\n`);
  return 0;
}
