/** Finds the settings of a node that is to start, and makes a configuration with a key pair where there is none. */

import { generateKeyPair } from '../config/key-pair.js';
import { type ReadSettings, readSettings } from '../config/read-settings.js';
import { SettingError } from '../config/setting-error.js';
import { type Settings, settingsOf } from '../config/settings.js';
import { writeConfigurationFile } from '../config/write-settings.js';
import { type CommandContext, readSettingsAloud, settingSources } from './command-context.js';

export interface StartOptions {
  /** Makes a key pair for this run only when none is set (1.0.1). */
  readonly devAllowTempKeypair: boolean;
  /** Makes neither a configuration nor a database; both must be there. */
  readonly noInit: boolean;
  /** Runs without a key: it follows the federation, answers, and hands submissions to the members. */
  readonly gateway?: boolean;
  /** The end of standard input counts as a signal to stop. */
  readonly stopAtEndOfInput?: boolean;
}

/** Null when there is no key pair and none may be made; the reason has been printed. Throws SettingError. */
export function settingsToStart(context: CommandContext, options: StartOptions): ReadSettings | null {
  const read = readSettings(settingSources(context));
  const { settings, file } = read;
  if (options.gateway === true) return withoutKeys(read);
  if (settings.keypair.private !== null) return read;
  const noKeys = settings.keypair.public === null;
  if (noKeys && options.devAllowTempKeypair) return withTemporaryKeys(context, read);
  if (noKeys && !file.found && !options.noInit) return withNewConfiguration(context, file.path);
  // 1.0.1: section 8.4.
  context.err("Can't start BigchainDB, no keypair found. Did you run `bigchaindb configure`?\n");
  return null;
}

/** A gateway has no key, whatever its configuration holds: a node's own file serves for a gateway beside it. */
function withoutKeys(read: ReadSettings): ReadSettings {
  const flat = { ...read.flat, 'keypair.public': null, 'keypair.private': null };
  return { ...read, flat, settings: settingsOf(flat) };
}

function withTemporaryKeys(context: CommandContext, read: ReadSettings): ReadSettings {
  const keyPair = generateKeyPair();
  context.err('Using a temporary key pair: this node will have another one at its next start\n');
  const flat = { ...read.flat, 'keypair.public': keyPair.public, 'keypair.private': keyPair.private };
  return { ...read, flat, settings: settingsOf(flat) };
}

/** A crash here leaves no file, or a whole one that the next start reads. Two starts at once agree on one file. */
function withNewConfiguration(context: CommandContext, path: string): ReadSettings {
  try {
    const made = writeConfigurationFile(path, { keypair: generateKeyPair() }, { replace: false });
    if (made) context.err(`Configuration with a new key pair written to ${path} (mode 0600): keep it safe\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingError('configuration file', `Cannot write the configuration file ${path}: ${why}`);
  }
  return readSettings(settingSources(context));
}

/** For commands that read or write the store's own file. Throws SettingError. */
export function requireEmbeddedStore(settings: Settings): void {
  if (settings.database.backend === 'mongodb')
    throw new SettingError(
      'database.backend',
      'Setting database.backend: this command works on the embedded store; for MongoDB use its own tools (mongodump, mongorestore)',
    );
}

/**
 * The settings of a command that works on the view of one node, or of a gateway beside it. Throws SettingError.
 */
export function readViewSettings(
  context: CommandContext,
  options: { readonly gateway: boolean },
): ReadSettings {
  const read = readSettingsAloud(context);
  return options.gateway ? withoutKeys(read) : read;
}
