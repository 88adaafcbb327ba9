/**
 * Danger: a backup that lacks what was acknowledged, an export that does not come back, a view that says something else
 * once it is derived again, a command that ruins the files of a running node.
 * Method: the commands as real processes beside a real node under load, then on its files.
 */

import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { SteadyLoad } from '../support/process-load.js';
import { NodeFolder, type NodeProcess, REPOSITORY } from '../support/process-node.js';
import { type Finished, runCommand } from './run-command.js';

const PROGRAM = join(REPOSITORY, 'dist', 'src', 'main.js');

let home: string;
let folder: NodeFolder;
let node: NodeProcess;
let beginning: string;
const load = new SteadyLoad('care', 2);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'care-'));
  folder = new NodeFolder();
  node = await folder.start();
  beginning = await ValidEvents.now(node.http);
}, 120_000);

afterAll(async () => {
  await load.stop();
  await folder.dispose();
  rmSync(home, { recursive: true, force: true });
});

/** A folder for another node with the same key pair: where backups and exports are brought. */
function anotherFolder(name: string): NodeFolder {
  const { keypair } = JSON.parse(readFileSync(folder.configPath, 'utf8')) as { keypair: object };
  return new NodeFolder({ folder: join(home, name), settings: { keypair } });
}

function command(of: NodeFolder, ...parameters: readonly string[]): Promise<Finished> {
  return runCommand(['-c', of.configPath, ...parameters], { home, program: PROGRAM });
}

async function expectRight(of: NodeFolder): Promise<void> {
  const { exitCode, stdout, stderr } = await command(of, 'verify', '--json');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const result = JSON.parse(stdout) as { breachCount: number; viewHeight: number | null };
  expect(result).toMatchObject({ ok: true, breachCount: 0, evidenceCount: 0 });
}

/** Everything that the view says, but for the times of this node's clock and the order in which votes came. */
function answersOf(view: string): unknown {
  const database = new DatabaseSync(view, { readOnly: true });
  const rows = (sql: string): unknown => database.prepare(sql).all();
  const answers = {
    heights: rows(
      'SELECT height, status, id, timestamp, creator, voters, signature, parent, claim_signature, invalid_reason, transaction_count, transactions, assets, blocks FROM heights',
    ),
    transactions: rows('SELECT sequence, id, text FROM transactions'),
    spends: rows('SELECT * FROM spends'),
    votes: rows('SELECT sequence / 1048576 AS height, node, signature, text FROM votes ORDER BY 1, 2, 3'),
    rejections: rows('SELECT * FROM rejections'),
    words: rows("SELECT rowid FROM words WHERE words MATCH 'anvil' ORDER BY rowid"),
  };
  database.close();
  return answers;
}

function viewOf(of: NodeFolder): string {
  const name = readdirSync(of.dataFolder).find((each) => /^view-[^.]*\.sqlite$/.test(each));
  return join(of.dataFolder, name ?? 'no view');
}

test('a backup taken under load restores to what was acknowledged before it, and to nothing strange', async () => {
  const backup = join(home, 'backup');
  load.start(node.http);
  await load.moreAcknowledged(300);
  const before = new Set(load.acknowledged);
  const made = await command(folder, 'backup', backup);
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  expect(readdirSync(backup).sort()).toEqual(['manifest.json', 'store.sqlite', 'view.sqlite']);
  // The node went on meanwhile.
  await load.moreAcknowledged(1);
  await load.stop();

  const restored = anotherFolder('restored');
  expect(await command(restored, 'restore', backup)).toMatchObject({ exitCode: 0, stderr: '' });
  await expectRight(restored);
  const again = await restored.start();
  const events = await ValidEvents.follow(again.http, beginning);
  await events.includes(before, 60_000);
  const statuses = await new NodeClient(again.http).statuses([...before]);
  expect(statuses.filter((status) => status !== 'VALID')).toEqual([]);
  events.stop();
  await again.stop();
  const known = new Set([...load.acknowledged, ...load.unknown]);
  expect(events.order.filter((id) => !known.has(id))).toEqual([]);
  expect(events.repeated()).toEqual([]);

  const refused = await command(restored, 'restore', backup);
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('restore -y overwrites it') });
  expect(await command(restored, '-y', 'restore', backup)).toMatchObject({ exitCode: 0 });
  await expectRight(restored);
  appendFileSync(join(backup, 'view.sqlite'), 'x');
  expect(await command(restored, '-y', 'restore', backup)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('its digest differs from the manifest'),
  });
  rmSync(join(backup, 'manifest.json'));
  expect(await command(restored, '-y', 'restore', backup)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('is no backup'),
  });
  await expectRight(restored);
}, 180_000);

