/** Explores the model: every order of everything for small setups, chance for larger ones. */

import { brokenPromise, unrest } from './promises.js';
import type { Rules } from './rules.js';
import { initialState, type Setup, type State } from './state.js';
import { faultSteps, hostileSteps, ruledSteps, type Step } from './steps.js';

export interface Exploration {
  /** The first broken promise, and the steps that lead to it; null when there is none. */
  readonly broken: { readonly promise: string; readonly steps: readonly string[] } | null;
  readonly states: number;
}

interface Reached {
  readonly state: State;
  readonly label: string;
  readonly from: Reached | null;
}

/** Visits every state that can be reached, each once, the nearest first. Throws beyond `statesMax`. */
export function exploreAll(setup: Setup, rules: Rules, statesMax: number): Exploration {
  const start: Reached = { state: initialState(setup), label: 'begin', from: null };
  const seen = new Set([JSON.stringify(start.state)]);
  const queue: Reached[] = [start];
  for (let at = 0; at < queue.length; at += 1) {
    const reached = queue[at];
    if (reached === undefined) break;
    const ruled = ruledSteps(reached.state, setup, rules);
    const promise = promiseBroken(reached.state, setup, ruled);
    if (promise !== null) return { broken: { promise, steps: stepsTo(reached) }, states: seen.size };
    for (const step of [...ruled, ...otherSteps(reached.state, setup, rules)]) {
      const name = JSON.stringify(step.state);
      if (seen.has(name)) continue;
      seen.add(name);
      queue.push({ ...step, from: reached });
    }
    if (seen.size > statesMax) throw new Error(`more than ${statesMax} states: choose a smaller setup`);
  }
  return { broken: null, states: seen.size };
}

/** One run by chance, to its rest. `chance(n)` is a whole number below n. */
export function exploreOnce(setup: Setup, rules: Rules, chance: (below: number) => number): Exploration {
  let reached: Reached = { state: initialState(setup), label: 'begin', from: null };
  for (let states = 1; ; states += 1) {
    const ruled = ruledSteps(reached.state, setup, rules);
    const promise = promiseBroken(reached.state, setup, ruled);
    if (promise !== null) return { broken: { promise, steps: stepsTo(reached) }, states };
    const others = otherSteps(reached.state, setup, rules);
    // There are many kinds of faults and few of them happen: they must not all be used up in the first steps.
    const from = others.length > 0 && (ruled.length === 0 || chance(6) === 0) ? others : ruled;
    const step = from[chance(Math.max(1, from.length))];
    if (step === undefined) return { broken: null, states };
    reached = { ...step, from: reached };
  }
}

function promiseBroken(state: State, setup: Setup, ruled: readonly Step[]): string | null {
  return brokenPromise(state, setup) ?? (ruled.length === 0 ? unrest(state, setup) : null);
}

function otherSteps(state: State, setup: Setup, rules: Rules): Step[] {
  return [...faultSteps(state, setup), ...hostileSteps(state, rules)];
}

function stepsTo(last: Reached): string[] {
  const steps: string[] = [];
  for (let each: Reached | null = last; each !== null; each = each.from) steps.unshift(each.label);
  return steps;
}
