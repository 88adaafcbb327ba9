/** What a reading of votes asks for; it travels between threads. */

import type { VotesAfter } from '../store.js';

export interface VoteQuery {
  readonly blockIds: readonly string[];
  readonly limitPerBlock: number;
  /** null: from the first vote on. */
  readonly after: VotesAfter | null;
}
