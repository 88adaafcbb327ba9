/**
 * The settings as the code reads them: one typed, deeply frozen object derived from the table in `setting-table.ts`,
 * and small questions about the table.
 */

import { SETTINGS, type SettingDefinition } from './setting-table.js';
import type { SettingContext, SettingType } from './setting-types.js';

export type SettingPath = keyof typeof SETTINGS;

type ValueAt<P extends SettingPath> = (typeof SETTINGS)[P]['type'] extends SettingType<infer T> ? T : never;

/** Every setting by its path, before grouping. */
export type FlatSettings = { readonly [P in SettingPath]: ValueAt<P> };

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;
type GroupOf<P extends string> = P extends `${infer Group}.${string}` ? Group : never;

/**
 * The settings as the code reads them, deeply frozen: groups as in the file, names in camel case, so that
 * `database.ca_cert` is `settings.database.caCert`.
 */
export type Settings = {
  readonly [G in GroupOf<SettingPath>]: {
    readonly [P in SettingPath as P extends `${G}.${infer Name}` ? Camel<Name> : never]: ValueAt<P>;
  };
} & {
  readonly [P in SettingPath as P extends `${string}.${string}` ? never : Camel<P>]: ValueAt<P>;
};

/** Paths in the order of the table. */
export const SETTING_PATHS = Object.keys(SETTINGS) as readonly SettingPath[];

/** The definition without its own value type, for code that treats all settings alike. */
export function definitionOf(path: SettingPath): SettingDefinition<unknown> {
  return SETTINGS[path];
}

/** 1.0.1: section 8.1. */
export function environmentVariable(path: string): string {
  return `BIGCHAINDB_${path.replaceAll('.', '_').toUpperCase()}`;
}

/** The default in the form of the configuration file. */
export function defaultOf(path: SettingPath, context: SettingContext): unknown {
  const { default: value } = definitionOf(path);
  return typeof value === 'function' ? value(context) : value;
}

/** Groups of the configuration file, such as `database`. */
export const SETTING_GROUPS: readonly string[] = [
  ...new Set(SETTING_PATHS.filter((path) => path.includes('.')).map((path) => path.split('.')[0] ?? '')),
];

export function isSettingPath(path: string): path is SettingPath {
  return Object.hasOwn(SETTINGS, path);
}

/** Groups, renames to camel case and freezes. */
export function settingsOf(flat: FlatSettings): Settings {
  const tree: Record<string, unknown> = {};
  for (const path of SETTING_PATHS) {
    const [head = '', name] = path.split('.');
    if (name === undefined) tree[camelCase(head)] = flat[path];
    else {
      const group = (tree[head] ?? {}) as Record<string, unknown>;
      group[camelCase(name)] = flat[path];
      tree[head] = group;
    }
  }
  return deepFreeze(tree) as Settings;
}

/** The inverse of `settingsOf`. */
export function flatSettingsOf(settings: Settings): FlatSettings {
  const tree: Readonly<Record<string, unknown>> = { ...settings };
  const flat: Record<string, unknown> = {};
  for (const path of SETTING_PATHS) {
    const [head = '', name] = path.split('.');
    const value = tree[camelCase(head)];
    flat[path] = name === undefined ? value : (value as Readonly<Record<string, unknown>>)[camelCase(name)];
  }
  return flat as FlatSettings;
}

/** The same values as a JSON document of the configuration file's form, `paths` only. */
export function documentOf(flat: FlatSettings, paths: readonly SettingPath[]): Record<string, unknown> {
  const document: Record<string, unknown> = {};
  for (const path of paths) {
    const value = definitionOf(path).type.write(flat[path]);
    const [head = '', name] = path.split('.');
    if (name === undefined) document[head] = value;
    else {
      const group = (document[head] ?? {}) as Record<string, unknown>;
      group[name] = value;
      document[head] = group;
    }
  }
  return document;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

function deepFreeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
