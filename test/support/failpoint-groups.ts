/**
 * Which test kills a process at which failpoint. The names are the source's: one that stands in no group below is
 * killed under load, and a node that never comes there fails that test; so none can be forgotten.
 */

import { FAILPOINT_NAMES } from '../../src/runtime/failpoints.js';

/** Hit only by what no door lets in: a transaction that is refused for good, and one that another node let lie. */
const BY_STRANGE_ENTRIES: readonly string[] = ['block.after_reject', 'stale.mid_reassign'];

const COMMANDS: readonly string[] = ['rebuild', 'backup', 'restore', 'import'];

export interface FailpointGroups {
  /** Hit while the first genesis is made: there is no door yet. */
  readonly atStart: readonly string[];
  /** Hit by a command on the files, not by a node. */
  readonly byCommands: readonly string[];
  readonly byStrangeEntries: readonly string[];
  readonly underLoad: readonly string[];
}

export function failpointGroups(): FailpointGroups {
  const isAtStart = (name: string): boolean => name.startsWith('genesis.');
  const isByCommand = (name: string): boolean => COMMANDS.some((command) => name.startsWith(`${command}.`));
  const isStrange = (name: string): boolean => BY_STRANGE_ENTRIES.includes(name);
  return {
    atStart: FAILPOINT_NAMES.filter(isAtStart),
    byCommands: FAILPOINT_NAMES.filter(isByCommand),
    byStrangeEntries: BY_STRANGE_ENTRIES,
    underLoad: FAILPOINT_NAMES.filter((name) => !isAtStart(name) && !isByCommand(name) && !isStrange(name)),
  };
}
