/**
 * Danger: a transaction that was rejected, and that another node has taken since, is called rejected for good.
 * Method: this node knows the rejection; the look at the store is where it learns of the new entry.
 */

import { around } from '../../src/web/around.js';
import { create } from '../support/transactions.js';
import { ask, at, SocketClient } from './support/clients.js';
import { type GraphqlNode, startGraphqlNode } from './support/graphql-node.js';

const again = create();
let node: GraphqlNode;

beforeEach(async () => {
  node = await startGraphqlNode({
    wrapLedger: (ledger) =>
      around(ledger, {
        async look(ids) {
          if (ids.includes(again.id)) await ledger.submit([again.text]);
          return ledger.look(ids);
        },
      }),
  });
  const told = { code: 'INPUT_DOES_NOT_EXIST', message: 'no such input', atMs: 1_500_000_000_000 };
  const place = { node: node.publicKey, position: 1, digest: 'd'.repeat(64), text: '{}' };
  await node.view.addRejections([{ transactionId: again.id, ...told, ...place }], 1);
});

afterEach(() => node.close());

test('it has no rejection any more', async () => {
  expect(node.core.access.transactionState(again.id)?.status).toBe('rejected');
  expect(await ask(node.port, `{ rejection(id: "${again.id}") { code } }`)).toMatchObject({
    rejection: null,
  });
});

test('the stream of its status goes on to its decision', async () => {
  const client = await SocketClient.open(node.port);
  client.subscribe('t', `subscription { transactionStatus(id: "${again.id}") { status } }`);
  await client.until(() => client.of('t').some((message) => message.type === 'complete'));
  const statuses = client.data('t').map((each) => at(each, 'transactionStatus', 'status'));
  expect(statuses).not.toContain('REJECTED');
  expect(statuses.at(-1)).toBe('VALID');
  await client.close();
});
