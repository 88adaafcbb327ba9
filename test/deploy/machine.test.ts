// Danger: the package lacks what the units call, or the nightly copy throws away the good ones and keeps the bad.
// Or the units forbid what the node does.
// Method: list what `npm pack` would bring; run systemd/backup.sh beside a node, over folders that earlier nights left;
// look at the system calls of a node, and at those that the units let through; systemd-analyze and Ansible's check mode.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { NodeFolder, REPOSITORY } from '../support/process-node.js';
import { deployFiles, deployText, temporaryFolder } from './support/files.js';
import { DEPLOY, itWith, run, succeed } from './support/tools.js';

const inDeploy = { cwd: DEPLOY };
const script = join(DEPLOY, 'systemd/backup.sh');
const main = join(REPOSITORY, 'dist/src/main.js');

interface Packed {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

itWith(['npm'], 'the package brings the program, the units and what they call', async () => {
  const [packed] = JSON.parse(
    (await succeed('npm', ['pack', '--dry-run', '--json', '--loglevel=silent'])).replace(/^[^[]*/, ''),
  ) as Packed[];
  const modes = new Map(packed?.files.map(({ path, mode }) => [path, mode]));
  for (const file of deployFiles().filter((path) => path.startsWith('systemd/')))
    expect([...modes.keys()]).toContain(`deploy/${file}`);
  expect([...modes.keys()]).toEqual(
    expect.arrayContaining(['dist/src/main.js', 'schema/schema.graphql', 'LICENSE']),
  );
  expect((modes.get('deploy/systemd/backup.sh') ?? 0) & 0o111).not.toBe(0);
  for (const unit of deployFiles('.service')) {
    const inPackage = /\/node_modules\/bigchaindb-server\/(\S+)/g;
    for (const [, path = ''] of deployText(unit).matchAll(inPackage))
      expect([...modes.keys()]).toContain(path);
  }
});

/** Folders as earlier nights left them: `whole` with a manifest, `torn` without. */
function nights(whole: readonly string[], torn: readonly string[] = []): string {
  const folder = temporaryFolder();
  for (const name of [...whole, ...torn]) mkdirSync(join(folder, name));
  for (const name of whole) writeFileSync(join(folder, name, 'manifest.json'), '{}');
  return folder;
}

const NIGHTS = ['2020-01-01T02-30-00Z', '2020-01-02T02-30-00Z', '2020-01-03T02-30-00Z'];

it('a nightly copy of a running node is added, and the oldest goes', async () => {
  const node = new NodeFolder();
  const folder = nights(NIGHTS);
  try {
    await node.start();
    const environment = {
      BIGCHAINDB: `node ${main}`,
      BIGCHAINDB_CONFIG_PATH: node.configPath,
      KEEP: '3',
      AFTER: 'echo carried',
    };
    const said = await succeed(script, [folder], { environment });
    const left = readdirSync(folder).sort();
    expect(left.slice(0, 2)).toEqual(NIGHTS.slice(1));
    expect(left).toHaveLength(3);
    expect(said).toContain(`carried ${join(folder, left[2] ?? '')}\n`);
    // What was made can be put back.
    const parameters = ['-y', 'restore', join(folder, left[2] ?? '')];
    const elsewhere = { ...environment, BIGCHAINDB_DATABASE_PATH: join(temporaryFolder(), 'ledger') };
    await succeed('node', [main, ...parameters], { environment: elsewhere });
  } finally {
    await node.dispose();
  }
});

it('a copy that fails leaves all the others, and nothing half', async () => {
  const folder = nights(NIGHTS, ['2020-01-04T02-30-00Z']);
  const failing = join(temporaryFolder(), 'bigchaindb');
  writeFileSync(failing, '#!/bin/sh\nmkdir "$2"\nexit 1\n', { mode: 0o755 });
  const { code } = await run(script, [folder], {
    environment: { BIGCHAINDB: failing, KEEP: '1', AFTER: 'echo carried' },
  });
  expect(code).toBe(1);
  expect(readdirSync(folder).sort()).toEqual([...NIGHTS, '2020-01-04T02-30-00Z']);
});

it('a torn copy of an earlier night counts for nothing', async () => {
  const folder = nights(NIGHTS.slice(0, 2), ['2020-01-09T02-30-00Z']);
  const copying = join(temporaryFolder(), 'bigchaindb');
  writeFileSync(copying, '#!/bin/sh\nmkdir "$2" && echo "{}" >"$2/manifest.json"\n', { mode: 0o755 });
  await succeed(script, [folder], { environment: { BIGCHAINDB: copying, KEEP: '3' } });
  // Two whole ones, the new one, and the torn one that somebody may want to look at.
  for (const name of NIGHTS.slice(0, 2)) expect(existsSync(join(folder, name))).toBe(true);
  expect(readdirSync(folder)).toHaveLength(4);
});

/** The system calls that `SystemCallFilter=` of a unit lets through. */
async function allowedCalls(unit: string): Promise<Set<string>> {
  const listed = await succeed('systemd-analyze', ['syscall-filter', '--no-pager']);
  const sets = new Map<string, string[]>();
  let open: string[] = [];
  for (const line of listed.split('\n')) {
    if (line.startsWith('@')) {
      open = [];
      sets.set(line.trim(), open);
    } else if (/^ +[@a-z]/.test(line)) open.push(line.trim());
  }
  const calls = (name: string): string[] =>
    name.startsWith('@') ? (sets.get(name) ?? []).flatMap(calls) : [name];
  const filters = [...deployText(unit).matchAll(/^SystemCallFilter=(.*)$/gm)].map(
    ([, filter = '']) => filter,
  );
  const [allowing = '', denying = ''] = filters;
  expect(denying).toMatch(/^~/);
  // What @default holds is always allowed.
  const allowed = new Set(['@default', ...allowing.split(' ')].flatMap(calls));
  for (const call of denying.slice(1).split(' ').flatMap(calls)) allowed.delete(call);
  return allowed;
}

itWith(['strace', 'systemd-analyze'], 'the units allow every system call that a node makes', async () => {
  const folder = new NodeFolder();
  const trace = join(temporaryFolder(), 'trace');
  // It stops at the end of its standard input, which is at hand as soon as it is ready.
  const parameters = [process.execPath, main, '-c', folder.configPath, 'start', '--stop-at-end-of-input'];
  await succeed('bash', [
    '-c',
    ': | timeout --kill-after=5 100 "$@"',
    'bash',
    'strace',
    '-f',
    '-qq',
    '-o',
    trace,
    ...parameters,
  ]);
  await folder.dispose();
  const made = new Set(
    [...readFileSync(trace, 'utf8').matchAll(/^\d+ +([a-z_0-9]+)\(/gm)].map(([, call = '']) => call),
  );
  expect([...made]).toEqual(expect.arrayContaining(['listen', 'pwrite64']));
  // SQLite calls it as root only, who may here and is not there.
  made.delete('fchown');
  for (const unit of ['bigchaindb.service', 'bigchaindb-gateway.service', 'bigchaindb-backup.service']) {
    const allowed = await allowedCalls(`systemd/${unit}`);
    expect([unit, [...made].filter((call) => !allowed.has(call))]).toEqual([unit, []]);
  }
});

describe('systemd', () => {
  const units = deployFiles().filter((path) => /\.(service|timer)$/.test(path));

  /** Units beside programs that exist: this machine has nothing in /opt. */
  function unitsOfThisMachine(): string[] {
    const folder = temporaryFolder();
    return units.map((path) => {
      const text = deployText(path).replace(/^(ExecStart=)\/opt\/\S+/gm, '$1/bin/true');
      const copy = join(folder, basename(path));
      writeFileSync(copy, text);
      return copy;
    });
  }

  itWith(['systemd-analyze'], 'units verify without a word', async () => {
    expect(units).toHaveLength(6);
    // It speaks of units that are not here too, such as the time synchronisation's.
    const said = await succeed('systemd-analyze', ['verify', '--man=no', ...unitsOfThisMachine()]);
    expect(said.split('\n').filter((line) => /bigchaindb/.test(line))).toEqual([]);
  });

  for (const unit of ['bigchaindb.service', 'bigchaindb-gateway.service', 'bigchaindb-backup.service'])
    itWith(['systemd-analyze'], `${unit} is exposed at most 2.0 of 10`, async () => {
      const path = unitsOfThisMachine().find((each) => basename(each) === unit) ?? '';
      await succeed('systemd-analyze', ['security', '--offline=true', '--threshold=20', path]);
    });
});

describe('Ansible', () => {
  const environment = { ANSIBLE_HOME: join(temporaryFolder(), 'ansible'), ANSIBLE_LOCALHOST_WARNING: '0' };

  itWith(['ansible-playbook'], 'playbook and inventory have the right syntax', async () => {
    const parameters = ['--syntax-check', '-i', 'ansible/inventory.yaml', 'ansible/playbook.yaml'];
    await succeed('ansible-playbook', parameters, { ...inDeploy, environment });
  });

  itWith(
    ['ansible-playbook', '/usr/bin/apt-get'],
    'the role runs in check mode, as node and as gateway',
    async () => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'package.tgz'), '');
      const host = (unit: string): Record<string, unknown> => ({
        ansible_connection: 'local',
        ansible_python_interpreter: '/usr/bin/python3',
        bigchaindb_package: join(folder, 'package.tgz'),
        bigchaindb_unit: unit,
        bigchaindb_settings: { BIGCHAINDB_KEYRING: `keys-of-${unit}` },
      });
      const hosts = { node: host('bigchaindb'), gateway: host('bigchaindb-gateway') };
      const inventory = join(folder, 'inventory.json');
      writeFileSync(inventory, JSON.stringify({ bigchaindb: { hosts } }));
      const said = await succeed(
        'ansible-playbook',
        ['--check', '--diff', '-i', inventory, 'ansible/playbook.yaml'],
        { ...inDeploy, environment },
      );
      expect(said.match(/failed=0/g)).toHaveLength(2);
      for (const name of Object.keys(hosts))
        expect(said).toContain(`changed: [${name}] => (item=bigchaindb-backup.timer)`);
      expect(said).toContain('changed: [gateway] => (item=bigchaindb-gateway.service)');
      // The template has put the setting of the inventory over that of deploy/systemd/settings.env.
      for (const unit of ['bigchaindb', 'bigchaindb-gateway'])
        expect(said).toContain(`+BIGCHAINDB_KEYRING=keys-of-${unit}\n`);
      expect(said).not.toContain('+BIGCHAINDB_KEYRING=\n');
      expect(said).toContain('+BIGCHAINDB_MANAGEMENT_BIND=localhost:9986\n');
    },
  );
});
