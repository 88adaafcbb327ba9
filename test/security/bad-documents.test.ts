/**
 * Danger: one posted body stops the node, hangs it, makes it forget something, or is answered with a 500.
 * Method: every bad document of the fault list (10 to 31) over real sockets; a definite answer each, and after each the
 * next request is served.
 */

import { type StartedDoor, startDoor, vectorFakeLedger } from '../compat/support/door.js';
import { exchange } from '../compat/support/raw-client.js';
import { type BadInput, badTexts, badTransactions, oddTransactions } from './support/bad-transactions.js';

let door: StartedDoor;
beforeAll(async () => {
  const ledger = vectorFakeLedger();
  ledger.undecided = [];
  door = await startDoor(ledger);
});
afterAll(() => door.server.close());

async function post({ body, status, message }: BadInput): Promise<void> {
  const answer = await exchange(door.port, { method: 'POST', path: '/api/v1/transactions', body });
  const parsed = JSON.parse(answer.body);
  expect({ status: answer.status, message: String(parsed.message).slice(0, 300) }).toEqual({
    status,
    message: status === 202 ? 'undefined' : expect.stringMatching(message ?? /./),
  });
  // 1.0.1 quoted whatever came; here the answer to a large body is small.
  if (status !== 202) expect(answer.body.length).toBeLessThan(100_000);
  if (status === 202) expect(parsed).toEqual(JSON.parse(String(body)));
  expect((await exchange(door.port, { method: 'GET', path: '/api/v1' })).status).toBe(200);
}

function named(inputs: readonly BadInput[]): (readonly [string, BadInput])[] {
  return inputs.map((input) => [input.name, input] as const);
}

describe('texts', () => {
  test.each(named(badTexts()))('%s', (_name, input) => post(input), 20_000);
});

describe('transactions', () => {
  test.each(named(badTransactions()))('%s', (_name, input) => post(input), 20_000);
});

describe('odd but accepted', () => {
  test.each(named(oddTransactions()))('%s', (_name, input) => post(input), 20_000);
});
