/**
 * Puts the settings together: defaults, then the file, then the environment, then the command line, each over the one
 * before (1.0.1: section 8.1). The result is checked, typed and frozen; what is wrong ends in one SettingError that
 * names the setting and where its value came from.
 */

import { join } from 'node:path';
import { checkSettings } from './check-settings.js';
import { CONFIGURATION_FILE, readConfigurationFile } from './configuration-file.js';
import { CONFIG_PATH_VARIABLE, type Environment, readEnvironment } from './environment.js';
import { publicKeyOf } from './key-pair.js';
import { SettingError, WrongValue } from './setting-error.js';
import type { SettingContext } from './setting-types.js';
import {
  defaultOf,
  definitionOf,
  type FlatSettings,
  SETTING_PATHS,
  type SettingPath,
  type Settings,
  settingsOf,
} from './settings.js';

export interface SettingSources {
  /** `-c`; such a file must exist. Null: `BIGCHAINDB_CONFIG_PATH`, else `~/.bigchaindb`, which need not. */
  readonly configPath: string | null;
  readonly environment: Environment;
  /** Values given on the command line. */
  readonly commandLine: Readonly<Partial<Record<SettingPath, unknown>>>;
  readonly context: SettingContext;
}

export interface ReadSettings {
  readonly settings: Settings;
  readonly flat: FlatSettings;
  readonly file: { readonly path: string; readonly found: boolean };
  /** Settings that some source gave; the others have their defaults. */
  readonly given: ReadonlySet<SettingPath>;
  /** Sentences for the operator about values that do nothing. */
  readonly notes: readonly string[];
}

interface SourcedValue {
  readonly raw: unknown;
  /** Completes «Setting database.port …»; empty for defaults. */
  readonly from: string;
}

/** The path that the sources name for the configuration file. */
export function configurationPath(sources: SettingSources): string {
  const fromEnvironment = sources.environment[CONFIG_PATH_VARIABLE];
  if (sources.configPath !== null) return sources.configPath;
  return fromEnvironment !== undefined && fromEnvironment !== ''
    ? fromEnvironment
    : join(sources.context.home, '.bigchaindb');
}

/** Reads the file, the environment and files that it names; writes nothing. Throws SettingError. */
export function readSettings(sources: SettingSources): ReadSettings {
  const path = configurationPath(sources);
  const file = readConfigurationFile(path);
  if (file === null && sources.configPath !== null)
    throw new SettingError(CONFIGURATION_FILE, `There is no configuration file ${path}`);
  const environment = readEnvironment(sources.environment);
  const values: Record<string, unknown> = {};
  const given = new Set<SettingPath>();
  for (const setting of SETTING_PATHS) {
    const sourced = chooseValue(setting, file, environment.values.get(setting), sources);
    if (sourced.from !== '') given.add(setting);
    values[setting] = readValue(setting, sourced, sources.context);
  }
  const flat = deriveDefaults(values as FlatSettings);
  checkSettings(flat);
  const notes = [...environment.notes, ...notesOnEffects(flat, given, sources.context)];
  return { settings: settingsOf(flat), flat, file: { path, found: file !== null }, given, notes };
}

/** The settings of a node that nobody configured, with `values` over the defaults. For tests and tools. */
export function settingsFrom(
  values: Readonly<Partial<Record<SettingPath, unknown>>>,
  context: SettingContext,
): Settings {
  const flat: Record<string, unknown> = {};
  for (const setting of SETTING_PATHS) {
    const raw = values[setting] ?? defaultOf(setting, context);
    flat[setting] = readValue(setting, { raw, from: '' }, context);
  }
  const derived = deriveDefaults(flat as FlatSettings);
  checkSettings(derived);
  return settingsOf(derived);
}

function chooseValue(
  setting: SettingPath,
  file: ReadonlyMap<SettingPath, unknown> | null,
  environment: { readonly value: string; readonly variable: string } | undefined,
  sources: SettingSources,
): SourcedValue {
  const fromCommandLine = sources.commandLine[setting];
  if (fromCommandLine !== undefined) return { raw: fromCommandLine, from: ' on the command line' };
  if (environment !== undefined) return { raw: environment.value, from: ` (${environment.variable})` };
  if (file?.has(setting)) return { raw: file.get(setting), from: ` in ${configurationPath(sources)}` };
  return { raw: defaultOf(setting, sources.context), from: '' };
}

function readValue(setting: SettingPath, { raw, from }: SourcedValue, context: SettingContext): unknown {
  const { type, secret } = definitionOf(setting);
  try {
    return type.read(raw, context);
  } catch (error) {
    if (!(error instanceof WrongValue)) throw error;
    const why = secret ? `the value is not ${type.expected}` : error.message;
    throw new SettingError(setting, `Setting ${setting}${from}: ${why}`);
  }
}

/** A private key alone is enough: the public one follows from it. */
function deriveDefaults(flat: FlatSettings): FlatSettings {
  const privateKey = flat['keypair.private'];
  if (privateKey === null || flat['keypair.public'] !== null) return flat;
  return { ...flat, 'keypair.public': publicKeyOf(privateKey) };
}

/** What was set and does nothing, apart from values that 1.0.1 itself wrote into every file. */
function notesOnEffects(
  flat: FlatSettings,
  given: ReadonlySet<SettingPath>,
  context: SettingContext,
): string[] {
  const notes: string[] = [];
  for (const setting of given) {
    const { type, withoutEffect, mongodbOnly } = definitionOf(setting);
    const usual = type.write(type.read(defaultOf(setting, context), context));
    if (JSON.stringify(type.write(flat[setting])) === JSON.stringify(usual)) continue;
    if (withoutEffect !== null) notes.push(`The setting ${setting} has no effect: ${withoutEffect}`);
    else if (mongodbOnly && flat['database.backend'] !== 'mongodb')
      notes.push(
        `The setting ${setting} has no effect while database.backend is ${flat['database.backend']}`,
      );
  }
  return notes;
}
