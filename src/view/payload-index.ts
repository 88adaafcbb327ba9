/**
 * The declared paths into payloads: their rows, and what happens when the setting changes. A path that is new is
 * filled from what the view holds; one that is gone loses its rows.
 */

import { VIEW } from '../config/limits.js';
import { indexedForm, type PayloadPath, payloadOf, readPayloadPath, valueAt } from './payload-values.js';
import { HEIGHT_STATUS } from './schema.js';
import { POSITIONS } from './sequence.js';
import { numberAt, type Sqlite, type Statement, textAt } from './sqlite.js';
import { readFacts, type TransactionFacts } from './transaction-facts.js';

interface IndexedPath extends PayloadPath {
  readonly number: number;
}

/** Rows read at a time when a new path is filled. */
const FILL_ROWS = 1000;

/** A declared path cannot be read; the message names it. */
export class PayloadPathInvalid extends Error {
  override readonly name = 'PayloadPathInvalid';
}

export class PayloadIndex {
  private readonly paths: readonly IndexedPath[];
  private readonly insert: Statement;

  /** Throws PayloadPathInvalid. */
  constructor(
    private readonly sqlite: Sqlite,
    names: readonly string[],
  ) {
    this.insert = sqlite.prepare('INSERT INTO payload_values VALUES (?,?,?)');
    if (names.length > VIEW.payloadIndexesMax) {
      throw new PayloadPathInvalid(`at most ${VIEW.payloadIndexesMax} paths can be indexed`);
    }
    this.paths = this.declare([...new Set(names)]);
  }

  /** Of a transaction in a valid block. */
  write(sequence: number, facts: TransactionFacts): void {
    for (const path of this.paths) this.writePath(sequence, facts, path);
  }

  private writePath(sequence: number, facts: TransactionFacts, path: IndexedPath): void {
    const value = indexedForm(valueAt(payloadOf(facts, path.root), path.steps));
    if (value !== undefined) this.insert.run(path.number, value, sequence);
  }

  /** A crash here leaves the former paths; the next start does it again. */
  private declare(names: readonly string[]): readonly IndexedPath[] {
    return this.sqlite.transaction('BEGIN IMMEDIATE', () => {
      const known = new Map(
        this.sqlite
          .prepare('SELECT name, path FROM payload_paths')
          .all()
          .map((row) => [textAt(row, 0), numberAt(row, 1)]),
      );
      for (const [name, number] of known) {
        if (names.includes(name)) continue;
        this.sqlite.prepare('DELETE FROM payload_values WHERE path = ?').run(number);
        this.sqlite.prepare('DELETE FROM payload_paths WHERE path = ?').run(number);
      }
      const paths = names.map((name) => ({
        ...requirePath(name),
        number: known.get(name) ?? this.add(name),
      }));
      const fresh = paths.filter((_, index) => !known.has(names[index] ?? ''));
      if (fresh.length > 0) this.fill(fresh);
      return paths;
    });
  }

  private add(name: string): number {
    this.sqlite.prepare('INSERT INTO payload_paths (name) VALUES (?)').run(name);
    return numberAt(this.sqlite.ask('SELECT path FROM payload_paths WHERE name = ?', name), 0);
  }

  private fill(paths: readonly IndexedPath[]): void {
    const select = this.sqlite.prepare(
      `SELECT t.sequence, t.text FROM transactions t JOIN heights h ON h.height = t.sequence / ${POSITIONS}
       WHERE t.sequence > ? AND h.status = ${HEIGHT_STATUS.valid} ORDER BY t.sequence LIMIT ${FILL_ROWS}`,
    );
    for (let rows = select.all(-1); rows.length > 0; ) {
      for (const row of rows) {
        const facts = readFacts(textAt(row, 1));
        for (const path of paths) this.writePath(numberAt(row, 0), facts, path);
      }
      rows = select.all(numberAt(rows[rows.length - 1] ?? [], 0));
    }
  }
}

function requirePath(name: string): PayloadPath {
  const path = readPayloadPath(name);
  if (path !== null) return path;
  throw new PayloadPathInvalid(
    `view.payload_indexes: ${name} is no path like asset.type or metadata.order.id`,
  );
}
