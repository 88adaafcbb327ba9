/** `drop`: deletes the database of this node after a question (1.0.1: section 8.4). */

import { rmSync } from 'node:fs';
import { databaseFiles } from '../config/database-files.js';
import { type CommandContext, readSettingsAloud } from './command-context.js';
import { refuseUnbuiltBackend } from './settings-to-start.js';

/** SQLite's companions of a file. */
const COMPANIONS = ['', '-wal', '-shm', '-journal'];

/** Success is silent, and so is a database that is not there (1.0.1). Only `y` drops. */
export async function drop(context: CommandContext): Promise<number> {
  const { settings } = readSettingsAloud(context);
  refuseUnbuiltBackend(settings);
  if (!context.options.yes) {
    const { path } = settings.database;
    const answer = await context.ask(`Do you want to drop the database in \`${path}\`? [y/n]: `);
    if (answer !== 'y') return 0;
  }
  const { store, view } = databaseFiles(settings);
  // The view goes first: a crash in between leaves a store from which the next start derives it again.
  for (const file of [view, store])
    for (const companion of COMPANIONS) rmSync(`${file}${companion}`, { force: true });
  return 0;
}
