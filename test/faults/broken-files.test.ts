// Danger: a flipped bit, a torn tail or a file that was cut off is served as if it were the ledger, or ends the node
// without a word (F6).
// Method: the files of a real node are damaged in many ways, from seeds, and it is started on them. Either it ends with 1
// and a sentence that names the file, or everything that it answers is what it was; and `verify` is never fooled.

import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, runCommand } from '../cli/run-command.js';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { SteadyLoad } from '../support/process-load.js';
import { NodeFolder, type NodeProcess, NotStarted, REPOSITORY } from '../support/process-node.js';
import { SeededRandom } from '../support/simulated-random.js';

const PROGRAM = join(REPOSITORY, 'dist', 'src', 'main.js');
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const PAGE = 4096;
/** FAULTS=long tries many more. */
const ROUNDS = process.env.FAULTS === 'long' ? 20 : 1;
const TORN_ROUNDS = 2 * ROUNDS;
/** Transactions that a node on damaged files is asked for. */
const ASKED = 60;

const home = mkdtempSync(join(tmpdir(), 'broken-files-'));
const folder = new NodeFolder();
/** What was answered when all was well, by path: every transaction, every block, and the votes on it. */
const answers = new Map<string, string>();

beforeAll(async () => {
  const node = await folder.start();
  const load = new SteadyLoad('broken files', 4);
  const events = await ValidEvents.follow(node.http);
  load.start(node.http);
  await load.moreAcknowledged(300);
  await load.stop();
  await events.includes(load.acknowledged);
  events.stop();
  const client = new NodeClient(node.http);
  for (const id of load.acknowledged) {
    const { text } = await client.get(`/api/v1/blocks?status=VALID&transaction_id=${id}`);
    for (const block of JSON.parse(text) as string[])
      for (const path of [`blocks/${block}`, `votes?block_id=${block}`, `transactions/${id}`])
        answers.set(path, '');
  }
  for (const path of answers.keys()) answers.set(path, (await client.get(`/api/v1/${path}`)).text);
  await node.stop();
}, 60_000);

afterAll(async () => {
  await folder.dispose();
  rmSync(home, { recursive: true, force: true });
});

let copies = 0;

/** A node of the same key on a copy of the files. */
function copy(): NodeFolder {
  const { keypair } = JSON.parse(readFileSync(folder.configPath, 'utf8')) as { keypair: object };
  const made = new NodeFolder({ folder: join(home, String(copies++)), settings: { keypair } });
  for (const name of readdirSync(folder.dataFolder))
    copyFileSync(join(folder.dataFolder, name), join(made.dataFolder, name));
  return made;
}

function fileOf(of: NodeFolder, kind: 'store' | 'view'): string {
  const name = readdirSync(of.dataFolder).find((each) => each.startsWith(kind) && each.endsWith('.sqlite'));
  return join(of.dataFolder, name ?? kind);
}

type Damage = (random: SeededRandom, path: string) => void;

function changed(path: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
}

const flipBits: Damage = (random, path) =>
  changed(path, (bytes) => {
    for (let count = 0; count < 20; count++) {
      const at = random.integer(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8));
    }
  });
const zeroPage: Damage = (random, path) =>
  changed(path, (bytes) => {
    const page = 1 + random.integer(bytes.length / PAGE - 1);
    bytes.fill(0, page * PAGE, (page + 1) * PAGE);
  });
const otherPage: Damage = (random, path) =>
  changed(path, (bytes) => {
    const [from, to] = [
      1 + random.integer(bytes.length / PAGE - 1),
      1 + random.integer(bytes.length / PAGE - 1),
    ];
    bytes.copy(bytes, to * PAGE, from * PAGE, (from + 1) * PAGE);
  });
const cutOff: Damage = (random, path) =>
  truncateSync(path, 1 + random.integer(readFileSync(path).length - 1));

const DAMAGES: readonly (readonly [string, Damage])[] = [
  ['20 flipped bits', flipBits],
  ['a page of zeros', zeroPage],
  ['a page in the place of another', otherPage],
  ['a file that was cut off', cutOff],
];

interface Outcome {
  /** It ended with a sentence, before it was ready or while it was asked. */
  readonly refused: boolean;
  readonly wrong: readonly string[];
}

