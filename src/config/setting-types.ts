/**
 * What a value of a setting may be: how each type reads a JSON value of the configuration file or a text of the
 * environment, how it is written back, and what it is called in messages. Wrong values throw WrongValue.
 * 1.0.1 (section 8.1) coerced to the type of the default; here the type is said, and "false" is false.
 */

import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { decodeKey } from './key-text.js';
import { LEDGER, MANAGEMENT } from './limits.js';
import { WrongValue } from './setting-error.js';

/** What a value may depend on besides itself. */
export interface SettingContext {
  /** Home folder of the user, for `~/`. */
  readonly home: string;
  /** Processor cores this process may use. */
  readonly cores: number;
}

export interface SettingType<T> {
  /** Completes «… is not». */
  readonly expected: string;
  /** `raw` comes from JSON, or is a string from the environment or the command line. */
  read(raw: unknown, context: SettingContext): T;
  /** As the configuration file holds it. */
  write(value: T): unknown;
}

function wrong(raw: unknown, expected: string): WrongValue {
  const shown = JSON.stringify(raw) ?? String(raw);
  return new WrongValue(`${shown.length > 80 ? `${shown.slice(0, 77)}...` : shown} is not ${expected}`);
}

function define<T>(
  expected: string,
  read: (raw: unknown, context: SettingContext) => T | undefined,
  write: (value: T) => unknown = (value) => value,
): SettingType<T> {
  return {
    expected,
    read(raw, context) {
      const value = read(raw, context);
      if (value === undefined) throw wrong(raw, expected);
      return value;
    },
    write,
  };
}

export const text: SettingType<string> = define('a text', (raw) =>
  typeof raw === 'string' && raw !== '' ? raw : undefined,
);

/** A name that is safe in a file name and as a MongoDB database. */
export const databaseName: SettingType<string> = define('a name of letters, digits, _ and -', (raw) =>
  typeof raw === 'string' && /^[A-Za-z0-9_-]{1,63}$/.test(raw) ? raw : undefined,
);

/** Where a value stands in the payload of a transaction; the view gives it its meaning. */
export const payloadPath: SettingType<string> = define(
  'a path like asset.type or metadata.order.id',
  (raw) =>
    typeof raw === 'string' && /^(?!asset\.data$)(?:asset|metadata)(?:\.[^.]+)+$/.test(raw) ? raw : undefined,
);

export function choice<const C extends string>(...words: readonly C[]): SettingType<C> {
  return define(`one of ${words.join(', ')}`, (raw) => words.find((word) => word === raw));
}

/** A whole number in decimal; 1.0.1's int(). */
export function integer(least: number, most: number): SettingType<number> {
  return define(`a whole number from ${least} to ${most}`, (raw) => {
    const value = typeof raw === 'string' && /^\s*-?[0-9]{1,15}\s*$/.test(raw) ? Number(raw) : raw;
    return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? value
      : undefined;
  });
}

const TRUE_WORDS = ['true', 'yes', 'on', '1'];
const FALSE_WORDS = ['false', 'no', 'off', '0', ''];

/** 1.0.1 took any non-empty text for true, "false" too; nobody meant that. */
export const flag: SettingType<boolean> = define('true or false', (raw) => {
  if (typeof raw === 'boolean') return raw;
  const word = typeof raw === 'string' ? raw.trim().toLowerCase() : null;
  if (word === null) return undefined;
  if (TRUE_WORDS.includes(word)) return true;
  return FALSE_WORDS.includes(word) ? false : undefined;
});

/** Also takes null and the empty text, for «none». */
export function optional<T>(type: SettingType<T>): SettingType<T | null> {
  return {
    expected: `${type.expected} or null`,
    read: (raw, context) => (raw === null || raw === '' ? null : type.read(raw, context)),
    write: (value) => (value === null ? null : type.write(value)),
  };
}

