/**
 * Which change of the federation one seed meets, if any, drawn from a stream of its own: seeds without one are what they
 * would be if there were none. With the change and the mistake of an operator, fewer than half of the members are faulty
 * under the list before and the list after.
 */

import type { SeededRandom } from '../support/simulated-random.js';
import type { FaultKind } from './swarm.js';

export type Mistake = 'forgets' | 'writes a later height' | 'writes an earlier height';

export interface ChangePlan {
  /** Complete, from the agreed height on. */
  readonly members: readonly string[];
  /** The one that comes, or the one that goes. */
  readonly added: string | null;
  readonly removed: string | null;
  /** Whose operator makes a mistake. */
  readonly odd: { readonly name: string; readonly mistake: Mistake } | null;
}

export interface Before {
  readonly members: readonly string[];
  readonly hostile: readonly string[];
}

const MISTAKES: readonly Mistake[] = ['forgets', 'writes a later height', 'writes an earlier height'];

/** Null in most seeds. Leaving the mistake out changes no other draw. */
export function drawChange(
  random: SeededRandom,
  before: Before,
  without: ReadonlySet<FaultKind>,
): ChangePlan | null {
  const { members, hostile } = before;
  if (members.length < 2 || without.has('members change') || !random.chance(0.22)) return null;
  const adds = random.chance(0.5);
  // The first member may have a second process; the mistake is made by another one, or by nobody.
  const leaving = random.pick(members.slice(1));
  const mistake = random.chance(0.8) ? random.pick(MISTAKES) : null;
  const place = random.fraction();
  const added = `node-${members.length + 1}`;
  const plain: ChangePlan = { members: [...members, added], added, removed: null, odd: null };
  const smaller = { members: members.filter((name) => name !== leaving), added: null, removed: leaving };
  const bears = bearable({ ...smaller, odd: null }, before) >= 0;
  const plan = adds || !bears ? plain : { ...smaller, odd: null };
  if (mistake === null || without.has('odd settings') || bearable(plan, before) < 1) return plan;
  const others = members.slice(1).filter((name) => plan.members.includes(name) && !hostile.includes(name));
  const name = others[Math.floor(place * others.length)];
  return name === undefined ? plan : { ...plan, odd: { name, mistake } };
}

/** How many members more may fail, under the list before and the one after. */
export function bearable(plan: ChangePlan | null, { members, hostile }: Before): number {
  const lists = plan === null ? [members] : [members, plan.members];
  const left = lists.map((list) => {
    const wrong = list.filter((name) => hostile.includes(name)).length;
    return Math.ceil(list.length / 2) - 1 - wrong;
  });
  return Math.min(...left) - (plan?.odd == null ? 0 : 1);
}
