/** What the users of npm `bigchaindb-driver` 0.3.0 do, through its own API, against whatever answers at an address. */

/** The driver has no types of its own; these are the parts used here. */
interface DriverTransaction {
  id: string;
  operation: string;
  asset: { id?: string; data?: unknown };
  metadata: unknown;
  inputs: unknown[];
  outputs: { amount: string; public_keys: string[] }[];
}
interface DriverConnection {
  postTransaction(transaction: DriverTransaction): Promise<DriverTransaction>;
  getStatus(id: string): Promise<{ status: string }>;
  pollStatusAndFetchTransaction(id: string): Promise<DriverTransaction>;
  getTransaction(id: string): Promise<DriverTransaction>;
  listTransactions(assetId: string, operation?: string): Promise<DriverTransaction[]>;
  listOutputs(
    publicKey: string,
    spent?: boolean,
  ): Promise<{ transaction_id: string; output_index: number }[]>;
  listBlocks(transactionId: string, status?: string): Promise<string[]>;
  getBlock(id: string): Promise<{ id: string; block: { transactions: DriverTransaction[] } }>;
  listVotes(blockId: string): Promise<{ vote: { voting_for_block: string; is_block_valid: boolean } }[]>;
  searchAssets(search: string): Promise<{ id: string; data: unknown }[]>;
}
interface Driver {
  Ed25519Keypair: new (seed?: Buffer) => { publicKey: string; privateKey: string };
  Connection: new (path: string, headers?: Record<string, string>) => DriverConnection;
  Transaction: {
    makeCreateTransaction(
      asset: unknown,
      metadata: unknown,
      outputs: unknown[],
      ...owners: string[]
    ): DriverTransaction;
    makeTransferTransaction(
      from: DriverTransaction,
      metadata: unknown,
      outputs: unknown[],
      ...outputs_: number[]
    ): DriverTransaction;
    makeOutput(condition: unknown, amount?: string): { public_keys: string[] };
    makeEd25519Condition(publicKey: string): unknown;
    makeThresholdCondition(threshold: number, subconditions: unknown[]): unknown;
    signTransaction(transaction: DriverTransaction, ...privateKeys: string[]): DriverTransaction;
  };
}

const { Ed25519Keypair, Connection, Transaction } = require('bigchaindb-driver') as Driver;

/** Silences the driver's own `console.error` of every refusal while `action` runs. */
async function quietly<T>(action: () => Promise<T>): Promise<T> {
  const spy = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    return await action();
  } finally {
    spy.mockRestore();
  }
}

function seed(name: string): Buffer {
  return Buffer.alloc(32, name);
}

/**
 * Makes, signs, posts, polls, transfers, splits, spends twice, lists and searches. `address` is the node's HTTP
 * address; `searchable`: text search is there too. Every key is fresh by `salt`, so that a story can be told twice.
 */
export async function driverStory(address: string, salt: string, searchable: boolean): Promise<void> {
  const connection = new Connection(`${address}/api/v1/`, { app_id: 'wallet', app_key: 'secret' });
  const alice = new Ed25519Keypair(seed(`alice ${salt}`));
  const bob = new Ed25519Keypair(seed(`bob ${salt}`));
  const to = (publicKey: string, amount: string): unknown =>
    Transaction.makeOutput(Transaction.makeEd25519Condition(publicKey), amount);

  const word = `bicycle${salt}`;
  const create = Transaction.signTransaction(
    Transaction.makeCreateTransaction(
      { bicycle: { serial: word, colour: 'r\u00f6d \u{1F6B2}', weight: 9.5 } },
      { when: '2017', nested: [1, null, { a: true }] },
      [to(alice.publicKey, '5')],
      alice.publicKey,
    ),
    alice.privateKey,
  );
  expect(await connection.postTransaction(create)).toEqual(create);
  expect(['backlog', 'undecided', 'valid']).toContain((await connection.getStatus(create.id)).status);
  expect(await connection.pollStatusAndFetchTransaction(create.id)).toEqual(create);
  expect(await connection.getTransaction(create.id)).toEqual(create);

  const transfer = Transaction.signTransaction(
    Transaction.makeTransferTransaction(
      create,
      { to: 'bob' },
      [to(bob.publicKey, '2'), to(alice.publicKey, '3')],
      0,
    ),
    alice.privateKey,
  );
  await connection.postTransaction(transfer);
  expect(await connection.pollStatusAndFetchTransaction(transfer.id)).toEqual(transfer);

  const again = Transaction.signTransaction(
    Transaction.makeTransferTransaction(create, { to: 'nobody' }, [to(bob.publicKey, '5')], 0),
    alice.privateKey,
  );
  await expect(quietly(() => connection.postTransaction(again))).rejects.toMatchObject({ status: 400 });
  await expect(quietly(() => connection.getStatus(again.id))).rejects.toMatchObject({ status: 404 });
  await expect(quietly(() => connection.getTransaction(again.id))).rejects.toMatchObject({
    status: 404,
    statusText: 'NOT FOUND',
  });
  expect((await connection.postTransaction(create)).id).toBe(create.id);

  expect(await connection.listTransactions(create.id)).toEqual([create, transfer]);
  expect(await connection.listTransactions(create.id, 'TRANSFER')).toEqual([transfer]);
  const link = (id: string, index: number): unknown => ({ transaction_id: id, output_index: index });
  expect(await connection.listOutputs(alice.publicKey)).toEqual([link(create.id, 0), link(transfer.id, 1)]);
  expect(await connection.listOutputs(alice.publicKey, true)).toEqual([link(create.id, 0)]);
  expect(await connection.listOutputs(bob.publicKey, false)).toEqual([link(transfer.id, 0)]);

  const [blockId = ''] = await connection.listBlocks(transfer.id, 'VALID');
  expect(await connection.listBlocks(transfer.id)).toEqual([blockId]);
  const block = await connection.getBlock(blockId);
  expect(block.block.transactions).toContainEqual(transfer);
  const votes = await connection.listVotes(blockId);
  expect(votes.map(({ vote }) => vote.voting_for_block)).toEqual(votes.map(() => blockId));
  if (searchable) {
    expect(await connection.searchAssets(word)).toEqual([{ id: create.id, data: create.asset.data }]);
  }
}
