/** `add-replicas`, `remove-replicas` and the two commands that only RethinkDB ever had (1.0.1: section 8.4). */

import { type CommandContext, readSettingsAloud, UsageError } from './command-context.js';
import { commandRuntime } from './command-runtime.js';

/** `host:port`, refused with 1.0.1's words. */
export function parseReplica(text: string): string {
  const match = /^([^:]+|\[[0-9a-fA-F:.]+\]):([^:]*)$/.exec(text);
  const [, host, port] = match ?? [];
  if (host === undefined || port === undefined || port === '')
    throw new UsageError(
      `argument replicas: expected host in the form \`host:port\`. Got \`${text}\` instead.`,
    );
  if (!/^[0-9]+$/.test(port) || Number(port) > 65_535)
    throw new UsageError(`argument replicas: Port must be an integer between 0 and 65535: ${port}`);
  return text;
}

/** A whole number, refused with argparse's words. */
export function parseCount(name: string, text: string): number {
  if (!/^\s*[+-]?[0-9]{1,9}\s*$/.test(text))
    throw new UsageError(`argument ${name}: invalid int value: '${text}'`);
  return Number(text);
}

/** `add-replicas`, `remove-replicas` on the servers that the settings name. An error is printed, exit code 1 (1.0.1). */
export async function changeReplicas(
  context: CommandContext,
  verb: 'add' | 'remove',
  hosts: readonly string[],
): Promise<number> {
  const { settings } = readSettingsAloud(context);
  if (settings.database.backend !== 'mongodb') {
    context.err(`${verb}-replicas belongs to the MongoDB backend; database.backend is embedded\n`);
    return 1;
  }
  try {
    const store = await import('../node/open-store.js');
    await store.changeReplicas(settings, commandRuntime(context), verb, hosts);
  } catch (error) {
    context.err(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  const list = hosts.map((host) => `'${host}'`).join(', ');
  context.out(
    `${verb === 'add' ? 'Added' : 'Removed'} [${list}] ${verb === 'add' ? 'to' : 'from'} the replicaset.\n`,
  );
  return 0;
}

/** 1.0.1 ended in an uncaught NotImplementedError on MongoDB; the exit code stays. */
export function refuseRethinkdb(context: CommandContext, command: string): number {
  context.err(
    `${command} belongs to RethinkDB, which is not supported; embedded and mongodb need no such setting\n`,
  );
  return 1;
}
