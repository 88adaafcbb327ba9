/**
 * I15: a subscriber is sent every transaction of valid blocks from where it began, in order of decision, each once,
 * also across reconnects with its cursor, and nothing else.
 */

import { type Checker, eventsOf, type Place } from '../chronicle.js';
import { slowLedgerOf } from './slow-ledger.js';

export const streamsHaveNoGaps: Checker = (chronicle) => {
  const { heights } = slowLedgerOf(chronicle);
  const all = heights
    .filter(({ status }) => status === 'valid')
    .flatMap(({ height, transactions }) =>
      transactions.map(({ id }, position) => ({ id, place: { height, position } })),
    );
  return eventsOf(chronicle, 'subscribed').flatMap(({ subscriber, after }) => {
    const due = all.filter(({ place }) => isBehind(place, after));
    const sent = eventsOf(chronicle, 'delivered').filter((event) => event.subscriber === subscriber);
    const wrong = sent.findIndex(
      ({ transactionId, place }, index) =>
        due[index]?.id !== transactionId ||
        isBehind(place, due[index].place) ||
        isBehind(due[index].place, place),
    );
    if (wrong >= 0)
      return [
        `${subscriber} was sent ${sent[wrong]?.transactionId} in place of ${due[wrong]?.id ?? 'nothing'}`,
      ];
    return sent.length < due.length ? [`${subscriber} was sent ${sent.length} of ${due.length}`] : [];
  });
};

function isBehind(place: Place, other: Place): boolean {
  return place.height > other.height || (place.height === other.height && place.position > other.position);
}
