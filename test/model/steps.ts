/** What members do next by the rules, and what goes wrong or is done on purpose meanwhile. */

import { holdsBlock, isRight, knownBelow, rivalAmong, statusOf } from './ledger.js';
import type { Rules } from './rules.js';
import { type Block, copyOf, type Member, type Setup, type State, TRANSACTIONS } from './state.js';

export interface Step {
  readonly label: string;
  readonly state: State;
}

/** A creator claims nothing while so many heights are undecided. */
const UNDECIDED_MAX = 4;

type AddStep = (what: string, change: (state: State, member: Member) => void) => void;

/** Steps of members that follow the rules. At rest there is none. */
export function ruledSteps(state: State, setup: Setup, rules: Rules): Step[] {
  const count = correctCount(state, setup);
  const steps: Step[] = [];
  for (let index = 0; index < count; index += 1) {
    const member = state.members[index];
    if (member?.isUp !== true) continue;
    const step: AddStep = (what, change) => {
      const next = copyOf(state);
      const changed = next.members[index];
      if (changed === undefined) return;
      change(next, changed);
      decideAll(next, rules);
      steps.push({ label: `member ${index} ${what}`, state: next });
    };
    addReading(state, index, member, rules, step);
    addWriting(state, index, member, rules, step);
    addClearing(state, index, member, rules, step);
  }
  return steps;
}

function correctCount(state: State, setup: Setup): number {
  return setup.hostileActs > 0 ? state.members.length - 1 : state.members.length;
}

function addReading(state: State, index: number, member: Member, rules: Rules, step: AddStep): void {
  if (member.head < state.blocks.length)
    step('reads the next height', (_next, me) => {
      me.head += 1;
    });
  const height = heightToVote(state, index, member, rules);
  const block = state.blocks[(height ?? 0) - 1];
  if (height === null || block === undefined) return;
  const side = isRight(block, knownBelow(state, member, height).valid) ? '+' : '-';
  step(`votes ${side} on height ${height}`, (next) => addVote(next, block.id, index, side));
}

/** The lowest height that it has read and not voted on; null when there is none or it must wait. */
function heightToVote(state: State, index: number, member: Member, rules: Rules): number | null {
  for (let height = 1; height <= member.head; height += 1) {
    const below = member.decided.slice(0, height - 1);
    const isOpenBelow = below.length < height - 1 || below.includes(null);
    if (isOpenBelow && rules.has('judge upon what is decided')) return null;
    const block = state.blocks[height - 1];
    if (block === undefined || !holdsBlock(block, rules)) continue;
    if ((state.votes[block.id]?.[index] ?? '') === '') return height;
  }
  return null;
}

function addWriting(state: State, index: number, member: Member, rules: Rules, step: AddStep): void {
  const { open } = member;
  if (open !== null) {
    step(`claims height ${open.height}`, (next, me) => claim(next, me, index, rules));
    if (state.faults > 0 && state.blocks.length < open.height)
      step(`claims height ${open.height} and hears no answer`, (next, me) => {
        claim(next, me, index, rules);
        next.faults -= 1;
        const anew = { ...open, height: next.blocks.length + 1 };
        me.open = rules.has('same bytes again') ? open : anew;
      });
    return;
  }
  const transactions = choose(state, index, member, rules);
  if (transactions.length === 0) return;
  step(`makes a block of ${transactions.join('')}`, (next, me) => {
    me.open = { height: me.head + 1, transactions };
    if (rules.has('clear what is decided')) return;
    for (const transaction of transactions) delete next.backlog[transaction];
  });
}

/** Rule 1: everything of its own that is right against all blocks below the next height. */
function choose(state: State, index: number, member: Member, rules: Rules): string[] {
  const read = state.blocks.slice(0, member.head);
  const undecided = read.filter((_, at) => (member.decided[at] ?? null) === null);
  if (undecided.some(({ by }) => by === index) || undecided.length >= UNDECIDED_MAX) return [];
  const known = knownBelow(state, member, member.head + 1);
  const chosen = new Set<string>();
  for (const [transaction, assignee] of Object.entries(state.backlog)) {
    const input = TRANSACTIONS[transaction] ?? null;
    if (assignee !== index || known.valid.has(transaction)) continue;
    if (input !== null && !known.valid.has(input)) continue;
    if (rivalAmong(transaction, known.valid) !== null || rivalAmong(transaction, chosen) !== null) continue;
    if (rules.has('undecided inclusions wait') && known.undecided.has(transaction)) continue;
    if (rules.has('undecided spenders wait') && rivalAmong(transaction, known.undecided) !== null) continue;
    chosen.add(transaction);
  }
  return [...chosen];
}

function claim(next: State, me: Member, index: number, rules: Rules): void {
  if (me.open === null) return;
  const { height, transactions } = me.open;
  const id = `${index}.${height}.${transactions.join('')}`;
  const block: Block = { id, by: index, transactions, ownVoters: false };
  const standing = next.blocks[height - 1];
  if (standing === undefined || (!rules.has('a height is taken once') && standing.id !== block.id)) {
    next.blocks[height - 1] = block;
    me.open = null;
  } else if (standing.id === block.id || rules.has('check what took the height')) {
    // Its own, or another's, which it reads before it chooses anew.
    me.open = null;
  } else {
    me.open = { height: next.blocks.length + 1, transactions };
  }
}

