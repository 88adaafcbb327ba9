/** Danger: a private key that others can read, a file half written, a secret on the screen. Method: real files. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair } from '../../../src/config/key-pair.js';
import { decodeKey, encodeKey } from '../../../src/config/key-text.js';
import { readSettings } from '../../../src/config/read-settings.js';
import {
  definitionOf,
  environmentVariable,
  flatSettingsOf,
  SETTING_PATHS,
} from '../../../src/config/settings.js';
import {
  configurationText,
  redactedDocument,
  sampleText,
  writeConfigurationFile,
} from '../../../src/config/write-settings.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const context = { home: '/nonexistent', cores: 2 };

test('the file is for its owner only, whatever the umask and the former mode', () => {
  const path = join(folder, 'new/config.json');
  const before = process.umask(0);
  try {
    expect(writeConfigurationFile(path, { b: 1, a: { d: 2, c: 3 } }, { replace: false })).toBe(true);
  } finally {
    process.umask(before);
  }
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).toBe(
    '{\n    "a": {\n        "c": 3,\n        "d": 2\n    },\n    "b": 1\n}\n',
  );
  writeFileSync(join(folder, 'open.json'), '{}', { mode: 0o644 });
  writeConfigurationFile(join(folder, 'open.json'), {}, { replace: true });
  expect(statSync(join(folder, 'open.json')).mode & 0o777).toBe(0o600);
});

test('without replace a file that is there stays as it is, and nothing is left beside it', () => {
  const path = join(folder, 'config.json');
  writeFileSync(path, 'mine');
  expect(writeConfigurationFile(path, { a: 1 }, { replace: false })).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('mine');
  expect(readdirSync(folder)).toEqual(['config.json']);
});

test('a link stays a link', () => {
  writeFileSync(join(folder, 'target'), 'old');
  symlinkSync(join(folder, 'target'), join(folder, 'link'));
  writeConfigurationFile(join(folder, 'link'), { a: 1 }, { replace: true });
  expect(JSON.parse(readFileSync(join(folder, 'target'), 'utf8'))).toEqual({ a: 1 });
  expect(existsSync(join(folder, 'link'))).toBe(true);
});

test('every secret is crossed out, and only secrets', () => {
  const { private: secret } = generateKeyPair();
  const environment = {
    BIGCHAINDB_KEYPAIR_PRIVATE: secret,
    BIGCHAINDB_DATABASE_PASSWORD: 'password-secret',
    BIGCHAINDB_DATABASE_KEYFILE_PASSPHRASE: 'passphrase-secret',
    BIGCHAINDB_DATABASE_LOGIN: 'operator',
    BIGCHAINDB_TLS_CERTFILE: '/certificates/node.pem',
    BIGCHAINDB_TLS_KEYFILE: '/certificates/node.key',
    BIGCHAINDB_TLS_KEYFILE_PASSPHRASE: 'tls-passphrase-secret',
    BIGCHAINDB_MANAGEMENT_TOKEN: 'management-token-secret',
  };
  const { flat } = readSettings({ configPath: null, environment, commandLine: {}, context });
  const shown = configurationText(redactedDocument(flat));
  for (const word of [secret, 'password-secret', 'passphrase-secret', 'token-secret'])
    expect(shown).not.toContain(word);
  expect(shown.match(/x{45}/g)).toHaveLength(5);
  expect(shown).toContain('operator');
  const secrets = SETTING_PATHS.filter((path) => definitionOf(path).secret);
  expect(secrets).toEqual([
    'keypair.private',
    'database.password',
    'database.keyfile_passphrase',
    'tls.keyfile_passphrase',
    'management.token',
  ]);
});

test('the settings of a running node give back what they were made of', () => {
  const environment = {
    BIGCHAINDB_SERVER_TRUSTED_PROXIES: '10.0.0.0/8,::1',
    BIGCHAINDB_BLOCK_INTERVAL_MS: '7',
  };
  const { flat, settings } = readSettings({ configPath: null, environment, commandLine: {}, context });
  expect(flatSettingsOf(settings)).toEqual(flat);
});

test('the sample names every setting and can be used as it is', () => {
  const sample = sampleText(context);
  for (const path of SETTING_PATHS) {
    expect(sample).toContain(environmentVariable(path));
    expect(sample).toContain(definitionOf(path).description);
  }
  const path = join(folder, 'sample.json');
  writeFileSync(path, sample);
  const sources = { environment: {}, commandLine: {}, context };
  const read = readSettings({ ...sources, configPath: path });
  expect(read.settings).toEqual(readSettings({ ...sources, configPath: null }).settings);
  expect(read.notes).toEqual([]);
});

test('keys survive base58, leading zeros too', () => {
  for (const bytes of [
    Buffer.alloc(32),
    Buffer.alloc(32, 255),
    Buffer.from(`${'00'.repeat(3)}${'a7'.repeat(29)}`, 'hex'),
  ])
    expect(decodeKey(encodeKey(bytes))).toEqual(bytes);
  for (const wrong of [
    '',
    '0',
    'l'.repeat(43),
    '1'.repeat(31),
    '1'.repeat(33),
    'z'.repeat(44),
    'z'.repeat(4000),
  ])
    expect(decodeKey(wrong)).toBeNull();
});
