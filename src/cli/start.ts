/**
 * `start`: settings, log, signals, then the node. Owns the life of the process: which exit code, which sentence, and
 * that an operator never has to read a stack trace unless the level is debug.
 */

import { existsSync } from 'node:fs';
import { databaseFiles } from '../config/database-files.js';
import { SettingError } from '../config/setting-error.js';
import type { Settings } from '../config/settings.js';
import { createFailpoints, FailpointError, noFailpoints, parseFailpoint } from '../runtime/failpoints.js';
import type { Runtime } from '../runtime/runtime.js';
import { createSystemRuntime } from '../runtime/system-runtime.js';
import { packageVersion } from '../runtime/version.js';
import type { CommandContext } from './command-context.js';
import { openLog } from './open-log.js';
import { refuseUnbuiltBackend, settingsToStart } from './settings-to-start.js';
import { watchProcess } from './watch-process.js';

export interface StartOptions {
  /** Makes a key pair for this run only when none is set (1.0.1). */
  readonly devAllowTempKeypair: boolean;
  /** Makes neither a configuration nor a database; both must be there. */
  readonly noInit: boolean;
}

/** A node that takes requests. */
export interface RunningNode {
  readonly addresses: { readonly http: string; readonly websocket: string };
  readonly publicKey: string;
  /** Resolves once, when the node has stopped by itself or by `stop`. */
  readonly stopped: Promise<{ readonly exitCode: number; readonly reason: string | null }>;
  /** Drains and stops. Safe to call twice. */
  stop(): Promise<void>;
}

export type CreateNode = (settings: Settings, runtime: Runtime) => Promise<RunningNode>;

/** The node's code is by far the largest part of the program: only this command loads it. */
export async function loadNode(): Promise<CreateNode> {
  const { createNode } = await import('../node.js');
  return createNode;
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
  refuseUnbuiltBackend(settings);
  if (options.noInit) refuseMissingDatabase(settings);
  const failpoints = readFailpoint(context);
  const logging = openLog(settings, context.terminal);
  const log = logging.logger('cli');
  const debug = settings.log.levelConsole === 'debug';
  for (const note of notes) log.warn('settings.note', { note });
  const watch = watchProcess(context, log, settings.server.drainTimeoutMs);
  try {
    const runtime = createSystemRuntime({ logger: logging.logger, failpoints });
    const createNode = await load();
    const node = await Promise.race([createNode(settings, runtime), watch.ended]);
    if (typeof node === 'number') return node;
    announce(context, node);
    log.info('node.started', { version: packageVersion(), public_key: node.publicKey, ...node.addresses });
    return await watch.untilStopped(node);
  } catch (error) {
    reportFailure(context, error, debug);
    return 1;
  } finally {
    watch.release();
    await logging.close();
  }
}

function refuseMissingDatabase(settings: Settings): void {
  const { store } = databaseFiles(settings);
  if (!existsSync(store))
    throw new SettingError(
      'database.path',
      `Setting database.path: there is no database ${store} (--no-init)`,
    );
}

function readFailpoint(context: CommandContext): Runtime['failpoints'] {
  const armed = context.environment.FAILPOINT;
  if (armed === undefined || armed === '') return noFailpoints;
  try {
    return createFailpoints(parseFailpoint(armed));
  } catch (error) {
    if (error instanceof FailpointError) throw new SettingError('FAILPOINT', error.message);
    throw error;
  }
}

function announce(context: CommandContext, node: RunningNode): void {
  context.out(
    `bigchaindb ${packageVersion()}\n` +
      `Public key    ${node.publicKey}\n` +
      `HTTP API      ${node.addresses.http}\n` +
      `Event stream  ${node.addresses.websocket}\n`,
  );
}

function reportFailure(context: CommandContext, error: unknown, debug: boolean): void {
  const sentence = error instanceof Error ? error.message : String(error);
  context.err(`Cannot start: ${sentence}\n`);
  if (debug && error instanceof Error) context.err(`${error.stack ?? ''}\n`);
}
