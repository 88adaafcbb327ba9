/**
 * Danger: administration for whoever finds the port, or a token that can be guessed by its answers. Method: a real
 * management listener before a node that notes what it is asked for.
 */
import type { JsonObject } from '../../../src/codec/json-value.js';
import type { LogLevel } from '../../../src/runtime/runtime.js';
import { Administration, type AdministrationPorts } from '../../../src/web/administration.js';
import { Readiness } from '../../../src/web/health.js';
import { createManagement, type Management } from '../../../src/web/management.js';
import { FakeLedger } from '../../compat/support/fake-ledger.js';
import { type QuietRuntime, quietRuntime } from '../../compat/support/quiet-runtime.js';

const TOKEN = 'a-token-of-the-operator';

let management: Management;
let runtime: QuietRuntime;
let base: string;
const levels: Record<string, LogLevel> = { '*': 'info' };
let refusesBackup: boolean;
let problems: string[];

async function start(token: string | null): Promise<void> {
  runtime = quietRuntime();
  refusesBackup = false;
  problems = [];
  const ledger = new FakeLedger();
  const readiness = new Readiness(ledger);
  const ports: AdministrationPorts = {
    readiness,
    status: () => ({ height: 7 }),
    logControl: {
      levels: () => levels,
      setLevel: (folder, level) => {
        levels[folder ?? '*'] = level;
      },
      reopen: () => undefined,
    },
    startBackup: () =>
      refusesBackup ? { started: false, reason: 'A backup is being made.' } : { started: true },
    backup: () => ({ status: 'running' }),
    reload: () => problems,
  };
  const administration = new Administration({ ports, token, logger: runtime.logger('web') });
  const address = { host: '127.0.0.1', port: 0 };
  management = createManagement({ address, runtime, ledger, readiness, administration });
  base = `http://127.0.0.1:${(await management.listen()).port}`;
}
beforeEach(() => start(TOKEN));
afterEach(() => management.close());

interface Told {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Headers;
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  authorization = `Bearer ${TOKEN}`,
): Promise<Told> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const response = await fetch(base + path, { method, body: text, headers: { authorization } });
  return { status: response.status, body: (await response.json()) as JsonObject, headers: response.headers };
}

test.each([
  ['no token', ''],
  ['another token', `Bearer ${TOKEN}x`],
  ['the token in another scheme', `Basic ${TOKEN}`],
  ['an empty token', 'Bearer '],
])('%s is refused, and nothing is done', async (_name, authorization) => {
  const { status, headers } = await ask('PUT', '/drain', { drain: true }, authorization);
  expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect((await fetch(`${base}/readyz`)).status).toBe(200);
  expect(headers.get('access-control-allow-origin')).toBeNull();
});

test('without a token set there is no administration, only metrics and health', async () => {
  await management.close();
  await start(null);
  for (const authorization of ['', 'Bearer ', `Bearer ${TOKEN}`])
    expect((await ask('GET', '/status', undefined, authorization)).status).toBe(403);
  expect((await fetch(`${base}/metrics`)).status).toBe(200);
  expect((await fetch(`${base}/livez`)).status).toBe(200);
});

test('the status', async () => {
  expect(await ask('GET', '/status')).toMatchObject({ status: 200, body: { height: 7 } });
});

test('levels of the log are read and set', async () => {
  const set = await ask('PUT', '/log-levels', { folder: 'pipelines', level: 'debug' });
  expect([set.status, set.body]).toEqual([200, { '*': 'info', pipelines: 'debug' }]);
  expect((await ask('PUT', '/log-levels', { level: 'error' })).body).toMatchObject({ '*': 'error' });
  expect((await ask('GET', '/log-levels')).body).toEqual({ '*': 'error', pipelines: 'debug' });
  for (const wrong of [{ level: 'loud' }, {}, { folder: 7, level: 'info' }, [], '[', '1.5'])
    expect((await ask('PUT', '/log-levels', wrong)).status).toBe(400);
});

test('a drained node is not ready until it is told otherwise', async () => {
  expect((await ask('PUT', '/drain', { drain: true })).body).toEqual({ drain: true });
  const ready = await fetch(`${base}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'not ready', reasons: ['an operator drains the node'] },
  ]);
  expect((await fetch(`${base}/livez`)).status).toBe(200);
  await ask('PUT', '/drain', { drain: false });
  expect((await fetch(`${base}/readyz`)).status).toBe(200);
});

test('a backup is started, or the reason given', async () => {
  expect(await ask('POST', '/backup')).toMatchObject({ status: 202, body: { status: 'running' } });
  refusesBackup = true;
  expect(await ask('POST', '/backup')).toMatchObject({
    status: 409,
    body: { message: 'A backup is being made.' },
  });
});

test('a reload that fails says why', async () => {
  expect(await ask('POST', '/reload')).toMatchObject({ status: 200, body: { problems: [] } });
  problems = ['no such file'];
  expect(await ask('POST', '/reload')).toMatchObject({ status: 409, body: { problems } });
});

test('other methods, long bodies and the log', async () => {
  const wrong = await ask('DELETE', '/drain');
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, PUT']);
  expect((await ask('PUT', '/drain', `{"drain": true, "x": "${'y'.repeat(5000)}"}`)).status).toBe(413);
  await ask('PUT', '/drain', { drain: false });
  expect(runtime.lines.filter(({ event }) => event === 'administration.action').at(-1)?.fields).toEqual({
    action: 'PUT /drain',
    status: 200,
  });
  expect(JSON.stringify(runtime.lines)).not.toContain(TOKEN);
});
