/**
 * Danger: a ledger that was moved from 1.0.x says something else than it did there, is judged anew, or cannot go on.
 * Method: small databases with everything that one could hold, in every dialect of mongoexport and with federations of
 * several sizes, are imported by the real command; a gateway is asked everything over REST, `verify` reads all of it, and
 * a node goes on from there. Needs `npm run build`.
 */

import { canonicalJson } from '../../src/codec/canonical-json.js';
import { parseJson } from '../../src/codec/json-reader.js';
import type { JsonObject } from '../../src/codec/json-value.js';
import { publicKeyOfName } from '../support/keys.js';
import { NodeFolder, type NodeProcess } from '../support/process-node.js';
import { create, documentOf, keyPairOf, transferTo } from '../support/transactions.js';
import { command, exported, folderOf, succeeds } from './support/import-command.js';
import { LegacyDatabase } from './support/legacy-database.js';
import { RestClient } from './support/rest.js';
import { memberNames, type SmallScene, smallScene } from './support/scenes.js';

jest.setTimeout(120_000);

const EVERYBODY = ['alice', 'bob', 'carol', 'dave', 'eve', 'frank'];
const STATUS: Record<string, string> = {
  genesis: 'undecided',
  first: 'valid',
  second: 'valid',
  invalid: 'invalid',
  third: 'valid',
  undecided: 'undecided',
};
const TRANSACTION_STATUS: Record<string, string | null> = {
  coins: 'valid',
  reading: 'valid',
  payment: 'valid',
  twice: 'valid',
  innocent: 'valid',
  rival: null,
  open: 'undecided',
  openSpend: 'undecided',
  waiting: 'backlog',
};

interface Imported {
  readonly folder: NodeFolder;
  readonly scene: SmallScene;
  readonly path: string;
}

async function imported(members: number, dialect: 'v1' | 'relaxed' | 'canonical'): Promise<Imported> {
  const folder = folderOf(memberNames(members));
  const scene = smallScene(members);
  const path = exported(folder, scene.database, dialect);
  await succeeds(folder, ['import', path]);
  return { folder, scene, path };
}

function gatewayOf({ folder }: Imported): Promise<NodeProcess> {
  return new NodeFolder({ folder: folder.folder, parameters: ['--gateway'] }).start();
}