function addClearing(state: State, index: number, member: Member, rules: Rules, step: AddStep): void {
  if (member.rejecting !== null) {
    step(`writes that ${member.rejecting} is rejected`, (next, me) => {
      next.rejected.push(me.rejecting ?? '');
      me.rejecting = null;
    });
    return;
  }
  const { valid } = knownBelow(state, member, member.head + 1);
  for (const [transaction, assignee] of Object.entries(state.backlog)) {
    if (valid.has(transaction)) {
      step(`clears ${transaction}`, (next) => {
        delete next.backlog[transaction];
      });
      continue;
    }
    if (assignee === index && isHopeless(transaction, valid, state))
      step(`rejects ${transaction}`, (next, me) => {
        delete next.backlog[transaction];
        if (rules.has('reject before clearing')) next.rejected.push(transaction);
        else me.rejecting = transaction;
      });
    const isDead = state.members[assignee]?.isUp !== true;
    if (assignee !== index && isDead && rules.has('take over from the dead'))
      step(`takes over ${transaction}`, (next) => {
        next.backlog[transaction] = index;
      });
  }
}

/** Its input is spent by another valid one, or will never be there. */
function isHopeless(transaction: string, valid: ReadonlySet<string>, state: State): boolean {
  const input = TRANSACTIONS[transaction] ?? null;
  return rivalAmong(transaction, valid) !== null || (input !== null && state.rejected.includes(input));
}

/** What may go wrong, as long as `faults` last; an answer that is not heard is among the steps of members. */
export function faultSteps(state: State, setup: Setup): Step[] {
  if (state.faults === 0) return [];
  const steps: Step[] = [];
  const fault = (label: string, change: (next: State) => void): void => {
    const next = copyOf(state);
    change(next);
    next.faults -= 1;
    steps.push({ label, state: next });
  };
  const down = state.members.filter(({ isUp }) => !isUp).length;
  const faulty = down + state.members.length - correctCount(state, setup);
  for (let index = 0; index < correctCount(state, setup); index += 1) {
    if (state.members[index]?.isUp !== true) continue;
    fault(`member ${index} crashes and starts again`, (next) => forget(next.members[index]));
    if (2 * (faulty + 1) < state.members.length)
      fault(`member ${index} dies`, (next) => {
        const dead = next.members[index];
        forget(dead);
        if (dead !== undefined) dead.isUp = false;
      });
    for (const [transaction, assignee] of Object.entries(state.backlog)) {
      if (assignee === index) continue;
      fault(`${transaction} is taken for stale and goes to member ${index}`, (next) => {
        next.backlog[transaction] = index;
      });
    }
  }
  return steps;
}

/** What its view holds stays: its decisions. */
function forget(member: Member | undefined): void {
  if (member === undefined) return;
  member.decided = member.decided.filter((status) => status !== null);
  member.head = member.decided.length;
  member.open = null;
  member.rejecting = null;
}

/** A hostile member takes heights with wrong blocks and votes as it likes (Z1, Z3, Z6, Z11). */
export function hostileSteps(state: State, rules: Rules): Step[] {
  if (state.hostileActs === 0) return [];
  const index = state.members.length - 1;
  const steps: Step[] = [];
  const act = (label: string, change: (next: State) => void): void => {
    const next = copyOf(state);
    change(next);
    next.hostileActs -= 1;
    decideAll(next, rules);
    steps.push({ label: `the hostile member ${label}`, state: next });
  };
  const height = state.blocks.length + 1;
  const take = (transactions: readonly string[], ownVoters: boolean): void =>
    act(
      `takes height ${height} with ${transactions.join('')}${ownVoters ? ', itself the voter' : ''}`,
      (next) => {
        const id = `${index}.${height}.${transactions.join('')}${ownVoters ? '!' : ''}`;
        next.blocks.push({ id, by: index, transactions, ownVoters });
        if (ownVoters) addVote(next, id, index, '+');
      },
    );
  take(['b', 'c'], false);
  take(['b', 'c'], true);
  take(['c'], false);
  for (const { id } of state.blocks.slice(-2))
    for (const side of ['+', '-'])
      if (!(state.votes[id]?.[index] ?? '').includes(side))
        act(`votes ${side} on ${id}`, (next) => addVote(next, id, index, side));
  return steps;
}

function addVote(state: State, blockId: string, index: number, side: string): void {
  const sides = state.votes[blockId] ?? state.members.map(() => '');
  state.votes[blockId] = sides.map((each, at) =>
    at === index && !each.includes(side) ? [...each, side].sort().join('') : each,
  );
}

/** Members decide, in order of height, what the votes decide that stand in the store. */
function decideAll(state: State, rules: Rules): void {
  for (const member of state.members) {
    if (!member.isUp) continue;
    for (let height = 1; height <= member.head; height += 1) {
      const block = state.blocks[height - 1];
      if (block === undefined) break;
      const status = member.decided[height - 1] ?? statusOf(state, block, rules);
      member.decided[height - 1] = status;
      if (status === null) break;
    }
  }
}
