/** What the users of npm `bigchaindb-driver` do, through its own API, against whatever answers at an address. */

/** The drivers have no types of their own; these are the parts used here. */
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
  /** Since 3.2.0. */
  searchMetadata?(search: string): Promise<{ id: string; metadata: unknown }[]>;
}
interface Transfer {
  from: DriverTransaction;
  outputIndex: number;
  outputs: unknown[];
  metadata: unknown;
}
interface Driver<TransferArguments extends unknown[]> {
  Ed25519Keypair: new (seed?: Buffer) => { publicKey: string; privateKey: string };
  Connection: new (path: string, headers?: Record<string, string>) => DriverConnection;
  Transaction: {
    makeCreateTransaction(
      asset: unknown,
      metadata: unknown,
      outputs: unknown[],
      ...owners: string[]
    ): DriverTransaction;
    makeTransferTransaction(...transfer: TransferArguments): DriverTransaction;
    makeOutput(condition: unknown, amount?: string): { public_keys: string[] };
    makeEd25519Condition(publicKey: string): unknown;
    makeThresholdCondition(threshold: number, subconditions: unknown[]): unknown;
    signTransaction(transaction: DriverTransaction, ...privateKeys: string[]): DriverTransaction;
  };
}

const DRIVERS = {
  '0.3.0': () => {
    type Arguments = [DriverTransaction, unknown, unknown[], ...number[]];
    const driver = require('bigchaindb-driver') as Driver<Arguments>;
    const { Transaction } = driver;
    const makeTransfer = ({ from, metadata, outputs, outputIndex }: Transfer) =>
      Transaction.makeTransferTransaction(from, metadata, outputs, outputIndex);
    return { ...driver, makeTransfer };
  },
  '3.2.0': () => {
    type Arguments = [{ tx: DriverTransaction; output_index: number }[], unknown[], unknown];
    const driver = require('bigchaindb-driver-3.2.0') as Driver<Arguments>;
    const { Transaction } = driver;
    const makeTransfer = ({ from, metadata, outputs, outputIndex }: Transfer) =>
      Transaction.makeTransferTransaction([{ tx: from, output_index: outputIndex }], outputs, metadata);
    return { ...driver, makeTransfer };
  },
};

export type DriverVersion = keyof typeof DRIVERS;
export const DRIVER_VERSIONS = Object.keys(DRIVERS) as DriverVersion[];

/** Status and reason of a refused call: 3.2.0 gives them as one text. The driver's own `console.error` is silenced. */
async function refusal(action: () => Promise<unknown>): Promise<string> {
  const spy = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    await action();
    return 'it was not refused';
  } catch (error) {
    const { status, statusText } = error as { status: number | string; statusText?: string };
    return typeof status === 'number' ? `${status} ${statusText}` : status;
  } finally {
    spy.mockRestore();
  }
}

function seed(name: string): Buffer {
  return Buffer.alloc(32, name);
}

/**
 * Makes, signs, posts, polls, transfers, splits, spends twice, lists and searches with the driver of that version.
 * `address` is the node's HTTP address. Every key is fresh by `salt`, so that a story can be told twice.
 */
export async function driverStory(version: DriverVersion, address: string, salt: string): Promise<void> {
  const { Ed25519Keypair, Connection, Transaction, makeTransfer } = DRIVERS[version]();
  const connection = new Connection(`${address}/api/v1/`, { app_id: 'wallet', app_key: 'secret' });
  const alice = new Ed25519Keypair(seed(`alice ${salt} ${version}`));
  const bob = new Ed25519Keypair(seed(`bob ${salt} ${version}`));
  const to = (publicKey: string, amount: string): unknown =>
    Transaction.makeOutput(Transaction.makeEd25519Condition(publicKey), amount);

  const word = `bicycle${salt}${version.replaceAll('.', '')}`;
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
    makeTransfer({
      from: create,
      outputIndex: 0,
      outputs: [to(bob.publicKey, '2'), to(alice.publicKey, '3')],
      metadata: { to: `bob ${word}` },
    }),
    alice.privateKey,
  );
  await connection.postTransaction(transfer);
  expect(await connection.pollStatusAndFetchTransaction(transfer.id)).toEqual(transfer);

  const again = Transaction.signTransaction(
    makeTransfer({
      from: create,
      outputIndex: 0,
      outputs: [to(bob.publicKey, '5')],
      metadata: { to: 'nobody' },
    }),
    alice.privateKey,
  );
  expect(await refusal(() => connection.postTransaction(again))).toBe('400 BAD REQUEST');
  expect(await refusal(() => connection.getStatus(again.id))).toBe('404 NOT FOUND');
  expect(await refusal(() => connection.getTransaction(again.id))).toBe('404 NOT FOUND');
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
  expect(await connection.searchAssets(word)).toEqual([{ id: create.id, data: create.asset.data }]);
  if (connection.searchMetadata !== undefined) {
    const found = { id: transfer.id, metadata: transfer.metadata };
    expect(await connection.searchMetadata(word)).toEqual([found]);
  }
}
