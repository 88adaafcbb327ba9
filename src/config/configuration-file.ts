/**
 * Reads the configuration file and turns it into values by path. 1.0.1 (section 8.1) kept unknown keys silently; here
 * they are refused with the name that may have been meant, because a misspelt setting is a setting that is not set.
 */

import { readFileSync } from 'node:fs';
import { hint } from './nearest-name.js';
import { SettingError } from './setting-error.js';
import { isSettingPath, SETTING_GROUPS, SETTING_PATHS, type SettingPath } from './settings.js';

export const CONFIGURATION_FILE = 'configuration file';

/** Values by path, in the file's own form; null when there is no such file. Throws SettingError. */
export function readConfigurationFile(path: string): Map<SettingPath, unknown> | null {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new SettingError(CONFIGURATION_FILE, `Cannot read the configuration file ${path}: ${message}`);
  }
  return valuesByPath(parseConfiguration(content, path), path);
}

/** Lines that start with `//` are comments, so that the output of `configure --sample` can be used as it is. */
function parseConfiguration(content: string, path: string): Record<string, unknown> {
  let document: unknown;
  try {
    document = JSON.parse(content.replace(/^\s*\/\/.*$/gm, ''));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // 1.0.1: section 8.1, its very words.
    throw new SettingError(
      CONFIGURATION_FILE,
      `Failed to parse the JSON configuration from \`${path}\`, ${why}`,
    );
  }
  if (!isObject(document))
    throw new SettingError(CONFIGURATION_FILE, `The configuration file ${path} does not hold a JSON object`);
  return document;
}

function valuesByPath(document: Record<string, unknown>, file: string): Map<SettingPath, unknown> {
  const values = new Map<SettingPath, unknown>();
  for (const [name, value] of Object.entries(document)) {
    if (isSettingPath(name)) values.set(name, value);
    else if (!SETTING_GROUPS.includes(name)) refuseUnknown(name, file);
    else if (!isObject(value))
      throw new SettingError(name, `${name} in ${file} is not an object of settings`);
    else
      for (const [leaf, inner] of Object.entries(value)) {
        const path = `${name}.${leaf}`;
        if (!isSettingPath(path)) refuseUnknown(path, file);
        else values.set(path, inner);
      }
  }
  return values;
}

function refuseUnknown(path: string, file: string): void {
  if (path === 'consensus_plugin')
    throw new SettingError(
      path,
      `${path} in ${file}: there are no plugins; every node judges by the same rules`,
    );
  const names = [...SETTING_PATHS, ...SETTING_GROUPS];
  throw new SettingError(path, `There is no setting ${path} (in ${file})${hint(path, names)}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
