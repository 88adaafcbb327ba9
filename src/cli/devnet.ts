/**
 * `devnet`: a whole federation with fresh keys on this machine, one process per node, for trying things out. On a
 * shared embedded store, or on the MongoDB that the `BIGCHAINDB_DATABASE_…` variables name. Ctrl-C stops all of it.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandContext, UsageError } from './command-context.js';
import { type DevnetFolder, type DevnetNode, openDevnetFolder } from './devnet-folder.js';
import { type DevnetAddresses, DevnetProcess, type ProcessEnd } from './devnet-process.js';

export interface DevnetOptions {
  /** Null: as many as the kept folder has, or 4. */
  readonly nodes: number | null;
  /** The first port of consecutive ones, two for each node; null = free ports. */
  readonly port: number | null;
  /** Folder that stays; null = a temporary one. */
  readonly keep: string | null;
}

const NODES_MAX = 16;

/** Each node has a process with its own threads; more than a few serve nobody on one machine. */
export function parseNodes(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > NODES_MAX)
    throw new UsageError(`argument --nodes: must be an integer between 1 and ${NODES_MAX}: '${text}'`);
  return count;
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535 - 2 * NODES_MAX)
    throw new UsageError(
      `argument --port: must be a port between 1 and ${65_535 - 2 * NODES_MAX}: '${text}'`,
    );
  return port;
}

/** Runs until it is stopped. Exit code 0 after Ctrl-C or SIGTERM, 1 when a node did not start or all have ended. */
export async function devnet(context: CommandContext, options: DevnetOptions): Promise<number> {
  const place = options.keep ?? mkdtempSync(join(tmpdir(), 'bigchaindb-devnet-'));
  try {
    return await new Devnet(context, options, openDevnetFolder(place, options.nodes)).run();
  } finally {
    if (options.keep === null) rmSync(place, { recursive: true, force: true });
  }
}

interface Member {
  readonly node: DevnetNode;
  readonly process: DevnetProcess;
}

class Devnet {
  private readonly members: readonly Member[];
  private signals = 0;

  constructor(
    private readonly context: CommandContext,
    private readonly options: DevnetOptions,
    private readonly folder: DevnetFolder,
  ) {
    this.members = folder.nodes.map((node, index) => ({
      node,
      process: new DevnetProcess({
        configPath: node.configPath,
        environment: this.environmentOf(index),
        onLine: (line) => context.err(`${node.name} | ${line}\n`),
      }),
    }));
  }

  async run(): Promise<number> {
    const onSignal = (): void => this.stop();
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal).on('SIGHUP', onSignal);
    try {
      const ends = Promise.all(this.members.map((member) => this.watch(member)));
      const addresses = await Promise.all(this.members.map((member) => member.process.ready));
      const started = addresses.every((address) => address !== null);
      if (started) this.announce(addresses);
      else this.stop();
      await ends;
      return started && this.signals > 0 ? 0 : 1;
    } finally {
      process.off('SIGTERM', onSignal).off('SIGINT', onSignal).off('SIGHUP', onSignal);
    }
  }

  /** The first signal lets the nodes drain; a second one does not wait. */
  private stop(): void {
    this.signals++;
    for (const member of this.members) member.process.stop(this.signals > 1);
  }

  /** A node that ends by itself is told; the others go on without it, as a federation does. */
  private async watch({ node, process: running }: Member): Promise<ProcessEnd> {
    const end = await running.ended;
    const how = end.code === null ? `was ended by ${end.signal}` : `ended with exit code ${end.code}`;
    if (this.signals === 0 || end.code !== 0) this.context.err(`${node.name} ${how}\n`);
    return end;
  }

  /**
   * What names the database goes through, so that a MongoDB can be given; everything else is in the configurations.
   * On one MongoDB each devnet has a database of its own, named after its first key.
   */
  private environmentOf(index: number): Record<string, string | undefined> {
    const { environment } = this.context;
    const passed = Object.entries(environment).filter(
      ([name]) =>
        !name.startsWith('BIGCHAINDB_') ||
        (name.startsWith('BIGCHAINDB_DATABASE_') && name !== 'BIGCHAINDB_DATABASE_PATH'),
    );
    const first = this.folder.nodes[0]?.publicKey ?? '';
    const { port } = this.options;
    return {
      ...(environment.BIGCHAINDB_DATABASE_BACKEND === 'mongodb'
        ? { BIGCHAINDB_DATABASE_NAME: `devnet_${first.slice(0, 16)}` }
        : {}),
      ...Object.fromEntries(passed),
      ...(port === null
        ? {}
        : {
            BIGCHAINDB_SERVER_BIND: `localhost:${port + 2 * index}`,
            BIGCHAINDB_WSSERVER_PORT: String(port + 2 * index + 1),
          }),
    };
  }

  /** For people on a terminal a table, one JSON line for programs. */
  private announce(addresses: readonly (DevnetAddresses | null)[]): void {
    const { folder } = this.folder;
    const nodes = this.members.map(({ node, process: running }, index) => ({
      name: node.name,
      public_key: node.publicKey,
      http: addresses[index]?.http ?? '',
      websocket: addresses[index]?.websocket ?? '',
      pid: running.pid,
      config: node.configPath,
    }));
    if (!this.context.outTerminal) {
      this.context.out(`${JSON.stringify({ event: 'ready', folder, nodes })}\n`);
      return;
    }
    const kept = this.options.keep === null ? 'removed at the end; --keep DIR keeps it' : 'kept';
    const lines = nodes.map((node) => `${node.name.padEnd(8)} ${node.http.padEnd(24)} ${node.public_key}\n`);
    this.context.out(
      `A federation of ${nodes.length} nodes in ${folder} (${kept})\n\n${lines.join('')}\n` +
        'GraphQL is at /graphql, the 1.0.1 API at /api/v1 of each address. Ctrl-C stops all of them.\n',
    );
  }
}
