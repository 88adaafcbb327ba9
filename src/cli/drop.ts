/** `drop`: deletes the database after a question (1.0.1: section 8.4), for all nodes that share it. */

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDatabaseFile } from '../config/database-files.js';
import { type CommandContext, readSettingsAloud } from './command-context.js';
import { commandRuntime } from './command-runtime.js';

/**
 * Success is silent, and so is a database that is not there (1.0.1). Only `y` drops. Stop the nodes first: one that
 * runs keeps its open files.
 */
export async function drop(context: CommandContext): Promise<number> {
  const { settings } = readSettingsAloud(context);
  const { dropAtServers, databasePlace, isMongodb } = await import('../node/open-store.js');
  const { path } = settings.database;
  if (!context.options.yes) {
    const place = isMongodb(settings)
      ? `${databasePlace(settings)}, for all nodes, and the views in \`${path}\``
      : `in \`${path}\``;
    const answer = await context.ask(`Do you want to drop the database ${place}? [y/n]: `);
    if (answer !== 'y') return 0;
  }
  // Views first: they derive again from a store that a crash leaves.
  dropFiles(path, isMongodb(settings) ? isViewFile : isDatabaseFile);
  await dropAtServers(settings, commandRuntime(context));
  return 0;
}

/** A file goes before its companions: SQLite ignores a log without its database, but not the other way round. */
function dropFiles(path: string, isOurs: (name: string) => boolean): void {
  if (!existsSync(path)) return;
  const isView = (name: string): number => (name.startsWith('view') ? 0 : 1);
  const names = readdirSync(path).filter(isOurs).sort();
  names.sort((left, right) => isView(left) - isView(right));
  for (const name of names) rmSync(join(path, name), { force: true });
}

function isViewFile(name: string): boolean {
  return isDatabaseFile(name) && name.startsWith('view');
}
