/**
 * After an unclean stop the file is looked through in the background: a disk that lied about what it had written shows
 * in the trees of the small tables. Texts of transactions, most of the file, are not read: they carry their own hash.
 */

import { statSync } from 'node:fs';
import { type Sqlite, textAt } from './sqlite.js';

/** One call of the checking thread each, so that other queries get their turn in between. */
export const CHECKED_TABLES: readonly string[] = [
  'positions',
  'heights',
  'block_ids',
  'pending_ids',
  'pending_keys',
  'creations',
  'votes',
  'rejections',
  'activity',
  'payload_paths',
  'payload_values',
  'spends',
  'ids',
  'keys',
];

/** Whether the last process ended without folding its log into the file. Ask before the file is opened. */
export function wasLeftOpen(path: string): boolean {
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  return log !== undefined && log.size > 0;
}

/** What is wrong with a table and its indexes; null when nothing is. */
export function checkTable(sqlite: Sqlite, table: string): string | null {
  try {
    const finding = textAt(sqlite.ask(`PRAGMA quick_check('${table}')`), 0);
    return finding === 'ok' ? null : finding.replaceAll(/\s+/g, ' ');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
