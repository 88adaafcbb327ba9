// Danger: a command that dies half-way leaves a view that says something else than the store, a backup that passes for
// a whole one, or no ledger at all (F1).
// Method: each command kills itself at its failpoint; then the files are looked at, and the same command or the next
// start has to bring everything back.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, runCommand } from '../cli/run-command.js';
import { failpointGroups } from '../support/failpoint-groups.js';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { SteadyLoad } from '../support/process-load.js';
import { NodeFolder, REPOSITORY } from '../support/process-node.js';

const PROGRAM = join(REPOSITORY, 'dist', 'src', 'main.js');

let home: string;
let folder: NodeFolder;
let beginning: string;
let order: readonly string[];
const load = new SteadyLoad('commands', 4);

/** A stopped node with some blocks. */
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'command-failpoints-'));
  folder = new NodeFolder();
  const node = await folder.start();
  beginning = await ValidEvents.now(node.http);
  const events = await ValidEvents.follow(node.http, beginning);
  load.start(node.http);
  await load.moreAcknowledged(300);
  await load.stop();
  await events.includes(load.acknowledged);
  order = events.order;
  events.stop();
  await node.stop();
}, 120_000);

afterAll(async () => {
  await folder.dispose();
  rmSync(home, { recursive: true, force: true });
});

function command(parameters: readonly string[], failpoint?: string, of = folder): Promise<Finished> {
  const environment: Record<string, string> = failpoint === undefined ? {} : { FAILPOINT: failpoint };
  return runCommand(['-c', of.configPath, ...parameters], { home, program: PROGRAM, environment });
}

async function dies(parameters: readonly string[], failpoint: string, of = folder): Promise<void> {
  const { exitCode, signal } = await command(parameters, failpoint, of);
  expect({ exitCode, signal }).toEqual({ exitCode: null, signal: 'SIGKILL' });
}

async function succeeds(parameters: readonly string[], of = folder): Promise<void> {
  expect(await command(parameters, undefined, of)).toMatchObject({ exitCode: 0, stderr: '' });
}

/** Store and view pass `verify`, and a node on them tells the same story as before, and stops in order. */
async function tellsTheSame(of = folder): Promise<void> {
  await succeeds(['verify'], of);
  const node = await of.start();
  const events = await ValidEvents.follow(node.http, beginning);
  await events.includes(order);
  expect(events.order).toEqual(order);
  const statuses = await new NodeClient(node.http).statuses(order);
  expect(statuses.filter((status) => status !== 'VALID')).toEqual([]);
  events.stop();
  expect(await node.stop()).toEqual({ code: 0, signal: null });
}

function anotherFolder(name: string): NodeFolder {
  const { keypair } = JSON.parse(readFileSync(folder.configPath, 'utf8')) as { keypair: object };
  return new NodeFolder({ folder: join(home, name), settings: { keypair } });
}

it('every failpoint of a command has its test here', () => {
  const named = ['rebuild.mid', 'backup.mid', 'restore.mid', 'import.mid'];
  expect(failpointGroups().byCommands.filter((name) => !named.includes(name))).toEqual([]);
});

it('rebuild.mid: the next start goes on from the part of the view that was derived', async () => {
  await dies(['rebuild'], 'rebuild.mid:2');
  await tellsTheSame();
});

it('rebuild.mid: so does the next rebuild', async () => {
  await dies(['rebuild'], 'rebuild.mid:3');
  await succeeds(['rebuild']);
  await tellsTheSame();
});

// With the first hit only the view has been copied, with the second one both files.
it.each([1, 2])('backup.mid:%d: what is left is refused as a backup, and harms nobody', async (hit) => {
  const backup = join(home, `half-${hit}`);
  await dies(['backup', backup], `backup.mid:${hit}`);
  expect(readdirSync(backup)).toHaveLength(hit);
  const target = anotherFolder(`from-half-${hit}`);
  expect(await command(['restore', backup], undefined, target)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('is no backup'),
  });
  expect(readdirSync(target.dataFolder)).toEqual([]);
  await tellsTheSame();
});

// Before the first file gets its name, and before the second one, which is the store.
it.each([1, 2])('restore.mid:%d: restoring again is right', async (hit) => {
  const backup = join(home, `whole-${hit}`);
  await succeeds(['backup', backup]);
  const target = anotherFolder(`restored-${hit}`);
  await dies(['restore', backup], `restore.mid:${hit}`, target);
  expect(existsSync(join(target.dataFolder, 'store.sqlite'))).toBe(false);
  await succeeds(['-y', 'restore', backup], target);
  expect(readdirSync(target.dataFolder).filter((name) => name.endsWith('-restore'))).toEqual([]);
  await tellsTheSame(target);
});

it('restore.mid: a node that is started on what is left does not take it for the ledger', async () => {
  const backup = join(home, 'whole-3');
  await succeeds(['backup', backup]);
  const target = anotherFolder('restored-3');
  await dies(['restore', backup], 'restore.mid:2', target);
  const node = target.spawn();
  await expect(node.ready(30_000)).rejects.toThrow(/belong to different ledgers/);
  expect((await node.exited).code).toBe(1);
  await succeeds(['-y', 'restore', backup], target);
  await tellsTheSame(target);
});