test('verify beside a node under load finds nothing wrong; what would harm the node is refused', async () => {
  load.start(node.http);
  await load.moreAcknowledged(1);
  await expectRight(folder);
  await load.stop();
  for (const parameters of [['rebuild'], ['-y', 'restore', join(home, 'backup-2')]]) {
    if (parameters.includes('restore')) await command(folder, 'backup', join(home, 'backup-2'));
    expect(await command(folder, ...parameters)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/A node works with .*: stop it first/),
    });
  }
  expect(await command(folder, 'backup', home)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('is not empty'),
  });
  expect(await load.postOne(node.http)).toBe(202);
  expect(load.wrong).toEqual([]);
}, 120_000);

test('an export beside the node, and one of a stopped node, come back to the byte', async () => {
  const live = join(home, 'live.ndjson');
  expect(await command(folder, 'export', live)).toMatchObject({ exitCode: 0 });
  await node.stop();
  const last = await command(folder, 'export');
  expect(last.exitCode).toBe(0);

  const imported = anotherFolder('imported');
  expect(await command(imported, 'import', live)).toMatchObject({ exitCode: 0, stderr: '' });
  await expectRight(imported);
  const again = join(home, 'again.ndjson');
  expect(await command(imported, 'export', again)).toMatchObject({ exitCode: 0 });
  expect(readFileSync(again).equals(readFileSync(live))).toBe(true);
  expect(await command(imported, 'import', live)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('There is a store already'),
  });

  const lines = last.stdout.split('\n');
  const place = lines.findIndex((line) => line.includes('"kind":"block"') && line.includes('"height":3,'));
  expect(place).toBeGreaterThan(0);
  const forged = lines.map((line, index) => (index === place ? line.replace('sequence', 'SEQUENCE') : line));
  for (const [name, text, reason] of [
    ['short', lines.slice(0, -3).join('\n'), 'the file ends early'],
    ['forged', forged.join('\n'), 'does not hash to its id'],
    ['empty', '', 'the file ends early'],
    ['other', '{"kind":"header"}\n', 'no file of `bigchaindb export`'],
  ] as const) {
    const file = join(home, `${name}.ndjson`);
    writeFileSync(file, text);
    const target = anotherFolder(name);
    expect(await command(target, 'import', file)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(reason),
    });
    expect(readdirSync(target.dataFolder)).toEqual([]);
  }
}, 180_000);

test('a rebuilt view gives the same answers, and the node goes on from it', async () => {
  const view = viewOf(folder);
  const before = answersOf(view);
  const { exitCode, stdout } = await command(folder, 'rebuild');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('derived anew up to height');
  expect(answersOf(view)).toEqual(before);
  await expectRight(folder);
  rmSync(view);
  expect(existsSync(view)).toBe(false);
  expect(await command(folder, 'rebuild')).toMatchObject({ exitCode: 0 });
  expect(answersOf(view)).toEqual(before);
  node = await folder.start();
  expect(await load.postOne(node.http)).toBe(202);
  await node.stop();
  await expectRight(folder);
}, 120_000);

test('verify of a changed file ends with 1 and names what is wrong', async () => {
  const database = new DatabaseSync(join(folder.dataFolder, 'store.sqlite'));
  database.exec(
    "UPDATE blocks SET text = replace(CAST(text AS TEXT), 'sequence', 'SEQUENCE') WHERE height = 1",
  );
  database.close();
  const { exitCode, stdout } = await command(folder, 'verify');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/I8 height 1 [0-9a-f]{64}: .*its text does not hash to its id/);
  const nothing = anotherFolder('nothing');
  expect(await command(nothing, 'rebuild')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('There is no store'),
  });
  expect(await command(nothing, 'verify')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('There is no store'),
  });
  expect(readdirSync(nothing.dataFolder)).toEqual([]);
});
