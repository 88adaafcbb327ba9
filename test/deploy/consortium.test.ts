// Danger: the files of the consortium do not fit each other: a wrong keyring, a secret under another name, a variable that
// is none, an upstream that nobody listens on. It would only be seen when four operators start together.
// Method: `prepare.sh` makes keys and certificates; the four members and the gateway of compose/consortium.yaml are
// started as processes with exactly that environment (ports, folders and the store excepted), NGINX in front with exactly
// the mounted files. A transaction posted at the edge must become valid at every one of them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { NodeClient } from '../support/process-client.js';
import { REPOSITORY } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';
import { ConsortiumProcesses } from './support/compose.js';
import { Edge } from './support/edge.js';
import { temporaryFolder } from './support/files.js';
import { DEPLOY, itWith, run, succeed } from './support/tools.js';

const folder = join(temporaryFolder(), 'consortium');
const consortium = new ConsortiumProcesses(folder, temporaryFolder());
const transactions = new TransactionMaker('consortium');
const environment = { BIGCHAINDB: `node ${join(REPOSITORY, 'dist/src/main.js')}` };

interface Submitted {
  readonly submitTransaction: { readonly status: string };
}

interface Federation {
  readonly members: readonly { readonly publicKey: string }[];
}

function clientOf(name: string): NodeClient {
  return new NodeClient(consortium.nodes.get(name)?.http ?? '');
}

/** Posts at one door and waits there until it is decided. */
async function decided(name: string): Promise<string> {
  const { id, text } = transactions.next();
  const { submitTransaction } = await clientOf(name).query<Submitted>(
    'mutation ($t: JSON!) { submitTransaction(input: { transaction: $t, wait: DECIDED }) { status } }',
    { t: JSON.parse(text) },
  );
  expect(submitTransaction.status).toBe('VALID');
  return id;
}

/** Resolves when the door knows the transaction as valid. */
async function validAt(name: string, id: string): Promise<void> {
  const client = clientOf(name);
  for (let look = 0; (await client.status(id)) !== 'valid'; look++)
    if (look === 5000) throw new Error(`${name} does not know ${id}`);
}

/** The files that the Compose file mounts below /etc/nginx, with the doors' names as what they are here. */
function mounted(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const mount of consortium.nginx.volumes ?? []) {
    const [source = '', target = ''] = mount.split(':');
    files[target.replace('/etc/nginx/', '')] = readFileSync(consortium.path(source), 'utf8');
  }
  const upstreams = files['bigchaindb/upstreams.conf'] ?? '';
  files['bigchaindb/upstreams.conf'] = upstreams.replace(/(node-\d|gateway):(\d+)/g, (_all, name, port) => {
    const node = consortium.nodes.get(name);
    return new URL((port === '9984' ? node?.http : node?.websocket) ?? '').host;
  });
  return files;
}

beforeAll(async () => {
  await succeed('compose/prepare.sh', [folder], { cwd: DEPLOY, environment });
}, 120_000);
afterAll(() => consortium.stop());

it('four members and a gateway from these files agree', async () => {
  expect(consortium.names).toEqual(['node-1', 'node-2', 'node-3', 'node-4', 'gateway']);
  await Promise.all(consortium.names.map((name) => consortium.start(name)));
  for (const name of consortium.names) {
    const id = await decided(name);
    await Promise.all(consortium.names.map((each) => validAt(each, id)));
  }
  // They agree on who is a member, too: the gateway has no key, the others have four different ones.
  const keys = ['node-1', 'node-2', 'node-3', 'node-4'].map((name) => consortium.nodes.get(name)?.publicKey);
  expect(new Set(keys).size).toBe(4);
  const { federation } = await clientOf('gateway').query<{ federation: Federation }>(
    '{ federation { members { publicKey } } }',
  );
  expect(federation.members.map(({ publicKey }) => publicKey).sort()).toEqual(keys.sort());
});

itWith(['nginx'], 'clients reach them through NGINX with the mounted files', async () => {
  const edge = new Edge();
  try {
    await edge.start(mounted());
    const { id, text } = transactions.next();
    const json = { 'Content-Type': 'application/json' };
    const answer = await edge.send('POST', '/api/v1/transactions', json, text, 443);
    expect([answer.status, answer.headers.location]).toEqual([202, `../statuses?transaction_id=${id}`]);
    await Promise.all(consortium.names.map((each) => validAt(each, id)));
    // What the gateway advertises is what the edge listens on.
    const info = await edge.send('GET', '/api/v1/', {}, '', 443);
    const streams = 'wss://localhost:443/api/v1/streams/valid_transactions';
    expect(JSON.parse(info.text)).toMatchObject({ streams });
    // The gateway is gone: the members answer in its place.
    await consortium.nodes.get('gateway')?.stop();
    expect((await edge.send('GET', `/api/v1/transactions/${id}`, {}, '', 443)).status).toBe(200);
  } finally {
    await edge.stop();
  }
});

it('a member may fail, and one that comes back learns what it missed', async () => {
  await consortium.nodes.get('node-4')?.kill('SIGKILL');
  const id = await decided('node-1');
  await Promise.all(['node-2', 'node-3'].map((each) => validAt(each, id)));
  await consortium.start('node-4');
  await validAt('node-4', id);
});

it('mongodb-setup.js makes a user for each login, and nothing twice', () => {
  // No MongoDB server can be had here: this one only remembers.
  const users = new Map<string, unknown>();
  let initiated: { members: { host: string }[] } | null = null;
  const external = {
    auth: () => undefined,
    createUser: ({ user, roles }: { user: string; roles: unknown }) => users.set(user, roles),
    getUser: (user: string) => users.get(user) ?? null,
    runCommand: ({ createUser, roles }: { createUser: string; roles: unknown }) => {
      if (users.size > 0) throw Object.assign(new Error('no'), { codeName: 'Unauthorized' });
      users.set(createUser, roles);
    },
  };
  const mongosh = {
    db: { hello: () => ({ isWritablePrimary: true }), getSiblingDB: () => external },
    rs: {
      initiate(set: { members: { host: string }[] }) {
        if (initiated !== null) throw Object.assign(new Error('no'), { codeName: 'AlreadyInitialized' });
        initiated = set;
      },
    },
    process: { env: consortium.service('mongodb-setup').environment },
    sleep: () => undefined,
  };
  const script = readFileSync(join(DEPLOY, 'compose/mongodb-setup.js'), 'utf8');
  for (const _time of [1, 2]) runInNewContext(script, { ...mongosh });
  const logins = consortium.names.map((name) => consortium.environment(name).BIGCHAINDB_DATABASE_LOGIN ?? '');
  expect([...users.keys()].sort()).toEqual(['CN=administrator,OU=clients,O=consortium', ...logins].sort());
  expect(initiated).toMatchObject({
    _id: consortium.environment('gateway').BIGCHAINDB_DATABASE_REPLICASET,
    members: ['mongodb-1', 'mongodb-2', 'mongodb-3'].map((name) => ({ host: `${name}:27017` })),
  });
});

it('prepare.sh makes nothing a second time', async () => {
  const before = readFileSync(join(folder, 'node-1.keypair'), 'utf8');
  const { code, output } = await run('compose/prepare.sh', [folder], { cwd: DEPLOY, environment });
  expect([code, output]).toEqual([1, `${folder} is there already\n`]);
  expect(readFileSync(join(folder, 'node-1.keypair'), 'utf8')).toBe(before);
});
