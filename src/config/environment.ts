/**
 * Reads settings from the environment: `BIGCHAINDB_` + path for every leaf (1.0.1: section 8.1), and for secrets also
 * `…_FILE`, the name of a file that holds the value, as orchestrators hand secrets over.
 */

import { readFileSync } from 'node:fs';
import { hint } from './nearest-name.js';
import { SettingError } from './setting-error.js';
import { definitionOf, environmentVariable, SETTING_PATHS, type SettingPath } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where `-c` is not given, the path of the configuration file. */
export const CONFIG_PATH_VARIABLE = 'BIGCHAINDB_CONFIG_PATH';

export interface EnvironmentValue {
  readonly value: string;
  /** The variable it came from, for messages. */
  readonly variable: string;
}

export interface EnvironmentValues {
  readonly values: ReadonlyMap<SettingPath, EnvironmentValue>;
  /** Sentences about variables that name no setting. */
  readonly notes: readonly string[];
}

/** Throws SettingError for a secret's file that cannot be read or a secret given twice. */
export function readEnvironment(environment: Environment): EnvironmentValues {
  const values = new Map<SettingPath, EnvironmentValue>();
  const known = new Set([CONFIG_PATH_VARIABLE]);
  for (const path of SETTING_PATHS) {
    const variable = environmentVariable(path);
    known.add(variable);
    const value = environment[variable];
    if (value !== undefined) values.set(path, { value, variable });
    if (!definitionOf(path).secret) continue;
    const fileVariable = `${variable}_FILE`;
    known.add(fileVariable);
    const file = environment[fileVariable];
    if (file === undefined || file === '') continue;
    if (value !== undefined) throw new SettingError(path, `${variable} and ${fileVariable} are both set`);
    values.set(path, { value: readSecret(path, fileVariable, file), variable: fileVariable });
  }
  return { values, notes: notesOnUnknown(environment, known) };
}

function readSecret(path: SettingPath, variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingError(path, `Setting ${path}: cannot read the file of ${variable}: ${why}`);
  }
}

/**
 * An unknown variable is reported, not refused: orchestrators add their own (`BIGCHAINDB_SERVICE_HOST`) for a service
 * of this name.
 */
function notesOnUnknown(environment: Environment, known: ReadonlySet<string>): string[] {
  const names = [...known];
  return Object.keys(environment)
    .filter((name) => name.startsWith('BIGCHAINDB_') && !known.has(name))
    .sort()
    .map((name) => `The environment variable ${name} names no setting${hint(name, names)}`);
}
