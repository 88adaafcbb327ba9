/**
 * Reads a Compose file as an engine would, and starts its nodes as processes: the same environment, secrets and command,
 * with only ports, folders and the place of the store changed to what this machine has.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { NodeProcess } from '../../support/process-node.js';
import { deployText } from './files.js';

export interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly env_file?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

/** `path`: relative to deploy/. */
export function readCompose(path: string): ComposeFile {
  return parse(deployText(path), { merge: true }) as ComposeFile;
}

/** `NAME=value` lines; empty ones and comments are passed over. */
export function readVariables(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => /^[A-Z]/.test(line));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** What `ENV` sets in the image. */
export function imageEnvironment(): Record<string, string> {
  const [, lines = ''] = /^ENV ((?:.*\\\n)*.*)$/m.exec(deployText('image/Dockerfile')) ?? [];
  return Object.fromEntries(
    lines
      .split(/\s*\\\n\s*/)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}

/** The nodes of compose/consortium.yaml on what `prepare.sh` has put into `folder`. */
export class ConsortiumProcesses {
  readonly nodes = new Map<string, NodeProcess>();
  private readonly file = readCompose('compose/consortium.yaml');

  constructor(
    /** What the Compose file calls `consortium`. */
    private readonly folder: string,
    private readonly work: string,
  ) {}

  /** Everything with the image of a node, members first. */
  get names(): string[] {
    return Object.keys(this.file.services).filter((name) => /^(node-\d|gateway)$/.test(name));
  }

  get nginx(): Service {
    return this.service('nginx');
  }

  service(name: string): Service {
    const service = this.file.services[name];
    if (service === undefined) throw new Error(`no service ${name}`);
    return service;
  }

  /** A path of the Compose file on this machine. */
  path(written: string): string {
    const inside = /^(?:\.\/)?consortium\/(.*)$/.exec(written)?.[1];
    return inside === undefined
      ? resolve(__dirname, '../../../deploy/compose', written)
      : join(this.folder, inside);
  }

  /** The environment inside the container `name`. */
  environment(name: string): Record<string, string> {
    const { env_file: files = [], environment = {} } = this.service(name);
    const read = files.map((file) => readVariables(readFileSync(this.path(file), 'utf8')));
    return Object.assign(imageEnvironment(), ...read, environment);
  }

  /** Also again, after its process has ended. */
  async start(name: string): Promise<NodeProcess> {
    const folder = join(this.work, name);
    mkdirSync(folder, { recursive: true });
    const configuration = join(folder, 'config.json');
    writeFileSync(configuration, '{}');
    const { command = ['start'] } = this.service(name);
    const node = new NodeProcess(configuration, this.onThisMachine(name), command.slice(1));
    this.nodes.set(name, node);
    await node.ready(120_000);
    return node;
  }

  private onThisMachine(name: string): Record<string, string> {
    const secrets = new Map(
      (this.service(name).secrets ?? []).map((secret) => {
        const { source, target } = typeof secret === 'string' ? { source: secret, target: secret } : secret;
        return [`/run/secrets/${target}`, this.path(this.file.secrets?.[source]?.file ?? '')];
      }),
    );
    const inside = Object.entries(this.environment(name)).map(([variable, value]) => [
      variable,
      secrets.get(value) ?? value,
    ]);
    return {
      ...Object.fromEntries(inside),
      BIGCHAINDB_SERVER_BIND: 'localhost:0',
      BIGCHAINDB_WSSERVER_HOST: 'localhost',
      BIGCHAINDB_WSSERVER_PORT: '0',
      BIGCHAINDB_MANAGEMENT_BIND: 'localhost:0',
      // No MongoDB server can be had here: the members share one embedded store instead.
      BIGCHAINDB_DATABASE_BACKEND: 'embedded',
      BIGCHAINDB_DATABASE_PATH: join(this.work, 'ledger'),
    };
  }

  /** Resolves when every process is gone. */
  async stop(): Promise<void> {
    await Promise.all([...this.nodes.values()].map((node) => node.kill('SIGKILL')));
  }
}
