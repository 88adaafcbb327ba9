/**
 * The record of an import from 1.0.x: one row at most, written once. The table is made with it, so a ledger that began
 * here has none.
 */

import type { StoredImport, WriteResult } from '../store.js';
import { type Connection, textOf } from './connection.js';

export class ImportTable {
  constructor(private readonly connection: Connection) {}

  add({ text }: StoredImport): WriteResult {
    const standing = this.read();
    if (standing !== null) return standing.text === text ? 'duplicate' : 'conflict';
    this.connection.exec(
      'CREATE TABLE imports (only INTEGER PRIMARY KEY CHECK (only = 0), text TEXT NOT NULL)',
    );
    this.connection.prepare('INSERT INTO imports VALUES (0, ?)').run(text);
    return 'ok';
  }

  read(): StoredImport | null {
    const [table] = this.connection.ask("SELECT count(*) FROM sqlite_master WHERE name = 'imports'");
    if (table !== 1) return null;
    const row = this.connection.prepare('SELECT text FROM imports').get();
    return row === undefined ? null : { text: textOf(row[0]) };
  }
}
