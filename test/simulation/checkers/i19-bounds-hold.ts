/** I19: no queue of a node is longer than its bound. */

import { type Checker, eventsOf } from '../chronicle.js';

export const boundsHold: Checker = (chronicle) =>
  eventsOf(chronicle, 'held').map(
    ({ node, what, count, limit }) => `${node} holds ${count} ${what} of at most ${limit}`,
  );