describe.each([
  [1, 'v1'],
  [2, 'relaxed'],
  [5, 'canonical'],
] as const)('%i members, %s', (members, dialect) => {
  let ledger: Imported;
  let gateway: NodeProcess;
  let rest: RestClient;
  let scene: SmallScene;

  beforeAll(async () => {
    ledger = await imported(members, dialect);
    gateway = await gatewayOf(ledger);
    rest = new RestClient(gateway);
    scene = ledger.scene;
  });
  afterAll(async () => {
    await gateway?.stop();
    await ledger?.folder.dispose();
  });

  it('shows every block, its status and its votes as they were', async () => {
    for (const [name, id] of Object.entries(scene.blocks)) {
      expect([name, await rest.status('block', id)]).toEqual([name, STATUS[name]]);
      expect((await rest.get(`blocks/${id}`)).text).toBe(canonicalJson(wholeBlock(scene, id)));
      const votes = scene.database.documents.votes.filter(({ vote }) => isAbout(vote as JsonObject, id));
      expect((await rest.get(`votes?block_id=${id}`)).text).toBe(canonicalJson(votes));
    }
  });

  it('shows every transaction with its status', async () => {
    for (const [name, { id, text }] of Object.entries(scene.transactions)) {
      const expected = TRANSACTION_STATUS[name];
      expect([name, await rest.status('transaction', id)]).toEqual([name, expected]);
      const found = await rest.get(`transactions/${id}`);
      expect(found.status).toBe(expected === 'valid' ? 200 : 404);
      if (expected === 'valid') expect(found.text).toBe(text);
    }
  });

  it('lists the blocks of a transaction, histories and assets', async () => {
    const { blocks, transactions } = scene;
    const { coins, payment, twice, innocent, open } = transactions;
    const holders = (id: string): Promise<unknown> =>
      rest.get(`blocks?transaction_id=${id}`).then(({ json }) => json);
    expect(new Set((await holders(innocent.id)) as string[])).toEqual(
      new Set([blocks.invalid, blocks.third]),
    );
    expect(await holders(open.id)).toEqual([blocks.undecided]);
    const history = await rest.get(`transactions?asset_id=${coins.id}`);
    expect((history.json as JsonObject[]).map(({ id }) => id)).toEqual([coins.id, payment.id, twice.id]);
    expect((await rest.get('assets?search=munzen')).text).toBe(
      canonicalJson([{ data: { name: 'Münzen 🪙' }, id: coins.id }]),
    );
    expect((await rest.get('assets?search=unbekannt')).json).toEqual([]);
  });

  it('counts the outputs and spends of undecided blocks, as 1.0.1 did', async () => {
    const { coins, payment, twice, open, openSpend, reading, innocent } = scene.transactions;
    const listed: Record<string, [unspent: string[], spent: string[]]> = {
      alice: [[`${payment.id}:1`], [`${coins.id}:0`]],
      bob: [[`${reading.id}:0`], [`${coins.id}:1`]],
      carol: [[], [`${payment.id}:0`]],
      dave: [[`${twice.id}:0`, `${innocent.id}:0`], []],
      eve: [[`${open.id}:0`], []],
      frank: [[`${openSpend.id}:0`], []],
    };
    for (const name of EVERYBODY) {
      const key = publicKeyOfName(name);
      const [unspent = [], spent = []] = listed[name] ?? [];
      expect([name, await rest.outputs(key, false)]).toEqual([name, [...unspent].sort()]);
      expect([name, await rest.outputs(key, true)]).toEqual([name, [...spent].sort()]);
      expect([name, await rest.outputs(key)]).toEqual([name, [...unspent, ...spent].sort()]);
    }
  });

  it('is right in the eyes of the audit, store and view', async () => {
    const verified = await command(ledger.folder, ['verify', '--gateway', '--json']);
    expect(JSON.parse(verified.stdout)).toMatchObject({
      ok: true,
      breachCount: 0,
      evidenceCount: 0,
      viewHeight: 5,
      summary: { head: 5, decided: 5, validBlocks: 3, invalidBlocks: 1, undecidedBlocks: 1, transactions: 5 },
    });
  });

  it('changes nothing when it is imported again', async () => {
    const before = await command(ledger.folder, ['export']);
    const again = await command(ledger.folder, ['import', ledger.path, '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'unchanged', lastHeight: 5 });
    expect((await command(ledger.folder, ['export'])).stdout).toBe(before.stdout);
  });
});

it('a node goes on: what was imported is spent, what was undecided gets another block', async () => {
  const ledger = await imported(1, 'v1');
  const node = await ledger.folder.start();
  try {
    const rest = new RestClient(node);
    const { coins, payment, twice, open, openSpend, waiting } = ledger.scene.transactions;
    const next = transferTo(twice, 'dave', 'alice', coins.id, 25);
    const again = transferTo(payment, 'carol', 'eve', coins.id, 25);
    expect(await rest.post(next.text)).toBe(202);
    expect(await rest.post(again.text)).toBe(400);
    for (const { id } of [next, open, openSpend, waiting]) await until(rest, id, 'valid');
    expect(await rest.status('block', ledger.scene.blocks.undecided ?? '')).toBe('undecided');
    expect(await rest.outputs(publicKeyOfName('frank'), false)).toEqual(
      [`${openSpend.id}:0`, `${waiting.id}:0`].sort(),
    );
    await node.stop();
    for (const name of ['verify', 'rebuild', 'verify']) await succeeds(ledger.folder, [name]);
  } finally {
    await node.stop();
    await ledger.folder.dispose();
  }
});

it('what 1.0.1 took and nobody takes today stays valid, and can be spent', async () => {
  const folder = folderOf(['member0']);
  const database = new LegacyDatabase([keyPairOf('member0')]);
  const unsigned = create({ by: 'alice' });
  const document = documentOf(unsigned);
  // A preimage: 1.0.1 asked a CREATE for no signature (1.0.1: section 2.6). The id does not depend on it.
  for (const input of document.inputs as JsonObject[]) input.fulfillment = 'oAKAAA';
  const moved = transferTo(unsigned, 'alice', 'bob');
  database.block([canonicalJson(document)]);
  database.block([moved.text]);
  const path = exported(folder, database);
  try {
    const { stdout } = await succeeds(folder, ['import', path, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'imported', refusedToday: 1, counts: { valid: 2 } });
    const node = await folder.start();
    const rest = new RestClient(node);
    expect((await rest.get(`transactions/${unsigned.id}`)).text).toBe(canonicalJson(document));
    const next = transferTo(moved, 'bob', 'carol', unsigned.id);
    expect(await rest.post(next.text)).toBe(202);
    await until(rest, next.id, 'valid');
    await node.stop();
    const verified = JSON.parse((await succeeds(folder, ['verify', '--json'])).stdout);
    expect(verified).toMatchObject({
      ok: true,
      evidenceCount: 1,
      evidence: [{ id: unsigned.id, height: 1 }],
    });
  } finally {
    await folder.dispose();
  }
});

it('a newcomer imports and goes on alone where the old members ended', async () => {
  const { publicKey, privateKey } = keyPairOf('newcomer');
  const keypair = { public: publicKey, private: privateKey };
  const before = new NodeFolder({ settings: { keypair } });
  const scene = smallScene(3);
  const path = exported(before, scene.database);
  const federation = scene.database.federation.join(':');
  const { stdout } = await succeeds(before, ['import', path, '--federation', federation]);
  expect(stdout).toMatch(/heights 0 to 5 imported.*federation\.changes at height 6/s);
  const after = new NodeFolder({
    settings: {
      keypair,
      database: { path: before.dataFolder },
      federation: { changes: [{ height: 6, members: [publicKey] }] },
    },
  });
  try {
    const node = await after.start();
    const rest = new RestClient(node);
    const { coins, twice, open, waiting } = scene.transactions;
    const next = transferTo(twice, 'dave', 'alice', coins.id, 25);
    expect(await rest.post(next.text)).toBe(202);
    for (const { id } of [next, open, waiting]) await until(rest, id, 'valid');
    await node.stop();
    await succeeds(after, ['verify']);
  } finally {
    await after.dispose();
    await before.dispose();
  }
});

it('what is undecided for ever and refused now is spent by nobody', async () => {
  const folder = folderOf(['member0']);
  const database = new LegacyDatabase([keyPairOf('member0')]);
  const coin = create({ by: 'alice' });
  database.block([coin.text]);
  const rival = transferTo(coin, 'alice', 'carol');
  const left = create({ by: 'bob' });
  // It moves another asset than it says, so no block will ever take it.
  const wrong = transferTo(left, 'bob', 'carol', coin.id);
  database.block([left.text]);
  database.block([wrong.text], { votes: {} });
  const path = exported(folder, database);
  try {
    await succeeds(folder, ['import', path]);
    const node = await folder.start();
    const rest = new RestClient(node);
    const bob = publicKeyOfName('bob');
    while ((await rest.outputs(bob, false)).length === 0);
    expect(await rest.outputs(bob, false)).toEqual([`${left.id}:0`]);
    expect(await rest.outputs(publicKeyOfName('carol'))).toEqual([]);
    expect(await rest.status('transaction', wrong.id)).toBe('undecided');
    expect(await rest.post(rival.text)).toBe(202);
    await node.stop();
  } finally {
    await folder.dispose();
  }
});

it('a change of the federation within the imported heights is refused', async () => {
  const ledger = await imported(2, 'v1');
  const members = memberNames(2).map(publicKeyOfName);
  const settings = {
    keypair: { public: keyPairOf('member0').publicKey, private: keyPairOf('member0').privateKey },
    keyring: members.slice(1),
    database: { path: ledger.folder.dataFolder },
    federation: { changes: [{ height: 5, members }] },
  };
  const folder = new NodeFolder({ settings });
  try {
    const node = folder.spawn();
    expect((await node.exited).code).toBe(1);
    expect(node.output()).toMatch(/heights 0 to 5 were imported/);
  } finally {
    await folder.dispose();
    await ledger.folder.dispose();
  }
});

it('an import that is killed at any step ends as one that is not', async () => {
  const whole = await imported(2, 'v1');
  const folder = folderOf(memberNames(2));
  try {
    const path = exported(folder, whole.scene.database);
    // After the record; after all heights but the last; and, with those written, after the backlog.
    for (const hit of [1, 2, 2]) {
      const killed = await command(folder, ['import', path], { FAILPOINT: `import.mid:${hit}` });
      expect(killed).toMatchObject({ signal: 'SIGKILL', stderr: '' });
      const node = folder.spawn();
      expect((await node.exited).code).toBe(1);
      expect(node.output()).toMatch(/not finished; run `bigchaindb import` again/);
    }
    await succeeds(folder, ['import', path]);
    expect((await command(folder, ['export'])).stdout).toBe((await command(whole.folder, ['export'])).stdout);
  } finally {
    await folder.dispose();
    await whole.folder.dispose();
  }
});

it('its export makes the same ledger elsewhere', async () => {
  const ledger = await imported(2, 'v1');
  const copy = folderOf(memberNames(2));
  try {
    const file = `${copy.folder}/facts.ndjson`;
    await succeeds(ledger.folder, ['export', file]);
    await succeeds(copy, ['import', file]);
    expect((await command(copy, ['export'])).stdout).toBe((await command(ledger.folder, ['export'])).stdout);
  } finally {
    await copy.dispose();
    await ledger.folder.dispose();
  }
});

async function until(rest: RestClient, id: string, wanted: string): Promise<void> {
  while ((await rest.status('transaction', id)) !== wanted);
}

function isAbout({ voting_for_block }: JsonObject, id: string): boolean {
  return voting_for_block === id;
}

/** The block with the assets that are stored apart. */
function wholeBlock({ database, transactions }: SmallScene, id: string): JsonObject {
  const document = database.documents.bigchain.find((each) => each.id === id) as JsonObject;
  const block = document.block as JsonObject;
  const texts = new Map(Object.values(transactions).map(({ id: key, text }) => [key, text]));
  const whole = (block.transactions as JsonObject[]).map((transaction) => {
    const text = texts.get(String(transaction.id));
    return text === undefined ? { ...transaction, asset: { data: null } } : parseJson(text);
  });
  return { ...document, block: { ...block, transactions: whole } };
}
