/** I20: no node stops by itself, and no rejection is left unhandled, while fewer than half of the members are faulty. */

import { type Checker, eventsOf } from '../chronicle.js';

export const nodesStopOnlyForAReason: Checker = (chronicle) => [
  ...eventsOf(chronicle, 'failed').map(({ node, error }) => `${node} stopped: ${error}`),
  ...eventsOf(chronicle, 'unhandled').map(({ error }) => `unhandled rejection: ${error}`),
];
