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
  const { path } = settings.database;
  if (!context.options.yes) {
    const answer = await context.ask(`Do you want to drop the database ${isMongodb ? `\`${name}\` at ${host}:${port}, for all nodes, and the view` : ''} in \`${path}\`? [y/n]: `);
    if (answer !== 'y') return 0;
  }
  if (!existsSync(path)) return 0;
  // Views first: they derive again from a store that a crash leaves. A file goes before its companions: SQLite ignores a
  // log without its database, but a database without its log would lack its last facts.
  const isView = (name: string): number => (name.startsWith('view') ? 0 : 1);
  const names = readdirSync(path).filter(isDatabaseFile).sort();
  names.sort((left, right) => isView(left) - isView(right));
  for (const name of names) rmSync(join(path, name), { force: true });
  return 0;
}
