/** A small ledger of 1.0.x with everything in it that one could hold, and what has to come out of it. */

import { JsonFloat } from '../../../src/codec/json-value.js';
import { create, keyPairOf, spend, to, transfer, transferTo } from '../../support/transactions.js';
import { LegacyDatabase } from './legacy-database.js';

/** What `smallScene` makes: the database, block ids by name, transactions by name. */
export type SmallScene = ReturnType<typeof smallScene>;

export function memberNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `member${index}`);
}

/** Votes of the first `valid` members for a block, and of the next `invalid` ones against it. */
export function votesOf(valid: number, invalid = 0): Record<number, boolean> {
  return Object.fromEntries(
    Array.from({ length: valid + invalid }, (_, index) => [index, index < valid] as const),
  );
}

/**
 * Genesis; two valid blocks with non-ASCII, floats, large integers and a divisible asset; an invalid one with a double
 * spend whose other transaction is valid in a later block; one that a minority voted for; a backlog. The blocks are
 * stored out of order.
 */
export function smallScene(members: number) {
  const database = new LegacyDatabase(memberNames(members).map(keyPairOf));
  const majority = Math.floor(members / 2) + 1;
  const coins = create({
    by: 'alice',
    outputs: [to('alice', 60), to('bob', 40)],
    data: { name: 'Münzen 🪙' },
  });
  const reading = create({
    by: 'bob',
    data: { value: new JsonFloat(1), tiny: new JsonFloat(5.61673), 'schlüssel "ß"': ['\u2028', ''] },
    metadata: { big: 9_007_199_254_740_993n, small: -7, long: 4_294_967_296, text: 'language' },
  });
  const first = database.block([coins.text, reading.text], { votes: votesOf(majority), by: members - 1 });
  const payment = transfer(coins.id, [spend(coins, 0, 'alice')], [to('carol', 25), to('alice', 35)]);
  const second = database.block([payment.text]);
  const twice = transferTo(payment, 'carol', 'dave', coins.id, 25);
  const rival = transferTo(payment, 'carol', 'eve', coins.id, 25);
  const innocent = create({ by: 'dave' });
  const invalid = database.block([rival.text, twice.text, innocent.text], {
    votes: votesOf(0, members),
    by: members - 1,
  });
  const third = database.block([twice.text, innocent.text], { votes: votesOf(majority) });
  const open = create({ by: 'eve', data: { title: 'ünbekannt' } });
  const openSpend = transfer(coins.id, [spend(coins, 1, 'bob')], [to('frank', 40)]);
  const undecided = database.block([open.text, openSpend.text], { votes: votesOf(majority - 1) });
  const waiting = create({ by: 'frank', data: { waiting: true } });
  database.wait(waiting.text);
  database.wait(innocent.text);
  database.documents.bigchain.reverse();
  return {
    database,
    blocks: { genesis: database.genesisId, first, second, invalid, third, undecided },
    transactions: { coins, reading, payment, twice, rival, innocent, open, openSpend, waiting },
  };
}
