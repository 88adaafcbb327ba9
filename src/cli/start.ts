/**
 * `start`: settings, log, signals, then the node. Owns the life of the process: which exit code, which sentence, and
 * that an operator never has to read a stack trace unless the level is debug.
 */

import { SettingError } from '../config/setting-error.js';
import type { Settings } from '../config/settings.js';
import type { createNode, Role, RunningNode } from '../node.js';
import type { Runtime } from '../runtime/runtime.js';
import { createSystemRuntime } from '../runtime/system-runtime.js';
import { packageVersion } from '../runtime/version.js';
import { armedFailpoints } from './armed-failpoints.js';
import type { CommandContext } from './command-context.js';
import { openLog } from './open-log.js';
import { type StartOptions, settingsToStart } from './settings-to-start.js';
import { watchProcess } from './watch-process.js';

/** What `node.ts` exports; a test may put its own in place. */
export type CreateNode = typeof createNode;

/** The node's code is by far the largest part of the program: only this command loads it. */
export async function loadNode(): Promise<CreateNode> {
  const node = await import('../node.js');
  return node.createNode;
}

/** Runs until the node has stopped; the process's exit code. Throws SettingError before anything was touched. */
export async function start(
  context: CommandContext,
  options: StartOptions,
  load: () => Promise<CreateNode> = loadNode,
): Promise<number> {
  const ready = settingsToStart(context, options);
  if (ready === null) return 1;
  const { settings, notes } = ready;
  const role: Role = options.gateway === true ? 'gateway' : 'node';
  const failpoints = armedFailpoints(context);
  const logging = openLog(ready, context.terminal);
  const log = logging.logger('cli');
  for (const note of notes) log.warn('settings.note', { note });
  const watch = watchProcess(context, log, settings.server.drainTimeoutMs, options.stopAtEndOfInput);
  try {
    const runtime = createSystemRuntime({
      logger: logging.logger,
      failpoints,
      logControl: logging.control,
    });
    const dropped = runtime.metrics.counter('bigchaindb_log_lines_dropped_total');
    runtime.metrics.onCollect(() => {
      dropped.value = logging.droppedLines();
    });
    if (options.noInit) await refuseMissingDatabase(settings, runtime);
    const create = await load();
    const starting = create(settings, runtime, role, () => watch.stopRequested);
    const node = await Promise.race([starting, watch.ended]);
    if (typeof node === 'number') return node;
    announce(context, node, role);
    const { publicKey, addresses } = node;
    log.info('node.started', { version: packageVersion(), role, public_key: publicKey, ...addresses });
    return await watch.untilStopped(node);
  } catch (error) {
    // A gateway that was told to stop while it waited for the ledger to begin.
    if (role === 'gateway' && watch.stopRequested) return 0;
    reportFailure(context, error, settings);
    return 1;
  } finally {
    watch.release();
    await logging.close();
  }
}

async function refuseMissingDatabase(settings: Settings, runtime: Runtime): Promise<void> {
  const { databaseExists, databasePlace, isMongodb } = await import('../node/open-store.js');
  if (await databaseExists(settings, runtime)) return;
  const setting = isMongodb(settings) ? 'database.name' : 'database.path';
  throw new SettingError(
    setting,
    `Setting ${setting}: there is no database ${databasePlace(settings)} (--no-init)`,
  );
}

/** Once the node takes requests: for people on a terminal, one JSON line for what supervises the process. */
function announce(context: CommandContext, node: RunningNode, role: Role): void {
  const { http, websocket } = node.addresses;
  const ready = {
    event: 'ready',
    version: packageVersion(),
    role,
    public_key: node.publicKey,
    http,
    websocket,
  };
  if (!context.outTerminal) context.out(`${JSON.stringify(ready)}\n`);
  else
    context.out(
      `bigchaindb ${ready.version}\n` +
        (role === 'gateway' ? 'A gateway, without a key\n' : `Public key    ${ready.public_key}\n`) +
        `HTTP API      ${http}\n` +
        `Event stream  ${websocket}\n`,
    );
}

/** One sentence that names the setting; what concerns files below `database.path` seldom does so by itself. */
function reportFailure(context: CommandContext, error: unknown, settings: Settings): void {
  const message = error instanceof Error ? error.message : String(error);
  const concernsData = message.includes(settings.database.path) && !message.includes('database.path');
  context.err(`Cannot start: ${concernsData ? `Setting database.path: ${message}` : message}\n`);
  if (settings.log.levelConsole === 'debug' && error instanceof Error) context.err(`${error.stack ?? ''}\n`);
}
