/**
 * Danger: a setting that silently does not take effect, or a contradiction found only after data was touched
 * (1.0.1: section 10.4, 25). Method: real files and environments in a temporary home.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair, publicKeyOf } from '../../../src/config/key-pair.js';
import { type ReadSettings, readSettings, settingsFrom } from '../../../src/config/read-settings.js';
import { SettingError } from '../../../src/config/setting-error.js';
import {
  definitionOf,
  environmentVariable,
  SETTING_PATHS,
  type SettingPath,
} from '../../../src/config/settings.js';

const mine = generateKeyPair();
const [a, b] = [generateKeyPair().public, generateKeyPair().public];
const pair = { public: mine.public, private: mine.private };

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

interface Given {
  file?: unknown;
  environment?: Record<string, string>;
  commandLine?: Partial<Record<SettingPath, unknown>>;
}

function read({ file, environment = {}, commandLine = {} }: Given): ReadSettings {
  if (file !== undefined)
    writeFileSync(join(home, '.bigchaindb'), typeof file === 'string' ? file : JSON.stringify(file));
  return readSettings({ configPath: null, environment, commandLine, context: { home, cores: 8 } });
}

function refusal(given: Given): SettingError {
  try {
    read(given);
  } catch (error) {
    if (error instanceof SettingError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

test('defaults, frozen, and the home folder in paths', () => {
  const { settings, notes, file } = read({});
  expect(settings.server.bind).toEqual({ host: 'localhost', port: 9984 });
  expect(settings.database).toMatchObject({ backend: 'embedded', path: join(home, '.bigchaindb-data') });
  expect(settings.backlogReassignDelay).toBe(10);
  expect(settings.checker.threads).toBe(2);
  expect(settings.log.file).toBe(join(home, 'bigchaindb.log'));
  expect(file).toEqual({ path: join(home, '.bigchaindb'), found: false });
  expect(notes).toEqual([]);
  expect(() => Object.assign(settings.server.bind, { port: 1 })).toThrow(TypeError);
  expect(settingsFrom({}, { home, cores: 8 })).toEqual(settings);
});

test('each source goes before the one below it', () => {
  const file = { database: { name: 'file' }, block_interval_ms: 1, wsserver: { port: 1000 } };
  const environment = { BIGCHAINDB_DATABASE_NAME: 'environment', BIGCHAINDB_BLOCK_INTERVAL_MS: '2' };
  const { settings } = read({ file, environment, commandLine: { block_interval_ms: 3 } });
  expect(settings.wsserver.port).toBe(1000);
  expect(settings.database.name).toBe('environment');
  expect(settings.blockIntervalMs).toBe(3);
});

test('every setting can be given by its environment variable', () => {
  const samples: Partial<Record<SettingPath, string>> = {
    'keypair.public': mine.public,
    'keypair.private': mine.private,
    keyring: `${a}:${b}`,
    'federation.changes': JSON.stringify([{ height: 7, members: [a, b, mine.public], rules: 1 }]),
    'log.granular_levels': 'web=debug:store=error',
    'log.file': '/tmp/one.log',
    'view.payload_indexes': 'asset.type:metadata.owner',
    'database.backend': 'mongodb',
    'database.name': 'other',
    'server.bind': '[::1]:0',
    'management.bind': '10.0.0.1:9100',
    'management.token': 'sixteen characters'.replace(' ', '-'),
    'server.trusted_proxies': '10.0.0.0/8, fd00::/8,192.0.2.7',
    'server.cors_origins': 'https://wallet.example, http://localhost:3000',
    'crypto.ed25519': 'node:crypto',
    'log.format_console': 'json',
    'wsserver.scheme': 'wss',
    'wsserver.advertised_scheme': 'wss',
  };
  const environment: Record<string, string> = {};
  for (const path of SETTING_PATHS) {
    const { expected } = definitionOf(path).type;
    const range = /from (-?\d+) to/.exec(expected);
    const plain = expected.includes('whole number')
      ? String(Math.max(Number(range?.[1]), 9))
      : /level|debug/.test(expected)
        ? 'error'
        : 'true';
    environment[environmentVariable(path)] = samples[path] ?? plain;
  }
  environment.BIGCHAINDB_SERVER_REQUEST_BYTES_MAX = '2000000';
  environment.BIGCHAINDB_LOG_LEVEL_CONSOLE = 'WARNING';
  const { settings, flat } = read({ environment });
  for (const path of SETTING_PATHS) expect([path, flat[path]]).not.toEqual([path, null]);
  expect(settings.keyring).toEqual([a, b]);
  expect(settings.federation.changes[0]?.height).toBe(7);
  expect(settings.log.granularLevels).toEqual({ web: 'debug', store: 'error' });
  expect(settings.log.levelConsole).toBe('warn');
  expect(settings.view.payloadIndexes).toEqual(['asset.type', 'metadata.owner']);
  expect(settings.server.bind).toEqual({ host: '::1', port: 0 });
  expect(settings.database.caCert).toMatch(/true$/);
  expect(settings.server.trustedProxies).toEqual([
    { address: '10.0.0.0', family: 'ipv4', prefix: 8 },
    { address: 'fd00::', family: 'ipv6', prefix: 8 },
    { address: '192.0.2.7', family: 'ipv4', prefix: 32 },
  ]);
  expect(settings.server.corsOrigins).toEqual(['https://wallet.example', 'http://localhost:3000']);
});

test.each<[SettingPath, string, RegExp]>([
  ['server.trusted_proxies', '10.0.0.0/33', /10\.0\.0\.0\/33.* is not an address or a network/],
  ['server.trusted_proxies', '10.0.0', /is not an address or a network/],
  ['server.trusted_proxies', 'proxy.example', /is not an address or a network/],
  ['server.cors_origins', 'wallet.example', /is not an origin/],
  ['server.cors_origins', 'https://wallet.example/', /is not an origin/],
  ['server.cors_origins', 'https://wallet.example:443', /is not an origin/],
  ['management.token', 'too short', /the value is not a text of 16 or more/],
  ['management.token', 'with spaces in between', /the value is not a text of 16 or more/],
  ['tls.certfile', '/c.pem', /Setting tls\.keyfile: is missing beside tls\.certfile/],
  ['tls.keyfile', '/c.key', /Setting tls\.certfile: is missing beside tls\.keyfile/],
  ['tls.client_ca_cert', '/ca.pem', /Setting tls\.client_ca_cert: is set without tls\.certfile/],
  ['server.rate_limit_per_second', '0', /from 1 to/],
])('%s given as «%s» is refused', (path, value, message) => {
  const environment = { [environmentVariable(path)]: value };
  expect(() => read({ environment })).toThrow(message);
});

test.each([
  ['false', false],
  ['False', false],
  ['0', false],
  ['off', false],
  ['', false],
  ['true', true],
  ['YES', true],
  ['1', true],
])('a flag given as «%s» is %s', (text, value) => {
  expect(read({ environment: { BIGCHAINDB_DATABASE_SSL: text } }).settings.database.ssl).toBe(value);
});

test.each<[string, Given, string, RegExp]>([
  [
    'a text for a number',
    { environment: { BIGCHAINDB_WSSERVER_PORT: 'x' } },
    'wsserver.port',
    /BIGCHAINDB_WSSERVER_PORT\): "x" is not a whole number from 0 to 65535/,
  ],
  [
    'a number out of range',
    { file: { wsserver: { port: 70000 } } },
    'wsserver.port',
    /\.bigchaindb: 70000 is not a whole number/,
  ],
  ['half a number', { file: { block_interval_ms: 1.5 } }, 'block_interval_ms', /1\.5 is not/],
  ['a word for a flag', { file: { database: { ssl: 'maybe' } } }, 'database.ssl', /true or false/],
  ['an address without a port', { file: { server: { bind: 'localhost' } } }, 'server.bind', /host:port/],
  ['a level that is a number', { file: { log: { level_console: 10 } } }, 'log.level_console', /debug, info/],
  [
    'another store',
    { file: { database: { backend: 'rethinkdb' } } },
    'database.backend',
    /RethinkDB is not supported/,
  ],
  ['a group that is not an object', { file: { database: 'x' } }, 'database', /not an object/],
  ['a misspelt group', { file: { databse: { host: 'x' } } }, 'databse', /did you mean database\?/],
  ['a misspelt setting', { file: { server: { bnid: 'x:1' } } }, 'server.bnid', /did you mean server\.bind\?/],
  ['a plug-in', { file: { consensus_plugin: 'x' } }, 'consensus_plugin', /no plugins/],
  ['bad JSON', { file: '{"a": }' }, 'configuration file', /Failed to parse the JSON configuration from `/],
  ['a list as the file', { file: '[1]' }, 'configuration file', /JSON object/],
  ['a short key', { file: { keyring: ['abc'] } }, 'keyring', /base58/],
  ['own key in the keyring', { file: { keypair: pair, keyring: [a, mine.public] } }, 'keyring', /own key/],
  ['a key twice', { file: { keyring: [a, a] } }, 'keyring', /twice/],
  [
    'a key pair that does not match',
    { file: { keypair: { ...pair, public: a } } },
    'keypair.public',
    /does not belong/,
  ],
  [
    'one log for two purposes',
    { file: { log: { file: '/tmp/x', error_file: '/tmp/x' } } },
    'log.error_file',
    /same file/,
  ],
  [
    'a page above its limit',
    { file: { graphql: { page_size_default: 101 } } },
    'graphql.page_size_default',
    /page_size_max/,
  ],
  [
    'a body below a transaction',
    { file: { server: { request_bytes_max: 2000 } } },
    'server.transaction_bytes_max',
    /request_bytes_max/,
  ],
  [
    'metrics on the API',
    { file: { management: { bind: 'localhost:9984' } } },
    'management.bind',
    /server\.bind/,
  ],
  [
    'heights out of order',
    { file: { federation: { changes: [9, 9].map((height) => ({ height, members: [a] })) }, keyring: [a] } },
    'federation.changes',
    /9 does not follow 9/,
  ],
  [
    'rules that this version does not know',
    { file: { federation: { changes: [{ height: 9, members: [a], rules: 2 }] }, keyring: [a] } },
    'federation.changes',
    /rules 2 are unknown to this program, which judges by rules 1/,
  ],
  [
    'a keyring that lacks a member',
    {
      file: {
        keypair: pair,
        federation: { changes: [{ height: 5, members: [a, b, mine.public] }] },
        keyring: [a],
      },
    },
    'keyring',
    new RegExp(`lacks ${b}`),
  ],
  [
    'a keyring with a former member',
    {
      file: {
        keypair: pair,
        federation: { changes: [{ height: 5, members: [a, mine.public] }] },
        keyring: [a, b],
      },
    },
    'keyring',
    new RegExp(`holds ${b}`),
  ],
])('%s is refused by name', (_name, given, setting, message) => {
  const error = refusal(given);
  expect(error.setting).toBe(setting);
  expect(error.message).toMatch(message);
});

test('a secret never appears in a refusal', () => {
  const error = refusal({ environment: { BIGCHAINDB_KEYPAIR_PRIVATE: 'hunter2-hunter2' } });
  expect(error.setting).toBe('keypair.private');
  expect(error.message).not.toContain('hunter2');
});

test('a private key alone is enough, also from a file', () => {
  const secret = join(home, 'secret');
  writeFileSync(secret, `${mine.private}\n`);
  const { settings } = read({ environment: { BIGCHAINDB_KEYPAIR_PRIVATE_FILE: secret } });
  expect(settings.keypair).toEqual({ public: mine.public, private: mine.private });
  expect(publicKeyOf(mine.private)).toBe(mine.public);
});

test('a secret in two places, or in a file that is not there, is refused', () => {
  const environment = { BIGCHAINDB_DATABASE_PASSWORD: 'x', BIGCHAINDB_DATABASE_PASSWORD_FILE: '/dev/null' };
  expect(refusal({ environment }).message).toMatch(/both set/);
  const missing = { BIGCHAINDB_KEYPAIR_PRIVATE_FILE: join(home, 'nothing') };
  expect(refusal({ environment: missing }).message).toMatch(/BIGCHAINDB_KEYPAIR_PRIVATE_FILE.*ENOENT/);
});

test('a variable that names no setting is reported with the name that was meant', () => {
  const environment = {
    BIGCHAINDB_DATABASE_MAXTRIES: '3', // The original's own Kubernetes file.
    BIGCHAINDB_SERVICE_HOST: '10.0.0.1',
    BIGCHAINDB_CONFIG_PATH: join(home, 'elsewhere'),
  };
  const { notes, file } = read({ environment });
  expect(notes).toHaveLength(2);
  expect(notes[0]).toBe(
    'The environment variable BIGCHAINDB_DATABASE_MAXTRIES names no setting; did you mean BIGCHAINDB_DATABASE_MAX_TRIES?',
  );
  expect(file).toEqual({ path: join(home, 'elsewhere'), found: false });
});

test('what does nothing is noted, but not what 1.0.1 wrote into every file', () => {
  const usual = { log: { fmt_console: definitionOf('log.fmt_console').default }, server: { workers: null } };
  expect(read({ file: usual }).notes).toEqual([]);
  const { notes } = read({ file: { server: { workers: 5 }, database: { host: 'mongo' } } });
  expect(notes).toHaveLength(2);
  expect(notes.join()).toMatch(/server\.workers has no effect/);
  expect(notes.join()).toMatch(/database\.host has no effect while database\.backend is embedded/);
});
