/**
 * The state of the model: a store, a few members and a handful of transactions, as plain data. Everything that a crash
 * leaves stands outside `Member.memory`.
 */

/** What a transaction spends: the one output of another, or nothing. */
export const TRANSACTIONS: Readonly<Record<string, string | null>> = {
  a: null,
  b: 'a',
  c: 'a',
  d: 'b',
  e: null,
};

export interface Block {
  readonly id: string;
  readonly by: number;
  readonly transactions: readonly string[];
  /** Its list of voters is not the federation but its creator alone (Z1). */
  readonly ownVoters: boolean;
}

export type Status = 'valid' | 'invalid' | 'passed';

/** A block that was made and is not known to stand in the store. */
export interface Open {
  readonly height: number;
  readonly transactions: readonly string[];
}

export interface Member {
  isUp: boolean;
  /** Heights that it has read; the first is 1. */
  head: number;
  /** Its decisions, by height - 1; null = none yet. They are in its view and survive a crash. */
  decided: (Status | null)[];
  open: Open | null;
  /** The entry is gone and its rejection not written yet: only without the rule «reject before clearing». */
  rejecting: string | null;
}

export interface State {
  /** By height - 1. */
  blocks: Block[];
  /** Block id → for each member, the sides it voted on: '', '+', '-' or '+-'. */
  votes: Record<string, string[]>;
  /** Transaction → the member that is to put it into a block. */
  backlog: Record<string, number>;
  rejected: string[];
  members: Member[];
  /** Faults and hostile acts that may still happen. */
  faults: number;
  hostileActs: number;
}

export interface Setup {
  /** The hostile one, if there is one, is the last. */
  readonly members: number;
  readonly hostileActs: number;
  readonly faults: number;
  /** Acknowledged at the beginning: transaction → member. */
  readonly backlog: Readonly<Record<string, number>>;
}

export function initialState({ members, hostileActs, faults, backlog }: Setup): State {
  const all = Array.from({ length: members }, () => ({
    isUp: true,
    head: 0,
    decided: [],
    open: null,
    rejecting: null,
  }));
  return { blocks: [], votes: {}, backlog: { ...backlog }, rejected: [], members: all, faults, hostileActs };
}

/** Shares only what no step changes in place. */
export function copyOf(state: State): State {
  return {
    ...state,
    blocks: [...state.blocks],
    votes: { ...state.votes },
    backlog: { ...state.backlog },
    rejected: [...state.rejected],
    members: state.members.map((member) => ({ ...member, decided: [...member.decided] })),
  };
}

/** Members that follow the rules. */
export function correctOf(state: State, setup: Setup): Member[] {
  return setup.hostileActs > 0 ? state.members.slice(0, -1) : state.members;
}
