/** Item 47: settings that contradict themselves, and what else stops a start before any data is touched. */

import { createServer } from 'node:net';

export interface BadSettings {
  readonly name: string;
  /** Over the settings of a right node; a text is the whole file. */
  readonly settings: Readonly<Record<string, unknown>> | string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly parameters?: readonly string[];
  /** The setting that the sentence names. */
  readonly names: string;
}

const OTHER_KEY = '4K9sWUMFwTgaDGPfdynrbxWqWS6sWmKbZoTjxLtVUibD';

function one(path: string, value: unknown): BadSettings {
  const [group = '', name] = path.split('.');
  const settings = name === undefined ? { [group]: value } : { [group]: { [name]: value } };
  return { name: `${path} = ${JSON.stringify(value)?.slice(0, 40)}`, settings, names: path };
}

export function badSettings(): BadSettings[] {
  return [
    one('server.bind', 'localhost'),
    one('server.bind', 'localhost:70000'),
    one('server.bind', 5),
    one('server.request_bytes_max', -1),
    one('server.request_bytes_max', '8 MB'),
    one('wsserver.port', 'x'),
    one('wsserver.port', 65_536),
    one('wsserver.scheme', 'http'),
    one('keypair.private', 'short'),
    one('keypair.public', OTHER_KEY),
    one('keyring', 'abc'),
    one('keyring', [OTHER_KEY, OTHER_KEY]),
    one('keyring', [5]),
    one('database.backend', 'rethinkdb'),
    one('database.backend', 'mysql'),
    one('database.path', 5),
    one('backlog_reassign_delay', 0),
    one('backlog_reassign_delay', '10 s'),
    one('block_interval_ms', 1.5),
    one('block_interval_ms', null),
    one('log.level_console', 'loud'),
    one('log.granular_levels', 5),
    one('checker.threads', 0),
    one('crypto.ed25519', 'openssl'),
    one('view.payload_indexes', 'x'.repeat(10)),
    one('graphql.page_size_default', 101),
    one('federation.changes', [{ height: -1, members: [OTHER_KEY] }]),
    one('federation.changes', [{ height: 5, members: [] }]),
    one('federation.changes', [{ height: 5 }]),
    { name: 'a misspelt setting', settings: { server: { bnid: 'x:1' } }, names: 'server.bind' },
    { name: 'a misspelt group', settings: { databse: {} }, names: 'database' },
    { name: 'a text for a group', settings: { database: 'x' }, names: 'database' },
    { name: 'no JSON', settings: '{"server": ', names: 'configuration' },
    { name: 'a list', settings: '[1]', names: 'configuration' },
    { name: 'nothing', settings: '', names: 'configuration' },
    { name: '100,000 lists deep', settings: '['.repeat(100_000), names: 'configuration' },
    {
      name: 'a variable that is no number',
      settings: {},
      environment: { BIGCHAINDB_WSSERVER_PORT: 'x' },
      names: 'BIGCHAINDB_WSSERVER_PORT',
    },
    {
      name: 'a key file that is not there',
      settings: {},
      environment: { BIGCHAINDB_KEYPAIR_PRIVATE_FILE: '/nowhere/key' },
      names: 'BIGCHAINDB_KEYPAIR_PRIVATE_FILE',
    },
    {
      name: 'a failpoint that is none',
      settings: {},
      environment: { FAILPOINT: 'nowhere' },
      names: 'FAILPOINT',
    },
  ];
}

/** Holds a port while `use` runs. */
export async function withTakenPort(use: (port: number) => Promise<void>): Promise<void> {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  try {
    const address = squatter.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    await use(address.port);
  } finally {
    await new Promise((resolve) => squatter.close(resolve));
  }
}
