/** A federation of real node processes on one embedded store, and gateways beside them. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeFolder, type NodeProcess } from './process-node.js';
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

export class ProcessFederation {
  readonly members: readonly Door[];
  readonly dataFolder: string;
  private readonly folder = mkdtempSync(join(tmpdir(), 'bigchaindb-federation-'));
  private readonly gateways: Door[] = [];

  constructor(memberCount: number) {
    this.dataFolder = join(this.folder, 'data');
    const names = Array.from({ length: memberCount }, (_, index) => `node-${index + 1}`);
    this.members = names.map((name) => this.door(name, names, []));
  }

  /** Members and gateways. */
  get doors(): readonly Door[] {
    return [...this.members, ...this.gateways];
  }

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
    const members = this.members.map((member) => member.name);
    const gateway = this.door(name, members, ['--gateway']);
    this.gateways.push(gateway);
    return gateway;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.doors.map((door) => door.folder.dispose()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private door(name: string, members: readonly string[], parameters: readonly string[]): Door {
    const keyring = members
      .filter((member) => member !== name)
      .map((member) => SigningKey.fromText(join(this.folder, member)).publicKey);
    const folder = new NodeFolder({
      folder: join(this.folder, name),
      dataFolder: this.dataFolder,
      settings: { keyring },
      parameters,
      readyTimeoutMs: 60_000,
    });
    return new Door(name, folder);
  }
}
