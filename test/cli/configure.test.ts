/** Danger: an overwritten key, a key that others can read, a secret on the screen. Method: real processes and files. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair } from '../../src/config/key-pair.js';
import { makeHome, runCommand } from './run-command.js';

let home: string;
let remove: () => void;
beforeEach(() => {
  ({ home, remove } = makeHome());
});
afterEach(() => remove());

const file = (): string => join(home, '.bigchaindb');

test('configure asks in the words of 1.0.1, takes answers and defaults, and asks again for nonsense', async () => {
  const input = 'localhost:1234\n\nexample.org\nnonsense\n2345\n~/ledger\n\n';
  const { exitCode, stdout, stderr } = await runCommand(['configure', 'embedded'], { home, input });
  expect(exitCode).toBe(0);
  expect(stdout).toBe('');
  expect(stderr).toBe(
    'Generating keypair\nGenerating default configuration for backend embedded\n' +
      'API Server bind? (default `localhost:9984`): ' +
      'WebSocket Server scheme? (default `ws`): ' +
      'WebSocket Server host? (default `localhost`): ' +
      'WebSocket Server port? (default `9985`): ' +
      '"nonsense" is not a whole number from 0 to 65535\n' +
      'WebSocket Server port? (default `9985`): ' +
      `Database folder? (default \`${home}/.bigchaindb-data\`): ` +
      'Stale transaction reassignment delay (in seconds)? (default `10`): ' +
      `Configuration written to ${file()}\nReady to go!\n`,
  );
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({
    server: { bind: 'localhost:1234' },
    wsserver: { scheme: 'ws', host: 'example.org', port: 2345 },
    database: { backend: 'embedded', path: join(home, 'ledger') },
  });
});

test.each([
  ['y\n', true],
  ['Y\n', false],
  ['n\n', false],
  ['', false],
])('an existing file is overwritten only after exactly y: %j', async (answer, overwritten) => {
  writeFileSync(file(), '{}');
  const input = `${answer}${'\n'.repeat(8)}`;
  const { exitCode, stderr } = await runCommand(['configure', 'mongodb'], { home, input: answer && input });
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    `Config file \`${file()}\` exists, do you want to override it? (cannot be undone) [y/N]: `,
  );
  expect(readFileSync(file(), 'utf8') !== '{}').toBe(overwritten);
});

test('-y asks nothing, -c chooses the file, and the file can be read back', async () => {
  const path = join(home, 'etc/node.json');
  expect((await runCommand(['-y', '-c', path, 'configure', 'embedded'], { home })).exitCode).toBe(0);
  const { keypair } = JSON.parse(readFileSync(path, 'utf8'));
  const exported = await runCommand(['export-my-pubkey', '-c', path], { home });
  expect([exported.exitCode, exported.stdout]).toEqual([0, `${keypair.public}\n`]);
  expect(existsSync(file())).toBe(false);
});

test('configure rethinkdb says what became of it', async () => {
  const { exitCode, stderr } = await runCommand(['configure', 'rethinkdb'], { home });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/RethinkDB is not supported/);
});

test('the sample of every setting is a usable configuration', async () => {
  const sample = await runCommand(['configure', '--sample'], { home });
  expect(sample.exitCode).toBe(0);
  writeFileSync(file(), sample.stdout);
  const shown = await runCommand(['show-config'], { home });
  expect([shown.exitCode, shown.stderr]).toEqual([0, '']);
  expect(JSON.parse(shown.stdout).server.bind).toBe('localhost:9984');
});

test('show-config crosses out every secret; -l goes before file and environment', async () => {
  const pair = generateKeyPair();
  writeFileSync(file(), JSON.stringify({ keypair: pair, log: { level_console: 'error' } }));
  const environment = { BIGCHAINDB_DATABASE_PASSWORD: 'hunter2', BIGCHAINDB_LOG_LEVEL_LOGFILE: 'error' };
  const { exitCode, stdout } = await runCommand(['-l', 'Warning', 'show-config'], { home, environment });
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain(pair.private);
  expect(stdout).not.toContain('hunter2');
  const shown = JSON.parse(stdout);
  expect(shown.keypair).toEqual({ private: 'x'.repeat(45), public: pair.public });
  expect(shown.database.password).toBe('x'.repeat(45));
  expect([shown.log.level_console, shown.log.level_logfile]).toEqual(['warning', 'warning']);
});

test('export-my-pubkey without a key fails in the words of 1.0.1', async () => {
  const { exitCode, stdout, stderr } = await runCommand(['export-my-pubkey'], { home });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toBe("This node's public key wasn't set anywhere so it can't be exported\n");
});

test('a wrong setting ends any command with 1 and one sentence', async () => {
  const environment = { BIGCHAINDB_DATABASE_PORT: 'abc' };
  const { exitCode, stdout, stderr } = await runCommand(['show-config'], { home, environment });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    'Setting database.port (BIGCHAINDB_DATABASE_PORT): "abc" is not a whole number from 1 to 65535\n',
  );
});

test('set-shards and the replica commands say whom they belong to', async () => {
  const shards = await runCommand(['set-shards', '3'], { home });
  expect([shards.exitCode, shards.stderr]).toEqual([1, expect.stringMatching(/belongs to RethinkDB/)]);
  const replicas = await runCommand(['add-replicas', 'a:1', 'b:2'], { home });
  expect([replicas.exitCode, replicas.stderr]).toEqual([1, expect.stringMatching(/MongoDB backend/)]);
});