/** A path of a file or folder; `~/` is the home folder, a relative one starts at the working folder. */
export const path: SettingType<string> = define('a path', (raw, context) => {
  if (typeof raw !== 'string' || raw === '' || raw.includes('\0')) return undefined;
  const expanded = raw === '~' || raw.startsWith('~/') ? `${context.home}${raw.slice(1)}` : raw;
  return resolve(expanded);
});

/** Where a listener is bound. */
export interface AddressSetting {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** `host:port` or `[IPv6]:port`. */
export const address: SettingType<AddressSetting> = define(
  'an address of the form host:port',
  (raw) => {
    const match =
      typeof raw === 'string' ? /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]/]+)):([0-9]{1,5})$/.exec(raw) : null;
    const port = Number(match?.[3]);
    if (match === null || port > 65_535) return undefined;
    return { host: match[1] ?? match[2] ?? '', port };
  },
  ({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`),
);

/** A network of addresses: `prefix` is the number of leading bits that its addresses share. */
export interface NetworkSetting {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: number;
}

/** One address, or `address/prefix`. */
export const network: SettingType<NetworkSetting> = define(
  'an address or a network of the form 10.0.0.0/8 or fd00::/8',
  (raw) => {
    const match = typeof raw === 'string' ? /^([0-9a-fA-F:.]+)(?:\/([0-9]{1,3}))?$/.exec(raw.trim()) : null;
    const version = isIP(match?.[1] ?? '');
    if (match?.[1] === undefined || version === 0) return undefined;
    const bits = version === 4 ? 32 : 128;
    const prefix = match[2] === undefined ? bits : Number(match[2]);
    if (prefix > bits) return undefined;
    return { address: match[1].toLowerCase(), family: version === 4 ? 'ipv4' : 'ipv6', prefix };
  },
  (value) => {
    const single = value.prefix === (value.family === 'ipv4' ? 32 : 128);
    return single ? value.address : `${value.address}/${value.prefix}`;
  },
);

/** `*`, or what a browser sends as `Origin`: scheme, host and, where it is not the usual one, port. */
export const origin: SettingType<string> = define('an origin of the form https://host:port, or *', (raw) => {
  const word = typeof raw === 'string' ? raw.trim().toLowerCase() : '';
  if (word === '*') return word;
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/.test(word) || !URL.canParse(word)) return undefined;
  // A browser leaves out the usual port, so an origin that names it would never be met.
  const { origin: usual } = new URL(word);
  return usual === 'null' || usual === word ? word : undefined;
});

/** A password of programs: long enough, and made of what an HTTP header can carry. */
export const token: SettingType<string> = define(
  `a text of ${MANAGEMENT.tokenCharactersMin} or more visible ASCII characters`,
  (raw) =>
    typeof raw === 'string' && /^[\x21-\x7e]+$/.test(raw) && raw.length >= MANAGEMENT.tokenCharactersMin
      ? raw
      : undefined,
);

/** The runtime's words for 1.0.1's levels. */
export type LevelSetting = 'debug' | 'info' | 'warn' | 'error' | 'critical';

const LEVELS: Readonly<Record<string, LevelSetting>> = {
  debug: 'debug',
  info: 'info',
  warning: 'warn',
  warn: 'warn',
  error: 'error',
  critical: 'critical',
};

/** 1.0.1: section 8.2: any case. */
export const level: SettingType<LevelSetting> = define(
  'one of debug, info, warning, error, critical',
  (raw) =>
    typeof raw === 'string' && Object.hasOwn(LEVELS, raw.toLowerCase())
      ? LEVELS[raw.toLowerCase()]
      : undefined,
  (value) => (value === 'warn' ? 'warning' : value),
);

/** A JSON array; in the environment its items separated by `:` (1.0.1: section 8.1), or a JSON array too. */
export function list<T>(item: SettingType<T>): SettingType<readonly T[]> {
  return listOf(item, ':');
}

/** The same for items that hold colons themselves: in the environment they are separated by commas. */
export function separatedList<T>(item: SettingType<T>): SettingType<readonly T[]> {
  return listOf(item, ',');
}

function listOf<T>(item: SettingType<T>, separator: string): SettingType<readonly T[]> {
  const expected = `a list, each item ${item.expected}`;
  return {
    expected,
    read(raw, context) {
      const items = typeof raw === 'string' ? splitList(raw, separator) : raw;
      if (items === null) return [];
      if (!Array.isArray(items)) throw wrong(raw, expected);
      return items.map((each: unknown) => item.read(each, context));
    },
    write: (value) => value.map((each) => item.write(each)),
  };
}

function splitList(raw: string, separator: string): unknown {
  if (raw.trim() === '') return [];
  return raw.trimStart().startsWith('[') ? parseJson(raw) : raw.split(separator);
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

/** Logger name → level. In the environment `name=level:name=level` or a JSON object. */
export const levels: SettingType<Readonly<Record<string, LevelSetting>>> = {
  expected: 'an object of logger names and levels',
  read(raw, context) {
    const value = typeof raw === 'string' ? splitPairs(raw) : raw;
    if (value === null) return {};
    if (typeof value !== 'object' || Array.isArray(value)) throw wrong(raw, this.expected);
    const entries = Object.entries(value ?? {});
    return Object.fromEntries(entries.map(([name, word]) => [name, level.read(word, context)]));
  },
  write: (value) =>
    Object.fromEntries(Object.entries(value).map(([name, word]) => [name, level.write(word)])),
};

function splitPairs(raw: string): unknown {
  if (raw.trim() === '') return {};
  if (raw.trimStart().startsWith('{')) return parseJson(raw);
  const pairs = raw.split(':').map((pair) => pair.split('='));
  return pairs.every((pair) => pair.length === 2) ? Object.fromEntries(pairs) : undefined;
}

/** 32 bytes in base58: a public key, or the seed of a private one (1.0.1: section 1.3). */
export const key: SettingType<string> = define('a base58 ed25519 key', (raw) =>
  typeof raw === 'string' && decodeKey(raw) !== null ? raw : undefined,
);

/** 1.0.1's default store is named, because its files name it. */
export const backend: SettingType<'embedded' | 'mongodb'> = {
  expected: 'one of embedded, mongodb',
  read(raw) {
    if (raw === 'embedded' || raw === 'mongodb') return raw;
    if (raw === 'rethinkdb')
      throw new WrongValue(
        'RethinkDB is not supported, its own makers gave it up; use "embedded" or "mongodb"',
      );
    throw wrong(raw, this.expected);
  },
  write: (value) => value,
};

/** The members of the federation from a height on (architecture, section 4, rule 6). */
export interface FederationChange {
  readonly height: number;
  readonly members: readonly string[];
}

const members = list(key);
const changeHeight = integer(1, Number.MAX_SAFE_INTEGER);

/** Rules of judgement have a version, which changes as the members do: at a height that all operators agree on. */
function checkRules(rules: unknown): void {
  if (rules === undefined || rules === LEDGER.rulesVersion) return;
  throw new WrongValue(
    `rules ${JSON.stringify(rules)} are unknown to this program, which judges by rules ${LEDGER.rulesVersion}: ` +
      'install the version that all operators agreed on',
  );
}

const federationChange: SettingType<FederationChange> = {
  expected: 'an object {"height": h, "members": [keys]} or {"height": h, "members": [keys], "rules": 1}',
  read(raw, context) {
    const names = typeof raw === 'object' && raw !== null ? Object.keys(raw).sort().join() : '';
    if (names !== 'height,members' && names !== 'height,members,rules') throw wrong(raw, this.expected);
    const { height, members: keys, rules } = raw as { height?: unknown; members?: unknown; rules?: unknown };
    checkRules(rules);
    return { height: changeHeight.read(height, context), members: members.read(keys, context) };
  },
  write: ({ height, members: keys }) => ({ height, members: keys }),
};

/** Complete lists; in the environment a JSON array. */
export const federationChanges: SettingType<readonly FederationChange[]> = list(federationChange);
