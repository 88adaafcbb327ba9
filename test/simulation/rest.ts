/** Whether a federation has come to rest, and if not, why: what must become of everything once the faults end (I13, I14). */

import { isTextOf } from './checkers/slow-transactions.js';
import type { Simulation } from './simulation.js';
import type { Workload } from './workload.js';

/** The first reason, or null at rest. */
export function unrest(simulation: Simulation, workload: Workload): string | null {
  const unfinished = simulation.change?.unfinished() ?? null;
  if (unfinished !== null) return unfinished;
  const nodes = simulation.nodes.filter((node) => !node.isLost);
  for (const { name, core } of nodes) {
    if (core === null) return `${name} is down`;
    if (core.state.undecidedCount > 0) return `${name} has undecided heights`;
    if (core.backlog.count > 0) return `${name} knows ${core.backlog.count} backlog entries`;
  }
  const heights = new Set(nodes.map((node) => node.view.read.height()));
  if (heights.size > 1) return `nodes stand at heights ${[...heights].join(', ')}`;
  const { facts } = simulation.store;
  // What a hostile member wrote under the id of another's transaction may stay: nobody takes it for that transaction.
  const standing = facts
    .readBacklog(0, 1000)
    .find(({ transactionId: id, text }) => workload.acknowledged.has(id) && isTextOf(id, text));
  if (standing !== undefined) return `${standing.transactionId} stands in the backlog`;
  for (const id of workload.acknowledged) {
    for (const { name, core } of nodes) {
      const status = core?.access.transactionState(id)?.status;
      if (status !== 'valid' && status !== 'rejected' && !simulation.droppedByHostile(id))
        return `${id} is ${status ?? 'unknown'} at ${name}`;
    }
  }
  return null;
}
