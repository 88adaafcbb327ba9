/** What must hold in every state, and what must have become of everything at rest. */

import { knownBelow } from './ledger.js';
import { correctOf, type Member, type Setup, type State, TRANSACTIONS } from './state.js';

/** The promise that a state breaks; null when it breaks none. */
export function brokenPromise(state: State, setup: Setup): string | null {
  const members = correctOf(state, setup);
  return (
    members.map((member) => brokenByDecisions(state, member, setup)).find((broken) => broken !== null) ??
    disagreement(members) ??
    lost(state, setup)
  );
}

/** I1, I2, I5 and I21 as one member has decided. */
function brokenByDecisions(state: State, member: Member, setup: Setup): string | null {
  const spent = new Map<string, string>();
  const seen = new Set<string>();
  for (const [at, status] of member.decided.entries()) {
    const block = state.blocks[at];
    if (block === undefined || status === null) continue;
    const isHostile = setup.hostileActs > 0 && block.by === state.members.length - 1;
    if (status !== 'valid') {
      if (!isHostile) return 'I21: a correct block is not valid';
      continue;
    }
    for (const transaction of block.transactions) {
      if (seen.has(transaction)) return 'I2: a transaction stands in two valid blocks';
      seen.add(transaction);
      const input = TRANSACTIONS[transaction] ?? null;
      if (input === null) continue;
      if (spent.has(input)) return 'I1: an output is spent twice';
      spent.set(input, transaction);
    }
  }
  return null;
}

function disagreement(members: readonly Member[]): string | null {
  const first = new Map<number, string>();
  for (const { decided } of members)
    for (const [at, status] of decided.entries()) {
      if (status === null) continue;
      if ((first.get(at) ?? status) !== status) return 'I10: two members decide otherwise';
      first.set(at, status);
    }
  return null;
}

/** I6: the backlog, a block that is not invalid, or the rejections. */
function lost(state: State, setup: Setup): string | null {
  for (const transaction of Object.keys(setup.backlog)) {
    const stands = state.blocks.some(
      (block, at) => block.transactions.includes(transaction) && !isDead(state, setup, at),
    );
    if (!stands && state.backlog[transaction] === undefined && !state.rejected.includes(transaction))
      return 'I6: an acknowledged transaction is lost';
  }
  return null;
}

function isDead(state: State, setup: Setup, at: number): boolean {
  return correctOf(state, setup).some(({ decided }) => decided[at] === 'invalid' || decided[at] === 'passed');
}

/** I13 and I14 in a state in which nothing is left to do by the rules. */
export function unrest(state: State, setup: Setup): string | null {
  for (const member of correctOf(state, setup)) {
    if (!member.isUp) continue;
    if (member.head < state.blocks.length || member.decided.includes(null))
      return 'I14: a height stays undecided';
    const { valid } = knownBelow(state, member, member.head + 1);
    for (const transaction of Object.keys(setup.backlog)) {
      if (!valid.has(transaction) && !state.rejected.includes(transaction))
        return 'I13: an acknowledged transaction is neither valid nor rejected';
    }
  }
  return Object.keys(state.backlog).length > 0 ? 'I14: the backlog does not empty' : null;
}
