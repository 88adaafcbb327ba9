/**
 * A federation of real node processes on one store, and gateways beside them. Some members may have no process: a test
 * acts them by writing into the store with their keys.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeFolder, type NodeProcess, type Settings } from './process-node.js';
import { SigningKey } from './process-transactions.js';

/** One door of the federation: a folder, and the process that runs on it now, if any. */
export class Door {
  process: NodeProcess | null = null;

  constructor(
    readonly name: string,
    readonly folder: NodeFolder,
  ) {}

  /** Base address while the node takes requests. */
  get http(): string | null {
    return this.process?.http ?? null;
  }

  async start(): Promise<NodeProcess> {
    const started = await this.folder.start();
    this.process = started;
    return started;
  }

  /** Kill -9; resolves when the process is gone. */
  async crash(): Promise<void> {
    const { process } = this;
    this.process = null;
    await process?.kill('SIGKILL');
  }

  async stop(): Promise<number | null> {
    const { process } = this;
    this.process = null;
    return (await process?.stop())?.code ?? null;
  }
}

export interface FederationOptions {
  /** Names of members without a process. */
  readonly acted?: readonly string[];
  /** Of every node, e.g. another store: `{ database: { backend: 'mongodb', … } }`. */
  readonly settings?: Readonly<Record<string, Settings | unknown>>;
}

export class ProcessFederation {
  readonly members: readonly Door[];
  readonly dataFolder: string;
  private readonly folder = mkdtempSync(join(tmpdir(), 'bigchaindb-federation-'));
  private readonly gateways: Door[] = [];
  /** Of all members, those without a process too. */
  private readonly names: readonly string[];

  constructor(
    memberCount: number,
    private readonly options: FederationOptions = {},
  ) {
    this.dataFolder = join(this.folder, 'data');
    const names = Array.from({ length: memberCount }, (_, index) => `node-${index + 1}`);
    this.names = [...names, ...(options.acted ?? [])];
    this.members = names.map((name) => this.door(name, []));
  }

  /** Members and gateways. */
  get doors(): readonly Door[] {
    return [...this.members, ...this.gateways];
  }

  /** Public keys of all members, those without a process too. */
  get memberKeys(): readonly string[] {
    return this.names.map((name) => this.keyOf(name).publicKey);
  }

  /** The key pair of a member. */
  keyOf(name: string): SigningKey {
    return SigningKey.fromText(join(this.folder, name));
  }

  /** Of a federation on the embedded store. */
  get storePath(): string {
    return join(this.dataFolder, 'store.sqlite');
  }

  /** View file of each door, as the node names it. */
  viewPath(door: Door): string {
    const owner = this.gateways.includes(door) ? 'gateway0' : door.folder.publicKey.slice(0, 16);
    return join(this.dataFolder, `view-${owner}.sqlite`);
  }

  /** Starts all members at once: they race for the genesis block. */
  async start(): Promise<void> {
    await Promise.all(this.members.map((member) => member.start()));
  }

  /** A gateway on the same store; not started. Its file is named after its port, so only one per federation. */
  addGateway(name = 'gateway'): Door {
    const gateway = this.door(name, ['--gateway']);
    this.gateways.push(gateway);
    return gateway;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.doors.map((door) => door.folder.dispose()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private door(name: string, parameters: readonly string[]): Door {
    const keyring = this.names
      .filter((member) => member !== name)
      .map((member) => this.keyOf(member).publicKey);
    const folder = new NodeFolder({
      folder: join(this.folder, name),
      dataFolder: this.dataFolder,
      settings: { ...this.options.settings, keyring },
      parameters,
      readyTimeoutMs: 60_000,
    });
    return new Door(name, folder);
  }
}
