/**
 * Which faults one seed meets, and how hard: a random subset with random rates. Runs with none, with exactly one and
 * with a rate beyond reason are common, because each of them finds what an average of everything hides.
 */

import type { SeededRandom } from '../support/simulated-random.js';

/** Every kind of fault, and what it does. Dropping kinds one by one shortens a failure (`shrink.ts`). */
export const FAULT_KINDS = {
  unavailable: 'store calls that are not carried out and say so',
  unknown: 'store calls whose outcome stays unknown, carried out or not, or later',
  repeated: 'store calls that are carried out a second time, up to seconds later',
  'slow calls': 'store calls that take up to three seconds',
  'slow disk': 'writes that are synced up to a second late',
  'lost hints': 'hints of the feed that never come',
  'late hints': 'hints that come late, twice and in another order',
  outage: 'the whole store is away for a while, and what it had not synced is lost',
  partition: 'one process does not reach the store for a while',
  crash: 'a process dies at any instant and starts again later',
  failpoint: 'a process dies at a seam between two durable effects',
  'power cut': 'all processes die at once, and what was not synced is lost',
  'view rollback': 'a process that died has lost the last commits of its view',
  pause: 'a process stands still for up to a minute',
  'clock offset': 'wall clocks that are years apart',
  'clock jump': 'wall clocks that jump by up to a day either way',
  'clock rate': 'clocks that run five per cent fast or slow',
  twin: 'a second process with the key pair of the first',
  'lost member': 'a minority that dies and never comes back',
  hostile: 'members that write what they like into the store, fewer than half of all',
  'members change': 'a member is added or removed at a height that the operators agree on',
  'odd settings': 'one operator forgets that change or writes another height, and corrects it later',
} as const;

export type FaultKind = keyof typeof FAULT_KINDS;

/** Drawn in `change-plan.ts` from a stream of their own. */
const APART: readonly FaultKind[] = ['members change', 'odd settings'];
const DRAWN = (Object.keys(FAULT_KINDS) as FaultKind[]).filter((kind) => !APART.includes(kind));

/** What is drawn for one seed. A rate that is 0 means that the fault does not occur. */
export interface Swarm {
  readonly kinds: ReadonlySet<FaultKind>;
  /** Chance that a store call fails in one of the ways that are on. */
  readonly callRate: number;
  /** Longest way between a process and the store, and longest sync, virtual milliseconds. */
  readonly latencyMs: number;
  readonly syncMs: number;
  readonly lostHintRate: number;
  /** How often processes crash, stand still and so on, over the whole safety phase; of each kind that is on. */
  readonly incidents: number;
  readonly timerJitterMs: number;
}

/** The same seed and the same `without` give the same swarm; leaving a kind out changes no other draw. */
export function drawSwarm(random: SeededRandom, without: ReadonlySet<FaultKind>): Swarm {
  const kinds = drawKinds(random).filter((kind) => !without.has(kind));
  const extreme = random.chance(0.1);
  return {
    kinds: new Set(kinds),
    callRate: extreme ? 0.3 + random.fraction() * 0.5 : 0.005 + random.fraction() * 0.1,
    latencyMs: random.pick([1, 5, 5, 40, 150]),
    syncMs: random.pick([0, 2, 20]),
    lostHintRate: random.pick([0.2, 0.9, 1]),
    incidents: 3 + random.integer(8),
    timerJitterMs: random.pick([0, 3, 30]),
  };
}

function drawKinds(random: SeededRandom): FaultKind[] {
  const draw = random.fraction();
  const single = random.pick(DRAWN);
  const part = 0.15 + random.fraction() * 0.5;
  const chosen = DRAWN.filter((kind) => random.chance(kind === 'hostile' ? 0.5 : part));
  if (draw < 0.05) return [];
  return draw < 0.2 ? [single] : chosen;
}
