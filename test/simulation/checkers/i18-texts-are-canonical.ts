/** I18: reading and writing again changes no byte: what correct members store is canonical. */

import { type Checker, eventsOf } from '../chronicle.js';
import { canonical, objectOf } from './documents.js';

export const textsAreCanonical: Checker = (chronicle) => {
  const running = new Set(chronicle.processes);
  const texts = [
    ...eventsOf(chronicle, 'entry').map(({ by, entry }) => ({ by, text: entry.text })),
    ...eventsOf(chronicle, 'block').map(({ by, block }) => ({ by, text: block.text })),
    ...eventsOf(chronicle, 'vote').map(({ by, vote }) => ({ by, text: vote.text })),
    ...eventsOf(chronicle, 'rejection').map(({ by, rejection }) => ({ by, text: rejection.text })),
  ];
  // An entry that a hostile member wrote is written again, as it is, when it is assigned anew.
  const foreign = new Set(texts.filter(({ by }) => !running.has(by)).map(({ text }) => text));
  return texts
    .filter(({ text }) => !foreign.has(text))
    .filter(({ text }) => canonical(objectOf(text)) !== text)
    .map(({ by, text }) => `${by} stored ${text.slice(0, 60)}, which is not canonical`);
};
