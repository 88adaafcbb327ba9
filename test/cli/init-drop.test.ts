/** Danger: a database dropped without being asked, or made in two different ways. Method: the commands in place. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommandContext } from '../../src/cli/command-context.js';
import { drop } from '../../src/cli/drop.js';
import { init } from '../../src/cli/init.js';
import type { CreateNode } from '../../src/cli/start.js';
import { databaseFiles } from '../../src/config/database-files.js';
import { generateKeyPair } from '../../src/config/key-pair.js';
import type { Settings } from '../../src/config/settings.js';
import { makeHome } from './run-command.js';

let home: string;
let remove: () => void;
beforeEach(() => {
  ({ home, remove } = makeHome());
  const log = { file: null, error_file: null, level_console: 'critical' };
  writeFileSync(join(home, '.bigchaindb'), JSON.stringify({ keypair: generateKeyPair(), log }));
});
afterEach(() => remove());

interface Recorded extends CommandContext {
  readonly printed: string[];
  readonly questions: string[];
}

function context(answer = '', yes = false): Recorded {
  const printed: string[] = [];
  const questions: string[] = [];
  return {
    options: { config: null, logLevel: null, yes },
    environment: {},
    home,
    cores: 2,
    out: (text) => printed.push(text),
    err: (text) => printed.push(text),
    ask: async (question) => {
      questions.push(question);
      return answer;
    },
    terminal: false,
    outTerminal: false,
    printed,
    questions,
  };
}

/** Makes the store's file, as a node does, and notes the settings it was given and that it was stopped. */
function fakeNode(): { load: () => Promise<CreateNode>; settings: Settings[]; stopped: () => number } {
  const settings: Settings[] = [];
  let stops = 0;
  const create: CreateNode = async (given) => {
    settings.push(given);
    const { store } = databaseFiles(given);
    mkdirSync(dirname(store), { recursive: true });
    writeFileSync(store, '');
    return {
      addresses: { http: '', websocket: '' },
      publicKey: '',
      stopped: Promise.resolve({ exitCode: 0, reason: null }),
      reload: () => [],
      stop: async () => {
        stops++;
      },
    };
  };
  return { load: async () => create, settings, stopped: () => stops };
}

test('init starts a node on free ports and stops it; a second init says that there is a database', async () => {
  const node = fakeNode();
  const first = context();
  expect(await init(first, node.load)).toBe(0);
  expect(first.printed).toEqual([]);
  expect(node.settings[0]?.server.bind).toEqual({ host: 'localhost', port: 0 });
  expect(node.settings[0]?.wsserver.port).toBe(0);
  expect(node.stopped()).toBe(1);

  const second = context();
  expect(await init(second, node.load)).toBe(0);
  expect(second.printed.join('')).toBe(
    'The database already exists.\nIf you wish to re-initialize it, first drop it.\n',
  );
  expect(node.settings).toHaveLength(1);
});

test('drop deletes the store and every view of it, and nothing else in the folder, after y', async () => {
  await init(context(), fakeNode().load);
  const folder = join(home, '.bigchaindb-data');
  for (const name of ['store.sqlite-wal', 'view-abc.sqlite', 'view-abc.sqlite-shm', 'notes.txt'])
    writeFileSync(join(folder, name), '');
  for (const answer of ['', 'n', 'Y', 'yes']) {
    const asked = context(answer);
    expect(await drop(asked)).toBe(0);
    expect(asked.questions).toEqual([`Do you want to drop the database in \`${folder}\`? [y/n]: `]);
    expect(existsSync(join(folder, 'store.sqlite'))).toBe(true);
  }
  const dropped = context('y');
  expect(await drop(dropped)).toBe(0);
  expect(dropped.printed).toEqual([]);
  expect(readdirSync(folder)).toEqual(['notes.txt']);
});

test('drop -y asks nothing, and a database that is not there is no mistake', async () => {
  const silent = context('', true);
  expect(await drop(silent)).toBe(0);
  expect([silent.questions, silent.printed]).toEqual([[], []]);
});
