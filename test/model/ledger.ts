/** What follows from blocks and decisions: what is included and spent, what a block is worth, what votes decide. */

import type { Rules } from './rules.js';
import { type Block, type Member, type State, type Status, TRANSACTIONS } from './state.js';

/** Transactions in blocks that a member has read, by what it has decided about them. */
export interface Known {
  readonly valid: ReadonlySet<string>;
  readonly undecided: ReadonlySet<string>;
}

/** As the member sees the heights below `height`. */
export function knownBelow(state: State, member: Member, height: number): Known {
  const valid = new Set<string>();
  const undecided = new Set<string>();
  for (let below = 1; below < height && below <= member.head; below += 1) {
    const status = member.decided[below - 1] ?? null;
    const into = status === 'valid' ? valid : status === null ? undecided : null;
    for (const transaction of state.blocks[below - 1]?.transactions ?? []) into?.add(transaction);
  }
  return { valid, undecided };
}

/** Another transaction among `others` that spends what this one spends. */
export function rivalAmong(transaction: string, others: ReadonlySet<string>): string | null {
  const input = TRANSACTIONS[transaction] ?? null;
  if (input === null) return null;
  for (const other of others) if (other !== transaction && TRANSACTIONS[other] === input) return other;
  return null;
}

/** The verdict on a block: each transaction is new, its input stands in a valid block below and is not spent. */
export function isRight(block: Block, below: ReadonlySet<string>): boolean {
  const within = new Set<string>();
  return block.transactions.every((transaction) => {
    const input = TRANSACTIONS[transaction] ?? null;
    const isNew = !below.has(transaction) && !within.has(transaction);
    const isSpendable = input === null || below.has(input);
    const isContested = rivalAmong(transaction, below) !== null || rivalAmong(transaction, within) !== null;
    within.add(transaction);
    return isNew && isSpendable && !isContested;
  });
}

/** Whether a height holds a block: one with other voters does not. */
export function holdsBlock(block: Block, rules: Rules): boolean {
  return !block.ownVoters || !rules.has('the federation votes');
}

/** 1.0.1's table: half against is invalid, tested first; more than half for it is valid. */
export function statusOf(state: State, block: Block, rules: Rules): Status | null {
  if (!holdsBlock(block, rules)) return 'passed';
  const sides = state.votes[block.id] ?? [];
  const voters = block.ownVoters ? [sides[block.by] ?? ''] : sides;
  const count = (side: string): number => voters.filter((each) => each.includes(side)).length;
  let needed = block.ownVoters ? 1 : state.members.length;
  if (!rules.has('a majority of all')) needed = Math.max(1, voters.filter((each) => each !== '').length);
  if (2 * count('-') >= needed) return 'invalid';
  return 2 * count('+') > needed ? 'valid' : null;
}
