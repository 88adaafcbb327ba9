/**
 * Starts the compiled node as a real process, as its users do: `node dist/src/main.js start` with a configuration
 * file and a data folder of its own on free ports, waits for the line that says it is ready, signals it, restarts it
 * on the same data. For tests and the benchmark; no sleeps: every wait is for output or for the end of the process.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SigningKey } from './process-transactions.js';

/** Root of the repository, from sources and from `dist/` alike. */
export const REPOSITORY = findRoot(__dirname);
const MAIN = join(REPOSITORY, 'dist', 'src', 'main.js');
/** Lines of output kept for reports. */
const OUTPUT_LINES_MAX = 2000;

export interface Settings {
  readonly [key: string]: unknown;
}

export interface NodeOptions {
  /** Merged over the settings of a fresh node, one level deep. */
  readonly settings?: Readonly<Record<string, Settings | unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Of the command `start`, e.g. `--gateway`. */
  readonly parameters?: readonly string[];
  /** Where configuration and data live; a fresh temporary folder when omitted, which `dispose` removes. */
  readonly folder?: string;
  /** Where the data lives when not in `folder`. */
  readonly dataFolder?: string;
  /** How long `start` waits for the ready line. */
  readonly readyTimeoutMs?: number;
}

export interface ReadyLine {
  readonly http: string;
  readonly websocket: string;
  readonly publicKey: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The process ended, or said nothing, before it was ready. `message` ends with its output. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted';
  constructor(
    message: string,
    readonly exit: Exit | null,
    readonly output: string,
  ) {
    super(`${message}\n${output}`);
  }
}

/** Folders whose nodes may still run. */
const open = new Set<NodeFolder>();

/** A test that runs into its time limit never gets to its `finally`: jest then calls this, and nodes do not outlive it. */
function disposeAll(): Promise<unknown> {
  return Promise.all([...open].map((folder) => folder.dispose()));
}
(globalThis as { afterAll?: (hook: () => Promise<unknown>) => void }).afterAll?.(disposeAll);
process.on('exit', () => {
  for (const folder of open) folder.abandon();
});

/** A folder with configuration and data on which node processes are started one after the other. */
export class NodeFolder {
  readonly folder: string;
  readonly dataFolder: string;
  readonly configPath: string;
  readonly publicKey: string;
  private readonly temporary: boolean;
  private readonly running = new Set<NodeProcess>();

  constructor(private readonly options: NodeOptions = {}) {
    this.temporary = options.folder === undefined;
    this.folder = options.folder ?? mkdtempSync(join(tmpdir(), 'bigchaindb-node-'));
    this.dataFolder = options.dataFolder ?? join(this.folder, 'data');
    this.configPath = join(this.folder, 'config.json');
    open.add(this);
    mkdirSync(this.folder, { recursive: true });
    mkdirSync(this.dataFolder, { recursive: true });
    const key = SigningKey.fromText(this.folder);
    this.publicKey = key.publicKey;
    if (!existsSync(this.configPath))
      writeFileSync(this.configPath, JSON.stringify(this.settings(key), null, 2), { mode: 0o600 });
  }

  private settings(key: SigningKey): Settings {
    const fresh: Record<string, unknown> = {
      keypair: { public: key.publicKey, private: key.privateKey },
      keyring: [],
      database: { backend: 'embedded', path: this.dataFolder },
      server: { bind: 'localhost:0' },
      wsserver: { host: 'localhost', port: 0 },
      log: { file: join(this.folder, 'node.log'), error_file: join(this.folder, 'node-errors.log') },
    };
    for (const [name, value] of Object.entries(this.options.settings ?? {})) {
      const former = fresh[name];
      fresh[name] = isRecord(former) && isRecord(value) ? { ...former, ...value } : value;
    }
    return fresh;
  }

  /** Starts a process and waits until it is ready; rejects with `NotStarted`. */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<NodeProcess> {
    const node = this.spawn(environment);
    await node.ready(this.options.readyTimeoutMs ?? 30_000);
    return node;
  }

  /** Starts a process without waiting for anything. */
  spawn(environment: Readonly<Record<string, string>> = {}): NodeProcess {
    const { parameters, environment: usual } = this.options;
    const node = new NodeProcess(this.configPath, { ...usual, ...environment }, parameters);
    this.running.add(node);
    void node.exited.then(() => this.running.delete(node));
    return node;
  }

