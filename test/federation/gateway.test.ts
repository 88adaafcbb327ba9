/**
 * Danger: a gateway that votes, that says it is ready when it is not, that cannot be stopped while it waits; and a second
 * process with the key of a node that runs.
 * Method: real processes on one store.
 */

import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { ProcessFederation } from '../support/process-federation.js';
import { TransactionMaker } from '../support/process-transactions.js';

let federation: ProcessFederation;
beforeEach(() => {
  federation = new ProcessFederation(2);
});
afterEach(() => federation.dispose());

test('it waits for the members, answers from its own view, and hands submissions to them', async () => {
  const gateway = federation.addGateway();
  const waiting = gateway.folder.spawn();
  await waiting.printed('gateway.waits_for_genesis');
  expect(await waiting.stop()).toEqual({ code: 0, signal: null });

  const [running] = await Promise.all([gateway.start(), federation.start()]);
  const client = new NodeClient(running.http);
  expect((await client.get('/readyz')).status).toBe(200);
  expect(running.publicKey).toBe('');
  const events = await ValidEvents.follow(running.http);
  const made = new TransactionMaker('gateway').many(20);
  for (const { text } of made) expect((await client.post(text)).status).toBe(202);
  await events.includes(made.map(({ id }) => id));
  events.stop();

  const { nodes } = (await client.query<{ nodes: { creators: { creator: { publicKey: string } }[] } }>(
    '{ nodes: blocks(first: 50) { creators: nodes { creator { publicKey } } } }',
  )) ?? { nodes: { creators: [] } };
  const members = federation.members.map((member) => member.folder.publicKey);
  const creators = new Set(nodes.creators.map(({ creator }) => creator.publicKey));
  expect([...creators].every((creator) => members.includes(creator))).toBe(true);
  for (const member of federation.members) {
    const http = member.http ?? '';
    expect(await new NodeClient(http).status(made[0]?.id ?? '')).toBe('valid');
  }
}, 60_000);

test('with every member gone it goes on reading, and what it takes is decided when they return', async () => {
  await federation.start();
  const gateway = federation.addGateway();
  const running = await gateway.start();
  for (const member of federation.members) await member.crash();
  const client = new NodeClient(running.http);
  const made = new TransactionMaker('alone').next();
  expect((await client.post(made.text)).status).toBe(202);
  expect(await client.status(made.id)).toBe('backlog');
  const events = await ValidEvents.follow(running.http);
  await federation.start();
  await events.includes([made.id]);
  events.stop();
}, 60_000);

test('a second process with the key pair of a node that runs does not start', async () => {
  await federation.start();
  const [first] = federation.members;
  const second = first?.folder.spawn();
  const exit = await second?.exited;
  expect(exit).toEqual({ code: 1, signal: null });
  expect(second?.output()).toContain('is in use by another process');
  expect((await new NodeClient(first?.http ?? '').get('/readyz')).status).toBe(200);
}, 60_000);
