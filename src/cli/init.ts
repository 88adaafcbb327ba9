/**
 * `init`: makes the database and its genesis block, and ends (1.0.1: section 8.4). It is a start that stops at once,
 * on free ports and for this machine only, so that there is one way to make a database and not two.
 */

import { settingsOf } from '../config/settings.js';
import { noFailpoints } from '../runtime/failpoints.js';
import { createSystemRuntime } from '../runtime/system-runtime.js';
import type { CommandContext } from './command-context.js';
import { openLog } from './open-log.js';
import { settingsToStart } from './settings-to-start.js';
import { type CreateNode, loadNode } from './start.js';

/** Exit code 0 also when there is a database already, as in 1.0.1. */
export async function init(
  context: CommandContext,
  load: () => Promise<CreateNode> = loadNode,
): Promise<number> {
  const ready = settingsToStart(context, { devAllowTempKeypair: false, noInit: true });
  if (ready === null) return 1;
  const free = { host: 'localhost', port: 0 };
  const flat = { ...ready.flat, 'server.bind': free, 'wsserver.host': 'localhost', 'wsserver.port': 0 };
  const settings = settingsOf({ ...flat, 'management.bind': null, 'graphite.host': null });
  const logging = openLog({ ...ready, settings }, context.terminal);
  try {
    const runtime = createSystemRuntime({
      logger: (folder) => logging.logger(folder),
      failpoints: noFailpoints,
    });
    const { databaseExists, prepareServers } = await import('../node/open-store.js');
    await prepareServers(settings, runtime);
    if (await databaseExists(settings, runtime)) {
      context.err('The database already exists.\nIf you wish to re-initialize it, first drop it.\n');
      return 0;
    }
    const create = await load();
    const node = await create(settings, runtime);
    await node.stop();
    return 0;
  } finally {
    await logging.close();
  }
}
