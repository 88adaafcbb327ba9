/**
 * Danger: a database of real size takes a day, does not fit into memory, or comes out another one; an import that is
 * killed cannot go on.
 * Method: a generated database of 20,000 transactions (the benchmark takes 100,000) with members that vote in different
 * orders; the import is killed half-way and goes on; `verify` reads all of it. Needs `npm run build`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeFolder } from '../support/process-node.js';
import { command, folderOf, succeeds } from './support/import-command.js';
import { type LargeLedger, writeLargeLedger } from './support/large-ledger.js';
import { memberNames } from './support/scenes.js';

const MEMBERS = 4;
const SEED = Number(process.env.SEED ?? 1);
const TRANSACTIONS = 20_000;

jest.setTimeout(300_000);

let home: string;
let large: LargeLedger;
let folder: NodeFolder;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'large-ledger-'));
  large = writeLargeLedger(join(home, 'export'), {
    transactions: TRANSACTIONS,
    members: MEMBERS,
    perBlock: 400,
    seed: SEED,
  });
  folder = folderOf(memberNames(MEMBERS));
});
afterAll(async () => {
  await folder.dispose();
  rmSync(home, { recursive: true, force: true });
});

it(`an import that is killed goes on where it was (seed ${SEED})`, async () => {
  const killed = await command(folder, ['import', large.folder], { FAILPOINT: 'import.mid:3' });
  expect(killed.signal).toBe('SIGKILL');
  const unfinished = folder.spawn();
  expect((await unfinished.exited).code).toBe(1);
  expect(unfinished.output()).toMatch(/not finished; run `bigchaindb import` again/);
  const { stdout } = await succeeds(folder, ['import', large.folder, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'imported',
    lastHeight: large.valid + large.invalid + large.undecided,
    counts: {
      valid: large.valid,
      invalid: large.invalid,
      undecided: large.undecided,
      backlog: large.backlog,
    },
    refused: { document: 0, block: 0, vote: 0, backlog: 0 },
  });
});

it('gateway and audit agree with what was generated', async () => {
  const gateway = await new NodeFolder({ folder: folder.folder, parameters: ['--gateway'] }).start();
  await gateway.stop();
  const { stdout } = await succeeds(folder, ['verify', '--gateway', '--json']);
  const { valid, invalid, undecided, transactions, backlog } = large;
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    evidenceCount: 0,
    summary: {
      validBlocks: valid,
      invalidBlocks: invalid,
      undecidedBlocks: undecided,
      transactions,
      backlog,
    },
  });
});