  /** Kills what still runs, without waiting. */
  abandon(): void {
    for (const node of this.running) node.signal('SIGKILL');
  }

  /** Kills what still runs and removes the folder if it was made here. */
  async dispose(): Promise<void> {
    open.delete(this);
    await Promise.all([...this.running].map((node) => node.kill('SIGKILL')));
    if (this.temporary) rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One running node process. */
export class NodeProcess {
  readonly exited: Promise<Exit>;
  readonly startedAtMs = performance.now();
  private readonly child: ChildProcess;
  private readonly lines: string[] = [];
  private readonly waiters = new Set<() => void>();
  private readyLine: ReadyLine | null = null;
  private exit: Exit | null = null;

  constructor(
    configPath: string,
    environment: Readonly<Record<string, string>>,
    parameters: readonly string[] = [],
  ) {
    this.child = spawn(process.execPath, [MAIN, '-c', configPath, 'start', ...parameters], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...cleanEnvironment(), NODE_ENV: 'production', ...environment },
    });
    this.collect(this.child.stdout);
    this.collect(this.child.stderr);
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.exit = { code, signal };
        resolve(this.exit);
        this.wake();
      });
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the process never started');
    return this.child.pid;
  }

  /** Addresses of the doors. Only after `ready`. */
  get http(): string {
    return this.addresses.http;
  }

  get websocket(): string {
    return this.addresses.websocket;
  }

  get publicKey(): string {
    return this.addresses.publicKey;
  }

  private get addresses(): ReadyLine {
    if (this.readyLine === null) throw new Error('the node is not ready yet');
    return this.readyLine;
  }

  /** Everything the process printed so far, newest lines last. */
  output(): string {
    return this.lines.join('\n');
  }

  /** Resolves when the process printed that it is ready. */
  async ready(timeoutMs: number): Promise<ReadyLine> {
    await this.until(() => this.readyLine !== null, timeoutMs, 'the node did not get ready');
    return this.addresses;
  }

  /** Resolves when `text` stands in the output. */
  async printed(text: string, timeoutMs = 30_000): Promise<void> {
    await this.until(
      () => this.lines.some((line) => line.includes(text)),
      timeoutMs,
      `nobody printed ${text}`,
    );
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends `signal` and resolves when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<Exit> {
    this.child.kill(signal);
    return this.exited;
  }

  /** SIGTERM, as a supervisor stops it. */
  stop(): Promise<Exit> {
    return this.kill('SIGTERM');
  }

  private until(done: () => boolean, timeoutMs: number, complaint: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        clearTimeout(deadline);
        this.waiters.delete(check);
        action();
      };
      const check = (): void => {
        if (done()) settle(resolve);
        else if (this.exit !== null)
          settle(() => reject(new NotStarted(`${complaint}: it ended`, this.exit, this.output())));
      };
      const deadline = setTimeout(() => {
        settle(() => reject(new NotStarted(`${complaint} in ${timeoutMs} ms`, null, this.output())));
      }, timeoutMs);
      this.waiters.add(check);
      check();
    });
  }

  private wake(): void {
    for (const waiter of [...this.waiters]) waiter();
  }

  private collect(stream: NodeJS.ReadableStream | null): void {
    let rest = '';
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.take(line);
      this.wake();
    });
    stream?.on('end', () => {
      if (rest !== '') this.take(rest);
    });
  }

  private take(line: string): void {
    this.lines.push(line);
    if (this.lines.length > OUTPUT_LINES_MAX) this.lines.splice(0, OUTPUT_LINES_MAX / 2);
    this.readyLine ??= parseReady(line);
  }
}

/** Settings of the machine that runs the tests must not reach the node. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(BIGCHAINDB_|FAILPOINT|JEST_|NODE_OPTIONS$)/.test(name),
    ),
  );
}

/** What `start` prints when standard output is no terminal: one JSON line. */
function parseReady(line: string): ReadyLine | null {
  if (!line.startsWith('{') || !line.includes('"event":"ready"')) return null;
  const { http, websocket, public_key } = JSON.parse(line) as Record<string, string>;
  if (http === undefined || websocket === undefined || public_key === undefined)
    throw new Error(`the ready line lacks an address: ${line}`);
  return { http, websocket, publicKey: public_key };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const above = dirname(from);
  if (above === from) throw new Error('no package.json above the test support files');
  return findRoot(above);
}
