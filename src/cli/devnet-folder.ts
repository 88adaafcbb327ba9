/**
 * The folder of a devnet: its keys, one configuration per node, and below `data` what the nodes share. Made once; a
 * folder that is there already is used as it is, so that whoever keeps it may edit the configurations.
 */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { generateKeyPair, type KeyPair } from '../config/key-pair.js';
import { SettingError } from '../config/setting-error.js';
import { writeConfigurationFile } from '../config/write-settings.js';

export interface DevnetNode {
  /** `node-1`, `node-2`, … */
  readonly name: string;
  readonly publicKey: string;
  readonly configPath: string;
}

export interface DevnetFolder {
  readonly folder: string;
  readonly nodes: readonly DevnetNode[];
}

const KEYS_FILE = 'devnet.json';

/**
 * Opens the devnet in `folder`, or makes one of `count` nodes there. `count` null: as many as there are, or 4. Throws
 * SettingError when the folder holds another number of nodes.
 *
 * A crash here leaves the keys or nothing; configurations that are missing are written by the next start.
 */
export function openDevnetFolder(place: string, count: number | null): DevnetFolder {
  const folder = resolve(place);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, KEYS_FILE);
  if (!existsSync(path)) {
    const keypairs = Array.from({ length: count ?? 4 }, () => generateKeyPair());
    writeConfigurationFile(path, { keypairs }, { replace: false });
  }
  const keyPairs = readKeys(path);
  if (count !== null && count !== keyPairs.length)
    throw new SettingError(
      '--nodes',
      `The devnet in ${folder} has ${keyPairs.length} nodes. federation.changes in its configurations adds or removes members`,
    );
  return { folder, nodes: keyPairs.map((keyPair, index) => writeNode(folder, index, keyPairs, keyPair)) };
}

function readKeys(path: string): readonly KeyPair[] {
  const { keypairs } = JSON.parse(readFileSync(path, 'utf8')) as { keypairs?: readonly KeyPair[] };
  if (!Array.isArray(keypairs) || keypairs.length === 0)
    throw new SettingError(path, `${path} is not the list of keys of a devnet`);
  return keypairs;
}

function writeNode(
  folder: string,
  index: number,
  keyPairs: readonly KeyPair[],
  keyPair: KeyPair,
): DevnetNode {
  const name = `node-${index + 1}`;
  const configPath = join(folder, `${name}.json`);
  const document = {
    keypair: keyPair,
    keyring: keyPairs.filter((other) => other !== keyPair).map((other) => other.public),
    database: { path: join(folder, 'data') },
    server: { bind: 'localhost:0' },
    wsserver: { host: 'localhost', port: 0 },
    log: {
      level_console: 'warning',
      file: join(folder, `${name}.log`),
      error_file: join(folder, `${name}-errors.log`),
    },
  };
  writeConfigurationFile(configPath, document, { replace: false });
  return { name, publicKey: keyPair.public, configPath };
}
