// Danger: the commands of the handbook end in an error on the day they are needed.
// Method: run every block of deploy/README.md that can run without an engine or a cloud, as it stands; `sh operator` as
// four operators who then start together, `sh run` and `sh node` beside a node that runs, `sh stopped` after it.

import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { NodeClient } from '../support/process-client.js';
import { NodeFolder, NodeProcess, REPOSITORY } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';
import { type Block, fencedBlocks } from '../tidy/readme-blocks.js';
import { readVariables } from './support/compose.js';
import { deployFiles, deployText, temporaryFolder } from './support/files.js';
import { itWith, succeed } from './support/tools.js';

const blocks = fencedBlocks(deployText('README.md'));
const marked = (mark: string): Block[] => blocks.filter(({ marks }) => marks.includes(mark));

/** A folder with a program `bigchaindb` in it, to stand first in PATH. */
function programFolder(): string {
  const folder = temporaryFolder();
  const program = join(folder, 'bigchaindb');
  writeFileSync(
    program,
    `#!/bin/sh\nexec '${process.execPath}' '${join(REPOSITORY, 'dist/src/main.js')}' "$@"\n`,
  );
  chmodSync(program, 0o755);
  return folder;
}

const programs = programFolder();

/** Runs commands as one script, and gives what they print. */
function runBlock(text: string, environment: Record<string, string>, cwd = REPOSITORY): Promise<string> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('BIGCHAINDB_')),
  );
  const PATH = `${programs}:${process.env.PATH ?? ''}`;
  return succeed('bash', ['-euo', 'pipefail', '-c', text], {
    cwd,
    environment: { ...inherited, PATH, ...environment },
  });
}

it('every block of commands says where it runs', () => {
  const commands = blocks.filter(({ language }) => language === 'sh');
  const marks = ['run', 'operator', 'node', 'stopped', 'elsewhere'];
  expect(commands.filter((block) => !block.marks.some((mark) => marks.includes(mark)))).toEqual([]);
  for (const mark of ['run', 'operator', 'node', 'stopped']) expect(marked(mark).length).toBeGreaterThan(0);
});

it('every link of a page leads somewhere', () => {
  const missing = deployFiles('.md').flatMap((page) => {
    const text = deployText(page);
    const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(
      ([, title = '']) =>
        `#${title
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .replaceAll(' ', '-')}`,
    );
    return [...text.matchAll(/\]\(([^)]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => {
        if (target.startsWith('#')) return !anchors.includes(target);
        if (target.startsWith('../')) return target !== '../README.md';
        const path = join(page, '..', target);
        return !deployFiles().some((file) => file === path || file.startsWith(`${path}/`));
      })
      .map((target) => `${page}: ${target}`);
  });
  expect(missing).toEqual([]);
});

describe('four operators who do not know each other', () => {
  const names = ['operator-1', 'operator-2', 'operator-3', 'operator-4'];
  const work = temporaryFolder();
  const running: NodeProcess[] = [];

  afterAll(() => Promise.all(running.map((node) => node.kill('SIGKILL'))));

  function home(name: string): string {
    return join(work, name);
  }

  function asOperator(name: string, block: Block): Promise<string> {
    const environment = {
      HOME: home(name),
      OPERATOR: name,
      BIGCHAINDB_CONFIG_PATH: join(home(name), 'config.json'),
    };
    return runBlock(block.text, environment, home(name));
  }

  it('exchange keys, start together and agree', async () => {
    const [make, compare, keyring] = marked('operator');
    if (make === undefined || compare === undefined || keyring === undefined) throw new Error('three blocks');
    for (const name of names) mkdirSync(join(home(name), 'members'), { recursive: true });
    await Promise.all(names.map((name) => asOperator(name, make)));
    for (const from of names)
      for (const to of names)
        copyFileSync(join(home(from), `${from}.pub`), join(home(to), 'members', `${from}.pub`));
    const numbers = await Promise.all(names.map((name) => asOperator(name, compare)));
    expect(numbers[0]).toMatch(/^[0-9a-f]{16}\n$/);
    expect(new Set(numbers).size).toBe(1);
    await Promise.all(names.map((name) => asOperator(name, keyring)));
    const nodes = await Promise.all(names.map((name) => startOn(name)));
    const { id, text } = new TransactionMaker('handbook').next();
    expect((await new NodeClient(nodes[0]?.http ?? '').post(text)).status).toBe(202);
    for (const node of nodes) {
      const client = new NodeClient(node.http);
      for (let look = 0; (await client.status(id)) !== 'valid'; look++) expect(look).toBeLessThan(5000);
    }
  });

  /** The node of an operator, on the configuration and settings he has just made; only place and store are ours. */
  async function startOn(name: string): Promise<NodeProcess> {
    const node = new NodeProcess(join(home(name), 'config.json'), {
      ...readVariables(readFileSync(join(home(name), 'settings.env'), 'utf8')),
      BIGCHAINDB_DATABASE_BACKEND: 'embedded',
      BIGCHAINDB_DATABASE_PATH: join(work, 'ledger'),
      BIGCHAINDB_SERVER_BIND: 'localhost:0',
      BIGCHAINDB_WSSERVER_PORT: '0',
      BIGCHAINDB_LOG_FILE: '',
      BIGCHAINDB_LOG_ERROR_FILE: '',
    });
    running.push(node);
    await node.ready(120_000);
    return node;
  }
});

itWith(['openssl', 'curl'], 'certificates, copies and looks run as they stand', async () => {
  const port = await freePort();
  const folder = new NodeFolder({ settings: { management: { bind: `localhost:${port}` } } });
  const environment = { FOLDER: temporaryFolder(), BIGCHAINDB_CONFIG_PATH: folder.configPath };
  try {
    const node = await folder.start();
    const { id, text } = new TransactionMaker('copies').next();
    const client = new NodeClient(node.http);
    await client.post(text);
    for (let look = 0; (await client.status(id)) !== 'valid'; look++) expect(look).toBeLessThan(5000);
    // One script, as an operator types them one after the other.
    const script = marked('run')
      .map((block) => block.text)
      .join('\n');
    const said = await runBlock(script, environment);
    for (const { text: answer } of marked('answer')) expect(said).toContain(answer);
    for (const { text: commands } of marked('node')) {
      const here = commands
        .replaceAll('localhost:9984', new URL(node.http).host)
        .replaceAll('localhost:9986', `localhost:${port}`);
      expect(await runBlock(here, environment)).toMatch(/"height": ?"?1|bigchaindb_view_height 1/);
    }
    await node.stop();
    for (const block of marked('stopped')) await runBlock(block.text, environment);
    const again = await folder.start();
    expect(await new NodeClient(again.http).status(id)).toBe('valid');
  } finally {
    await folder.dispose();
  }
});
