/**
 * Danger: a node that does not stop, stops with the wrong code, or buries the reason in a stack trace. Method: the
 * real command in a real process, around a node whose behaviour the test chooses.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair } from '../../src/config/key-pair.js';
import { makeHome, type RunningCommand, runCommand, startCommand } from './run-command.js';

const program = join(__dirname, 'fake-node-process.ts');

let home: string;
let remove: () => void;
beforeEach(() => {
  ({ home, remove } = makeHome());
});
afterEach(() => remove());

function startFake(
  behaviour: string,
  parameters: readonly string[] = [],
  environment: Record<string, string> = {},
): RunningCommand {
  const variables = { BEHAVIOUR: behaviour, ...environment };
  return startCommand(parameters, { home, program, environment: variables });
}

test('the first start makes a configuration for its owner only, says so, and prints where the node is', async () => {
  const first = startFake('');
  await first.until(/"event":"ready"/);
  first.child.kill('SIGTERM');
  const { exitCode, stdout, stderr } = await first.finished;
  expect(exitCode).toBe(0);
  const path = join(home, '.bigchaindb');
  expect(stderr).toContain(`Configuration with a new key pair written to ${path} (mode 0600)`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const { keypair } = JSON.parse(readFileSync(path, 'utf8'));
  expect(stdout).toContain(keypair.public);
  expect(stdout).toContain('http://localhost:1/');
  expect(stdout + stderr).not.toContain(keypair.private);

  const second = startFake('');
  await second.until(/"event":"ready"/);
  second.child.kill('SIGINT');
  expect((await second.finished).stdout).toContain(keypair.public);
});

test('where the default log file cannot be, the node goes on without it and says so', async () => {
  mkdirSync(join(home, 'bigchaindb.log'));
  const run = startFake('');
  await run.until(/"event":"ready"/);
  run.child.kill('SIGTERM');
  const { exitCode, stderr } = await run.finished;
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('log.no_file')]);
});

test('a temporary key pair leaves no file', async () => {
  const run = startFake('', ['--dev-allow-temp-keypair']);
  await run.until(/"event":"ready"/);
  run.child.kill('SIGTERM');
  expect((await run.finished).exitCode).toBe(0);
  expect(() => statSync(join(home, '.bigchaindb'))).toThrow();
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s drains and ends with 0', async (signal) => {
  const run = startFake('');
  await run.until(/"event":"ready"/);
  run.child.kill(signal);
  const { exitCode, stdout } = await run.finished;
  expect(exitCode).toBe(0);
  expect(stdout.match(/draining/g)).toHaveLength(1);
});

test('SIGHUP without a terminal is a reload, and the node goes on', async () => {
  const run = startFake('');
  await run.until(/"event":"ready"/);
  run.child.kill('SIGHUP');
  await run.until(/reloading/);
  run.child.kill('SIGTERM');
  const { exitCode, stdout } = await run.finished;
  expect([exitCode, stdout.match(/reloading|draining/g)]).toEqual([0, ['reloading', 'draining']]);
});

test('a second signal ends a node that hangs, with 1', async () => {
  const run = startFake('hangs');
  await run.until(/"event":"ready"/);
  run.child.kill('SIGTERM');
  await run.until(/draining/);
  run.child.kill('SIGTERM');
  const { exitCode, signal } = await run.finished;
  expect([exitCode, signal]).toEqual([1, null]);
});

test('a stop that takes too long ends with 1 by itself', async () => {
  const run = startFake('hangs', [], { BIGCHAINDB_SERVER_DRAIN_TIMEOUT_MS: '1' });
  await run.until(/"event":"ready"/);
  run.child.kill('SIGTERM');
  const { exitCode, stderr } = await run.finished;
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('stop.too_slow')]);
}, 30_000);

test('a signal during the start stops the node once it has started', async () => {
  const run = startFake('slow start');
  await run.until(/starting/);
  run.child.kill('SIGTERM');
  const { exitCode, stdout } = await run.finished;
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('draining')]);
});

test.each(['rejection', 'exception'])('%s that nobody caught: logged, exit 1', async (behaviour) => {
  const { exitCode, stderr } = await startFake(behaviour).finished;
  expect(exitCode).toBe(1);
  expect(stderr).toContain('Stopped by an internal fault: nobody caught this');
  expect(stderr).toContain('"event":"fault.uncaught"');
  expect(stderr).not.toContain('    at ');
  expect(readFileSync(join(home, 'bigchaindb-errors.log'), 'utf8')).toContain('fault.uncaught');
});

test('a node that stops by itself gives its reason and its exit code', async () => {
  const { exitCode, stderr } = await startFake('invariant').finished;
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining('Stopped: a decided height would change\n'),
  ]);
});

test('a failed start is one sentence; the stack only at level debug', async () => {
  const quiet = await startFake('port taken').finished;
  expect(quiet.exitCode).toBe(1);
  expect(quiet.stderr).toContain('Cannot start: server.bind: localhost:9984 is taken\n');
  expect(quiet.stderr).not.toContain('    at ');
  const broken = await startFake('broken store').finished;
  expect(broken.stderr).toContain(`Cannot start: Setting database.path: The store ${home}/.bigchaindb-data/`);
  const loud = await startFake('port taken', ['debug']).finished;
  expect(loud.stderr).toContain('    at ');
});

test('FAILPOINT kills the process at the named hit; an unknown name is refused', async () => {
  const killed = await startFake('failpoint', [], { FAILPOINT: 'vote.after_write:1' }).finished;
  expect(killed.signal).toBe('SIGKILL');
  const refused = await runCommand(['start'], { home, environment: { FAILPOINT: 'nonsense:1' } });
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('FAILPOINT=nonsense:1')]);
});

test.each<[string, unknown, readonly string[], RegExp]>([
  ['a file without keys', {}, ['start'], /no keypair found/],
  ['only a public key', { keypair: { public: generateKeyPair().public } }, ['start'], /no keypair found/],
  [
    'a MongoDB that is not there',
    {
      keypair: generateKeyPair(),
      database: { backend: 'mongodb', host: '127.0.0.1', port: 1, connection_timeout: 100, max_tries: 2 },
    },
    ['start'],
    /Cannot start: Cannot connect to the Database\. Giving up\./,
  ],
  [
    '--no-init without a database',
    { keypair: generateKeyPair() },
    ['start', '--no-init'],
    /database\.path: there is no database/,
  ],
  ['init without keys', {}, ['init'], /no keypair found/],
  [
    'a log file in a place that cannot be',
    { keypair: generateKeyPair(), log: { file: '/dev/null/x' } },
    ['start'],
    /^Setting log\.file: /,
  ],
])('%s: exit 1 before anything is touched', async (_name, file, parameters, message) => {
  writeFileSync(join(home, '.bigchaindb'), JSON.stringify(file));
  const { exitCode, stdout, stderr } = await runCommand(parameters, { home });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('    at ');
  expect(() => statSync(join(home, '.bigchaindb-data'))).toThrow();
});
