/** The way in from BigchainDB 1.0.x: how fast mongoexport files of a generated database become a ledger. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderOf } from '../../import/support/import-command.js';
import { writeLargeLedger } from '../../import/support/large-ledger.js';
import { memberNames } from '../../import/support/scenes.js';
import type { Figure, Scenario } from '../harness.js';
import { command } from './care.js';

const MEMBERS = 4;
/** Enough for a steady rate. */
const STORED_MAX = 100_000;

export const legacyImport: Scenario = {
  name: 'import',
  about: 'import of a generated BigchainDB 1.0.x database of 100,000 transactions, four members',
  async run({ stored }) {
    const home = mkdtempSync(join(tmpdir(), 'bench-import-'));
    const folder = folderOf(memberNames(MEMBERS));
    const figures: Figure[] = [];
    const add = (name: string, value: number, unit: string, target: Figure['target'] = null): void => {
      figures.push({ scenario: 'import', name, value, unit, target });
    };
    try {
      const count = Math.min(stored, STORED_MAX);
      const options = { transactions: count, members: MEMBERS, perBlock: 1000, seed: 1 };
      const large = writeLargeLedger(join(home, 'export'), options);
      const imported = await command(folder, 'import', large.folder);
      add('imported', large.transactions, '');
      add('import, transactions per second', large.transactions / imported.seconds, '1/s', { atLeast: 4000 });
      add('import, largest resident set', imported.residentMegabytes, 'MB');
      const rebuilt = await command(folder, 'rebuild');
      add('first view of it, transactions per second', large.transactions / rebuilt.seconds, '1/s');
      const verified = await command(folder, 'verify');
      add('verify of it, transactions per second', large.transactions / verified.seconds, '1/s');
      return figures;
    } finally {
      await folder.dispose();
      rmSync(home, { recursive: true, force: true });
    }
  },
};
