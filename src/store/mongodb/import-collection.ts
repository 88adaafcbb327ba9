/** The record of an import from 1.0.x: one document at most, written once. */

import type { StoredImport, WriteResult } from '../store.js';
import { type Connection, READ, WRITE } from './connection.js';
import type { ImportDocument } from './documents.js';
import { writeOnce } from './write-once.js';

export class ImportCollection {
  constructor(private readonly connection: Connection) {}

  /** A crash during it leaves the record or none; the import writes the same bytes again. */
  async add({ text }: StoredImport): Promise<WriteResult> {
    const { imports } = this.connection.collections;
    const item: ImportDocument = { _id: 'import', text };
    const [result] = await writeOnce(this.connection, {
      items: [item],
      insert: (items) => imports.insertMany([...items], { ...WRITE, ordered: false }),
      find: (_keys, session) => imports.find({ _id: 'import' }, { ...READ, session }).toArray(),
      isEqual: (standing, record) => standing.text === record.text,
    });
    return result ?? 'unknown';
  }

  /** What is no text comes out as an empty one, which nobody can take for a record. */
  read(): Promise<StoredImport | null> {
    return this.connection.fresh(async (session) => {
      const found = await this.connection.collections.imports.findOne(
        { _id: 'import' },
        { ...READ, session },
      );
      if (found === null) return null;
      return { text: typeof found.text === 'string' ? found.text : '' };
    });
  }
}
