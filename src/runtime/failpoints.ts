/**
 * Named places at the seams between two durable effects, where a test may kill the process. One registry, so that
 * tests can visit every one of them; `hit` costs a property read when nothing is armed.
 */

import type { Failpoints } from './runtime.js';

/** Every failpoint there is. A test compares this list with the calls in the source. */
export const FAILPOINT_NAMES: readonly string[] = [
  'submit.before_insert',
  'submit.after_insert',
  'submit.after_reply',
  'block.after_validate',
  'block.after_claim',
  'block.after_reject',
  'vote.before_write',
  'vote.after_write',
  'election.decided',
  'election.mid_clear',
  'view.before_apply',
  'view.after_apply',
  'events.after_publish',
  'stale.mid_reassign',
  'genesis.after_claim',
  'rebuild.mid',
  'backup.mid',
  'restore.mid',
  'import.mid',
];

/** An armed failpoint cannot be understood; the message says which names there are. */
export class FailpointError extends Error {
  override readonly name = 'FailpointError';
}

/** For production: does nothing. */
export const noFailpoints: Failpoints = { hit: () => undefined };

/** What `FAILPOINT=name:hit` says. `hit` counts from 1 and is 1 when left out. */
export interface ArmedFailpoint {
  readonly name: string;
  readonly hit: number;
}

export function parseFailpoint(text: string): ArmedFailpoint {
  const match = /^([a-z_.]+)(?::([1-9][0-9]{0,8}))?$/.exec(text);
  const name = match?.[1] ?? '';
  if (!FAILPOINT_NAMES.includes(name))
    throw new FailpointError(
      `FAILPOINT=${text}: expected name:hit with one of the names ${FAILPOINT_NAMES.join(', ')}`,
    );
  return { name, hit: Number(match?.[2] ?? '1') };
}

/** Kills this process without any chance to clean up, as the operating system or a power cut would. */
function killSelf(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Counts the hits of the armed name and dies at the one that was asked for. */
export function createFailpoints(armed: ArmedFailpoint, die: () => void = killSelf): Failpoints {
  let hits = 0;
  return {
    hit(name) {
      if (name === armed.name && ++hits === armed.hit) die();
    },
  };
}
