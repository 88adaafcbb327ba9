/**
 * Which MongoDB the tests run on, in this order: the server that `MONGODB_URI` names; a `mongod` on the path; the
 * stand-in that `mongodb-server.sh` installs.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { noFailpoints } from '../../src/runtime/failpoints.js';
import type { Logger } from '../../src/runtime/runtime.js';
import { createSystemRuntime } from '../../src/runtime/system-runtime.js';
import type { ServerSettings } from '../../src/store/mongodb/client-options.js';
import { prepareServer } from '../../src/store/mongodb/connect.js';
import type { ConnectionPorts } from '../../src/store/mongodb/connection.js';
import { freePort } from './free-port.js';
import { MongodbProxy } from './mongodb-proxy.js';
import { REPOSITORY } from './process-node.js';

const REPLICA_SET = 'bigchain-rs';
const STAND_IN = 'mongo-java-server-1.47.0';

export interface TestServer {
  /** For the run's output: which server it is. */
  readonly name: string;
  /** It stands in for MongoDB: in memory, without sessions, concerns or members. */
  readonly standIn: boolean;
  /** `database` settings without a proxy in between; with it for a stand-in, which greets as no replica set does. */
  readonly settings: ServerSettings;
  /** In front of the server; a store made with `throughProxy` passes it. */
  readonly proxy: MongodbProxy;
  readonly throughProxy: ServerSettings;
  stop(): Promise<void>;
}

type Choice =
  | { readonly kind: 'uri'; readonly uri: string }
  | { readonly kind: 'mongod' }
  | { readonly kind: 'stand-in'; readonly classPath: string };

function choose(): Choice | null {
  const uri = process.env.MONGODB_URI;
  if (uri !== undefined && uri !== '') return { kind: 'uri', uri };
  if (spawnSync('mongod', ['--version']).status === 0) return { kind: 'mongod' };
  const classPath = standInClassPath();
  return classPath === null ? null : { kind: 'stand-in', classPath };
}

/** Null when `mongodb-server.sh` was not run, or there is no Java. */
function standInClassPath(): string | null {
  if (spawnSync('java', ['-version']).status !== 0) return null;
  const given = process.env.MONGODB_STAND_IN_CLASSPATH;
  if (given !== undefined && given !== '') return given;
  const base = process.env.BIGCHAINDB_TEST_CACHE;
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(base ?? join(cache, 'bigchaindb-server-test'), STAND_IN);
  return existsSync(join(folder, 'complete')) ? `${folder}/*` : null;
}

const choice = choose();

/** What `startServer` would start; null = nothing is at hand. */
export const atHand: { readonly standIn: string | null } | null =
  choice === null ? null : { standIn: choice.kind === 'stand-in' ? STAND_IN : null };

export async function startServer(): Promise<TestServer> {
  if (choice === null) throw new Error('there is no MongoDB');
  const server =
    choice.kind === 'uri'
      ? serverOfUri(choice.uri)
      : choice.kind === 'mongod'
        ? await startMongod()
        : await startStandIn(choice.classPath);
  const { settings } = server;
  const proxy = await MongodbProxy.start({
    host: settings.host,
    port: settings.port,
    replicaSet: settings.replicaset,
    standIn: server.standIn,
  });
  const throughProxy = { ...settings, host: '127.0.0.1', port: proxy.port };
  return {
    name: server.name,
    standIn: server.standIn,
    settings: server.standIn ? throughProxy : settings,
    proxy,
    throughProxy,
    async stop() {
      await proxy.close();
      await server.stop();
    },
  };
}

type Started = Pick<TestServer, 'name' | 'standIn' | 'settings' | 'stop'>;

/** For a server that asks for no login, unless `changes` says more. */
export function settingsOf(
  host: string,
  port: number,
  changes: Partial<ServerSettings> = {},
): ServerSettings {
  return {
    host,
    port,
    name: 'bigchain_test',
    replicaset: REPLICA_SET,
    connectionTimeout: 5000,
    maxTries: 1,
    ssl: false,
    login: null,
    password: null,
    caCert: null,
    certfile: null,
    keyfile: null,
    keyfilePassphrase: null,
    crlfile: null,
    ...changes,
  };
}

/** Every test makes databases of its own and looks past the store, so the server must ask for no login. */
function serverOfUri(text: string): Started {
  const uri = new URL(text.replace(/^mongodb:/, 'http:').replace(/,[^/?]*/, ''));
  const { searchParams: parameters } = uri;
  if (uri.username !== '' || parameters.get('tls') === 'true' || parameters.get('ssl') === 'true')
    throw new Error('MONGODB_URI: the tests need a replica set without login and TLS');
  const settings = settingsOf(uri.hostname, Number(uri.port || 27_017), {
    replicaset: parameters.get('replicaSet') ?? REPLICA_SET,
  });
  return { name: `MONGODB_URI (${uri.host})`, standIn: false, settings, stop: async () => undefined };
}

async function startMongod(): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'mongod-'));
  const port = await freePort();
  const child = spawn(
    'mongod',
    ['--replSet', REPLICA_SET, '--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1'],
    { stdio: ['ignore', 'ignore', 'ignore'] },
  );
  const settings = settingsOf('127.0.0.1', port, { maxTries: 6 });
  await prepareServer({ settings, ports: testPorts() });
  return {
    name: 'mongod of this machine',
    standIn: false,
    settings: { ...settings, maxTries: 1 },
    async stop() {
      await ended(child, () => child.kill('SIGTERM'));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startStandIn(classPath: string): Promise<Started> {
  const source = join(REPOSITORY, 'test', 'support', 'mongodb-stand-in.java');
  const child = spawn('java', ['-Xmx1g', '-XX:+UseSerialGC', '-cp', classPath, source], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('port ')) resolve(Number(line.slice(5)));
    });
    child.on('exit', (code) => reject(new Error(`the stand-in ended with ${code}`)));
    child.on('error', reject);
  });
  return {
    name: `${STAND_IN} (stand-in, in memory)`,
    standIn: true,
    settings: settingsOf('127.0.0.1', port),
    stop: () => ended(child, () => child.stdin.end()),
  };
}

function ended(child: ChildProcess, end: () => void): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.on('exit', () => resolve());
    end();
  });
}

export interface LoggedLine {
  readonly level: string;
  readonly event: string;
  readonly fields: Record<string, unknown>;
}

/** Real time and chance; lines of the log go to `lines`. */
export function testPorts(lines: LoggedLine[] = []): ConnectionPorts {
  const note =
    (level: string) =>
    (event: string, fields: Record<string, unknown> = {}): void => {
      lines.push({ level, event, fields });
    };
  const log: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  const { clock, scheduler, random } = createSystemRuntime({ logger: () => log, failpoints: noFailpoints });
  return { clock, scheduler, random, log };
}
