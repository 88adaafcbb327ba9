/**
 * Danger: an operator's 1.0.1 configuration means something else here. Method: the observed resolutions of the
 * original are replayed; every difference must be one that is named below, with its reason.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../../src/config/read-settings.js';
import { SettingError } from '../../../src/config/setting-error.js';
import { documentOf, SETTING_PATHS } from '../../../src/config/settings.js';

interface Vector {
  readonly name: string;
  readonly env?: Record<string, string>;
  readonly file?: unknown;
  readonly file_raw?: string;
  readonly explicit_config_file?: string;
  readonly result: { readonly config?: Record<string, unknown>; readonly exception?: string };
}

const { cases } = JSON.parse(readFileSync(join(__dirname, '../../vectors/config.json'), 'utf8')) as {
  cases: Vector[];
};

/** Path → our value, where it differs from 1.0.1's in every case. */
const EVERYWHERE: Record<string, unknown> = {
  // A dead node must not hold transactions for two minutes (architecture, section 10).
  backlog_reassign_delay: 10,
  // No packets to anybody unless asked for.
  'graphite.host': null,
};

/** Case → path → our value. */
const DIFFERENCES: Record<string, Record<string, unknown>> = {
  'defaults, no environment (rethinkdb)': {
    // The embedded store is the default; RethinkDB is refused by name.
    'database.backend': 'embedded',
    'database.port': 27017,
  },
  // A keyring with one empty member never matched anybody (1.0.1: section 10.4, 25).
  'keyring env empty string': { keyring: [] },
  // "false" is false.
  'ssl=false string is truthy': { 'database.ssl': false },
  'backlog delay from env': { backlog_reassign_delay: 30 },
  graphite: { 'graphite.host': '10.0.0.5' },
  // Every setting has its variable, whatever the file holds.
  'env replicaset is ignored when the key is absent from the merged config': {
    'database.replicaset': 'rs9',
    'database.port': 27017,
  },
  // null means «not given».
  'null values in file': { keyring: [] },
};

/** Case → the setting that is refused here. 1.0.1 either ended in a traceback or took values that cannot work. */
const REFUSED: Record<string, string> = {
  'keyring env single': 'keyring',
  'keypair from env': 'keypair.public',
  'database port not a number': 'database.port',
  'ws port not a number': 'wsserver.port',
  'file not an object': 'configuration file',
  'missing explicit file': 'configuration file',
  'file strings are coerced to the default type': 'keyring',
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-vectors-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function resolveCase(vector: Vector, index: number): Record<string, unknown> {
  let configPath: string | null = null;
  const content = vector.file_raw ?? (vector.file === undefined ? undefined : JSON.stringify(vector.file));
  if (content !== undefined) {
    configPath = join(folder, `${index}.json`);
    writeFileSync(configPath, content);
  } else if (vector.explicit_config_file !== undefined) configPath = join(folder, 'missing.json');
  const { flat } = readSettings({
    configPath,
    environment: vector.env ?? {},
    commandLine: {},
    context: { home: '/home/node', cores: 2 },
  });
  return documentOf(flat, SETTING_PATHS);
}

function leaves(document: Record<string, unknown>, prefix = ''): [string, unknown][] {
  return Object.entries(document).flatMap(([name, value]): [string, unknown][] => {
    const path = `${prefix}${name}`;
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isGroup && path !== 'log.granular_levels'
      ? leaves(value as Record<string, unknown>, `${path}.`)
      : [[path, value]];
  });
}

test.each(cases.map((vector, index) => [vector.name, vector, index] as const))(
  '%s',
  (name, vector, index) => {
    const refused = REFUSED[name];
    if (refused !== undefined) {
      let setting: string | null = null;
      try {
        resolveCase(vector, index);
      } catch (error) {
        expect(error).toBeInstanceOf(SettingError);
        setting = (error as SettingError).setting;
      }
      expect(setting).toBe(refused);
      return;
    }
    const ours = new Map(leaves(resolveCase(vector, index)));
    const named = { ...EVERYWHERE, ...DIFFERENCES[name] };
    const unnamed = leaves(vector.result.config ?? {}).filter(([path, value]) => {
      if (path === 'CONFIGURED') return false; // A mark inside the original process, never written to a file.
      const expected = Object.hasOwn(named, path) ? named[path] : value;
      return JSON.stringify(ours.get(path)) !== JSON.stringify(expected);
    });
    expect(unnamed.map(([path]) => [path, ours.get(path)])).toEqual([]);
  },
);

test('no named difference is left over', () => {
  const names = cases.map(({ name }) => name);
  for (const name of [...Object.keys(DIFFERENCES), ...Object.keys(REFUSED)]) expect(names).toContain(name);
  expect(cases.length).toBeGreaterThan(15);
});
