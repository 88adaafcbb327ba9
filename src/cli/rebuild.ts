/** `rebuild`: throws this node's view away and derives it again from the store. The node must not run. */

import { databaseFiles } from '../config/database-files.js';
import { withChecker } from '../node/command-checker.js';
import { rebuild as rebuildView } from '../node/rebuild.js';
import { createSystemRuntime } from '../runtime/system-runtime.js';
import { armedFailpoints } from './armed-failpoints.js';
import type { CommandContext } from './command-context.js';
import { openLog } from './open-log.js';
import { createProgress, grouped } from './progress.js';
import { readViewSettings } from './settings-to-start.js';

/** `gateway`: the view is that of a gateway. */
export async function rebuild(
  context: CommandContext,
  options: { readonly gateway: boolean },
): Promise<number> {
  const read = readViewSettings(context, options);
  const { settings } = read;
  const failpoints = armedFailpoints(context);
  const progress = createProgress(context);
  const logging = openLog(read, context.terminal);
  try {
    const runtime = createSystemRuntime({ logger: (folder) => logging.logger(folder), failpoints });
    const height = await withChecker(settings, context.cores, (checker) =>
      rebuildView({
        settings,
        runtime,
        checker,
        onProgress: (reached) => progress.show(() => `height ${grouped(reached)}`),
      }),
    );
    progress.end();
    context.out(`${databaseFiles(settings).view}: derived anew up to height ${height}\n`);
    return 0;
  } finally {
    progress.end();
    await logging.close();
  }
}
