/** Runs `bigchaindb import` and its like as real processes on a node's folder. Needs `npm run build`. */

import { join } from 'node:path';
import { type Finished, runCommand } from '../../cli/run-command.js';
import { NodeFolder, type NodeOptions, REPOSITORY } from '../../support/process-node.js';
import { keyPairOf } from '../../support/transactions.js';
import { type Dialect, FolderWriter, type LegacyDatabase } from './legacy-database.js';

const PROGRAM = join(REPOSITORY, 'dist', 'src', 'main.js');

/** A folder of a node with the key of the first of these members. */
export function folderOf(memberNames: readonly string[], options: NodeOptions = {}): NodeFolder {
  const [own, ...others] = memberNames.map(keyPairOf);
  if (own === undefined) throw new Error('a federation has a member');
  const settings = {
    keypair: { public: own.publicKey, private: own.privateKey },
    keyring: others.map((other) => other.publicKey),
    ...options.settings,
  };
  return new NodeFolder({ ...options, settings });
}

/** One command line on a node's configuration. */
export function command(
  folder: NodeFolder,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return runCommand(['-c', folder.configPath, ...parameters], {
    home: folder.folder,
    program: PROGRAM,
    environment,
  });
}

/** As `command`; what it printed, when it fails, is the test's message. */
export async function succeeds(folder: NodeFolder, parameters: readonly string[]): Promise<Finished> {
  const finished = await command(folder, parameters);
  if (finished.exitCode !== 0)
    throw new Error(`${parameters.join(' ')}: ${finished.exitCode}\n${finished.stdout}${finished.stderr}`);
  return finished;
}

/** Writes the database into the node's folder; where it is. */
export function exported(
  folder: NodeFolder,
  database: Pick<LegacyDatabase, 'documents'>,
  dialect: Dialect = 'v1',
): string {
  const writer = new FolderWriter(join(folder.folder, `export-${dialect}`), dialect);
  writer.write(database.documents);
  return writer.folder;
}
