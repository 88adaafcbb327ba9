/** Danger: an operator who gives a wrong source or key is left with a riddle. Method: the real command line, mistakes. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/codec/json-value.js';
import type { NodeFolder } from '../support/process-node.js';
import { command, exported, folderOf } from './support/import-command.js';
import { memberNames, smallScene } from './support/scenes.js';

jest.setTimeout(60_000);

let folder: NodeFolder;
beforeEach(() => {
  folder = folderOf(memberNames(3));
});
afterEach(() => folder.dispose());

it.each([
  ['a key that is none', ['x', '--federation', 'abc'], 2, /argument --federation: 'abc' is no public key/],
  ['nothing there', ['/no/such/source'], 1, /There is no file/],
  ['no server there', ['mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100'], 1, /Cannot read the database/],
  ['a folder without the files', [__dirname], 1, /Cannot read .*bigchain\.json/],
] as const)('%s', async (_name, parameters, exitCode, message) => {
  const finished = await command(folder, ['import', ...parameters]);
  expect(finished).toMatchObject({ exitCode, stderr: expect.stringMatching(message) });
});

it('an import is signed, so it needs a key', async () => {
  const environment = { BIGCHAINDB_KEYPAIR_PRIVATE: '', BIGCHAINDB_KEYPAIR_PUBLIC: '' };
  const path = exported(folder, smallScene(3).database);
  const finished = await command(folder, ['import', path], environment);
  expect(finished).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/keypair/) });
});

it('everything that was refused stands in the report file', async () => {
  const { database } = smallScene(3);
  const [spoiled] = database.documents.bigchain;
  (spoiled?.block as JsonObject).timestamp = '1';
  database.documents.backlog.push({ id: 'x' });
  const finished = await command(folder, ['import', exported(folder, database), '--json']);
  const result = JSON.parse(finished.stdout);
  expect(result).toMatchObject({ outcome: 'imported', refused: { block: 1, backlog: 1 } });
  expect(result.reportFile).toBe(join(folder.dataFolder, 'import-report.ndjson'));
  const lines = readFileSync(result.reportFile, 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(result.firstRefusals);
  expect(result.firstRefusals).toMatchObject([{ kind: 'block', id: spoiled?.id }, { kind: 'backlog' }]);
  expect(existsSync(join(folder.dataFolder, 'store.sqlite'))).toBe(true);
});