/** Starts a node on damaged files and asks it for everything. */
async function startedOn(damaged: NodeFolder): Promise<Outcome> {
  let node: NodeProcess;
  try {
    node = await damaged.start();
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error;
    return { refused: true, wrong: wrongEnd(error.exit?.code ?? null, error.output, damaged) };
  }
  const client = new NodeClient(node.http);
  const wrong: string[] = [];
  const random = new SeededRandom('asked', SEED);
  for (let count = 0; count < ASKED; count++) {
    const [path, text] = random.pick([...answers]);
    const answer = await client.get(`/api/v1/${path}`).catch(() => null);
    // It has ended meanwhile: the rest is in its last words.
    if (answer === null) break;
    // A broken index may hide something; nothing may come back as what it was not.
    if (answer.status === 200 && answer.text !== text && answer.text.trim() !== '[]')
      wrong.push(`${path}: serves ${answer.text.slice(0, 200)}`);
  }
  const { code } = await node.stop();
  if (code === 0) return { refused: false, wrong };
  return { refused: true, wrong: [...wrong, ...wrongEnd(code, node.output(), damaged)] };
}

/** An end that does not say what is damaged, or shows a stack. */
function wrongEnd(code: number | null, output: string, of: NodeFolder): string[] {
  const named = output.includes(of.dataFolder) || /database\.path|the store|the view/.test(output);
  const wrong = [
    ...(code === 1 ? [] : [`ended with ${code}`]),
    ...(named ? [] : ['does not say what is damaged']),
  ];
  if (/^\s+at /m.test(output)) wrong.push('shows a stack');
  return wrong.length === 0 ? [] : [`${wrong.join(', ')}: ${output.slice(-1500)}`];
}

function command(of: NodeFolder, ...parameters: readonly string[]): Promise<Finished> {
  return runCommand(['-c', of.configPath, ...parameters], { home, program: PROGRAM });
}

const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
const tornRounds = Array.from({ length: TORN_ROUNDS }, (_, round) => round);

describe.each(DAMAGES)(`the store has %s (SEED=${SEED})`, (name, damage) => {
  it.each(rounds)('round %d: refused, or what is answered is as it was', async (round) => {
    const damaged = copy();
    const path = fileOf(damaged, 'store');
    damage(new SeededRandom('store', name, SEED, round), path);
    const before = await command(damaged, 'verify');
    const { wrong } = await startedOn(damaged);
    expect(wrong).toEqual([]);
    // What `verify` lets pass must give the same view when it is derived anew.
    if (before.exitCode === 0) {
      rmSync(fileOf(damaged, 'view'), { force: true });
      expect((await startedOn(damaged)).wrong).toEqual([]);
    }
    await damaged.dispose();
  });
});

describe.each(DAMAGES)(`the view has %s (SEED=${SEED})`, (name, damage) => {
  it.each(rounds)('round %d: refused, or what is answered is as it was; rebuild mends it', async (round) => {
    const damaged = copy();
    damage(new SeededRandom('view', name, SEED, round), fileOf(damaged, 'view'));
    expect((await startedOn(damaged)).wrong).toEqual([]);
    expect(await command(damaged, 'rebuild')).toMatchObject({ exitCode: 0 });
    expect(await startedOn(damaged)).toEqual({ refused: false, wrong: [] });
    expect(await command(damaged, 'verify')).toMatchObject({ exitCode: 0 });
    await damaged.dispose();
  });
});

it.each(tornRounds)(`the last writes before a crash are torn, round %d (SEED=${SEED})`, async (round) => {
  const random = new SeededRandom('torn', SEED, round);
  const torn = copy();
  const node = await torn.start();
  const load = new SteadyLoad(`torn ${round}`, 2);
  load.start(node.http);
  await load.moreAcknowledged(50);
  await node.kill('SIGKILL');
  await load.stop();
  for (const kind of ['store', 'view'] as const) {
    const log = `${fileOf(torn, kind)}-wal`;
    if (!existsSync(log)) continue;
    const { length } = readFileSync(log);
    // A disk that lied: the end of the log is gone, or is something else.
    if (random.chance(0.5)) truncateSync(log, Math.max(0, length - random.integer(3 * PAGE)));
    else
      changed(log, (bytes) =>
        bytes.fill(random.integer(256), Math.max(0, length - random.integer(2 * PAGE))),
      );
  }
  expect((await startedOn(torn)).wrong).toEqual([]);
  await torn.dispose();
});
