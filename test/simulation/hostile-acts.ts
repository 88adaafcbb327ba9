/**
 * What a hostile member does in the simulator and to real processes alike (Z1 to Z7 and Z9 to Z13 of the list of hostile
 * acts). Each of the two writes it into its own store, at once or in time.
 */

import type { StoredBlock } from '../../src/store/store.js';
import type { SeededRandom } from '../support/simulated-random.js';
import { type BlockChange, hostileBlocks } from './hostile-blocks.js';

export interface HostileActor {
  /** A block to write about. */
  someBlock(): StoredBlock;
  claim(change: BlockChange): unknown;
  vote(block: StoredBlock, verdicts: readonly boolean[]): unknown;
  onlyVoter(): unknown;
  forgedVote(): unknown;
  junkVote(): unknown;
  squat(): unknown;
  junkEntry(): unknown;
  falseParent(): unknown;
  flood(): unknown;
  farAhead(): unknown;
  dropOwn(): unknown;
}

/** By name; a call has done it when what it answers is settled. */
export function hostileActs(
  actor: HostileActor,
  random: SeededRandom,
): Readonly<Record<string, () => unknown>> {
  return {
    'Z1 block with itself as the only voter': () => actor.onlyVoter(),
    'Z2 vote under the key of another': () => actor.forgedVote(),
    'Z3 votes for both sides': () => actor.vote(actor.someBlock(), [true, false]),
    'Z4 vote that is none': () => actor.junkVote(),
    'Z5 another text under the id of a transaction': () => actor.squat(),
    'Z6 wrong block': () => actor.claim(random.pick(hostileBlocks)),
    'Z7 entry that is none, or wrong': () => actor.junkEntry(),
    'Z9 vote that names another block before': () => actor.falseParent(),
    'Z10 flood of blocks': () => actor.flood(),
    'Z11 vote against everything': () => actor.vote(actor.someBlock(), [false]),
    'Z12 block far ahead, or at two heights': () => actor.farAhead(),
    'Z13 rejects or drops what is assigned to it': () => actor.dropOwn(),
    'honest vote': () => actor.vote(actor.someBlock(), [true]),
  };
}
