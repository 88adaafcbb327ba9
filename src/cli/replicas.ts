/** `add-replicas`, `remove-replicas` and the two commands that only RethinkDB ever had (1.0.1: section 8.4). */

import type { CommandContext } from './command-context.js';
import { UsageError } from './command-context.js';

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

/** Members of a replica set are added with MongoDB's own tools; this node never reconfigures a server. */
export function refuseReplicas(context: CommandContext, verb: 'add' | 'remove'): number {
  const call = verb === 'add' ? 'rs.add("host:port")' : 'rs.remove("host:port")';
  context.err(
    `${verb}-replicas belongs to the MongoDB backend, which this version does not have; in mongosh: ${call}\n`,
  );
  return 1;
}

/** 1.0.1 ended in an uncaught NotImplementedError on MongoDB; the exit code stays. */
export function refuseRethinkdb(context: CommandContext, command: string): number {
  context.err(
    `${command} belongs to RethinkDB, which is not supported; embedded and mongodb need no such setting\n`,
  );
  return 1;
}
