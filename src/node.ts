/**
 * The composition root: opens the store, the view and the checkers that the settings name, starts the ledger's
 * pipelines over them, and puts the doors in front. Owns the life of a node: starting → running → draining →
 * stopped | failed.
 */

import { mkdirSync } from 'node:fs';
import type { KeyPair } from './codec/key-pair.js';
import { databaseFiles } from './config/database-files.js';
import type { Settings } from './config/settings.js';
import { LedgerEvents } from './events/head-events.js';
import type { Checker } from './ledger/checker.js';
import { createWorkerChecker } from './ledger/checker-worker.js';
import { BackupJob } from './node/backup-job.js';
import { createDoors } from './node/doors.js';
import { openStore } from './node/open-store.js';
import { nodeStatus } from './node/status.js';
import { type Core, startCore } from './pipelines/core.js';
import type { Logger, Runtime } from './runtime/runtime.js';
import { startStatsd } from './runtime/statsd.js';
import type { Store } from './store/store.js';
import { lockView } from './view/view-lock.js';
import { createWorkerView, type WorkerView } from './view/worker-view.js';
import { Administration, type AdministrationPorts } from './web/administration.js';
import { Readiness } from './web/health.js';
import { createManagement } from './web/management.js';
import { meterStore, meterView } from './web/metered-ports.js';
import { readTls, type TlsMaterial, TlsUnusable } from './web/tls.js';
import { TransactionTrace, traceView } from './web/transaction-trace.js';
import type { WebAddresses, WebServer } from './web/web-server.js';

/** How a node's life ended. `reason` is a sentence for the operator, or null after an orderly stop. */
export interface NodeEnd {
  readonly exitCode: number;
  readonly reason: string | null;
}

/** A gateway has no key: it follows, counts, answers and takes submissions for the members, and never votes. */
export type Role = 'node' | 'gateway';

/** A node that takes requests. */
export interface RunningNode {
  readonly addresses: { readonly http: string; readonly websocket: string };
  readonly publicKey: string;
  /** Resolves once, when the node has stopped by itself or by `stop`. Never rejects. */
  readonly stopped: Promise<NodeEnd>;
  /**
   * Reads the TLS certificate again and opens the log files anew. Sentences about what could not be done; the node goes
   * on with what it had.
   */
  reload(): readonly string[];
  /** Drains the doors, lets what is under way end, closes everything. Safe to call twice. */
  stop(): Promise<void>;
}

/** A node that is far behind opens its doors all the same, so that its health can be asked; it says «not ready». */
const CATCH_UP_MS = 2000;

/** A certificate that ends sooner is worth a warning at each start and reload. */
const CERTIFICATE_WARNING_MS = 14 * 86_400_000;

/**
 * Starts a node; resolves when it takes requests. Rejects, with everything closed again, when files, settings or
 * addresses cannot be used; the message names the setting. A gateway whose store has no genesis block yet waits for a
 * member to make it, until `isCancelled`.
 */
export async function createNode(
  settings: Settings,
  runtime: Runtime,
  role: Role = 'node',
  isCancelled: () => boolean = () => false,
): Promise<RunningNode> {
  const node = new LedgerNode(settings, runtime, role, isCancelled);
  await node.start();
  return node;
}

class LedgerNode implements RunningNode {
  readonly stopped: Promise<NodeEnd>;
  addresses = { http: '', websocket: '' };
  private readonly log: Logger;
  private readonly trace: TransactionTrace;
  private tls: TlsMaterial | null = null;
  private web: WebServer | null = null;
  private readonly closers: (() => Promise<void>)[] = [];
  private resolveStopped: (end: NodeEnd) => void = () => undefined;
  private stopping: Promise<void> | null = null;
  private failure: Error | null = null;

  constructor(
    private readonly settings: Settings,
    private readonly runtime: Runtime,
    private readonly role: Role,
    private readonly isCancelled: () => boolean,
  ) {
    this.log = runtime.logger('node');
    this.trace = new TransactionTrace(runtime.logger('transactions'));
    this.stopped = new Promise((resolve) => {
      this.resolveStopped = resolve;
    });
  }

  get publicKey(): string {
    return this.role === 'gateway' ? '' : (this.settings.keypair.public ?? '');
  }

  async start(): Promise<void> {
    try {
      // Before any data is touched.
      this.openTls();
      const parts = await this.openParts();
      const events = new LedgerEvents(parts.view.read.height(), (error) => this.logListener(error));
      const core = await this.startLedger(parts, events);
      await this.openDoors(core, parts, events);
    } catch (error) {
      await this.closeAll();
      throw this.failure ?? error;
    }
  }

  reload(): readonly string[] {
    const problems: string[] = [];
    try {
      this.runtime.logControl?.reopen();
    } catch (error) {
      problems.push(messageOf(error));
    }
    try {
      this.openTls();
      if (this.tls !== null) this.web?.renewTls(this.tls);
    } catch (error) {
      if (!(error instanceof TlsUnusable)) throw error;
      problems.push(`${error.message}; the former certificate stays in use`);
    }
    for (const problem of problems) this.log.error('node.reload_failed', { problem });
    if (problems.length === 0) this.log.info('node.reloaded');
    return problems;
  }

  stop(): Promise<void> {
    this.stopping ??= this.closeAll().then(() => {
      const { failure } = this;
      this.resolveStopped({ exitCode: failure === null ? 0 : 1, reason: failure?.message ?? null });
    });
    return this.stopping;
  }

  /** The node cannot go on: it acknowledges nothing more and stops with exit code 1. */
  private fail(error: Error): void {
    if (this.failure !== null) return;
    this.failure = error;
    this.log.error('node.failed', { error: error.name, message: error.message });
    void this.stop();
  }

  private async openParts(): Promise<{ store: Store; view: WorkerView; checker: Checker }> {
    const files = databaseFiles(this.settings, this.role);
    const onFailure = (error: Error): void => this.fail(error);
    const { metrics, clock } = this.runtime;
    const shared = await openStore(this.settings, this.runtime, onFailure);
    const store = meterStore(shared, metrics, clock);
    this.closers.push(() => store.close());
    mkdirSync(this.settings.database.path, { recursive: true, mode: 0o700 });
    const unlock = lockView(files.view);
    this.closers.push(async () => unlock());
    const opened = await createWorkerView({
      path: files.view,
      payloadIndexes: this.settings.view.payloadIndexes,
      onFailure,
    });
    const view = traceView(meterView(opened, metrics, clock), this.trace);
    this.closers.push(() => view.close());
    const { ed25519 } = this.settings.crypto;
    const checker = createWorkerChecker({
      threads: this.settings.checker.threads,
      ed25519: ed25519 === 'auto' ? null : ed25519,
      onFailure,
    });
    this.closers.push(() => checker.close());
    return { store, view, checker };
  }

  private async startLedger(
    parts: { store: Store; view: WorkerView; checker: Checker },
    events: LedgerEvents,
  ): Promise<Core> {
    const { settings, runtime } = this;
    const core = await startCore({
      ...parts,
      runtime,
      keyPair: this.role === 'gateway' ? null : keyPairOf(settings),
      keyring: settings.keyring,
      federationChanges: settings.federation.changes,
      blockIntervalMs: settings.blockIntervalMs,
      reassignDelayMs: settings.backlogReassignDelay * 1000,
      limits: {
        transactionBytesMax: settings.server.transactionBytesMax,
        signaturesMax: settings.server.signaturesMax,
      },
      onHead: (height) => events.publishHead(height),
      onRejected: (id) => events.publishRejection(id),
      onChange: (listener) => {
        const stops = [events.onHead(listener), events.onRejection(listener)];
        return () => {
          for (const stop of stops) stop();
        };
      },
      isStopping: () => this.stopping !== null || this.isCancelled(),
      onFailure: (error) => this.fail(error),
    });
    this.closers.push(() => core.stop());
    // Something may fail for good meanwhile, and then nobody catches up any more.
    await Promise.race([core.caughtUpOrAfter(CATCH_UP_MS), this.stopped]);
    if (this.failure !== null) throw this.failure;
    return core;
  }

  private async openDoors(
    core: Core,
    parts: { view: WorkerView; store: Store; checker: Checker },
    events: LedgerEvents,
  ): Promise<void> {
    const { settings, runtime, role } = this;
    const readiness = new Readiness(core.access);
    const stopCollecting = runtime.metrics.onCollect(() => {
      runtime.metrics.gauge('bigchaindb_queue_length', 'checker').set(parts.checker.queued);
    });
    this.closers.push(async () => stopCollecting());
    await this.openManagement(core, readiness);
    this.web = createDoors({
      settings,
      runtime,
      role,
      ledger: core.access,
      lists: parts.view.lists,
      store: parts.store.kind,
      events,
      readiness,
      tls: this.tls,
      trace: this.trace,
      streamUrl: () => this.streamUrl(),
    });
    await this.listen(this.web);
  }

  /** Throws TlsUnusable. */
  private openTls(): void {
    const { certfile, keyfile, keyfilePassphrase, clientCaCert } = this.settings.tls;
    if (certfile === null || keyfile === null) return;
    this.tls = readTls({ certfile, keyfile, keyfilePassphrase, clientCaCert });
    const { expiresAtMs } = this.tls;
    this.runtime.metrics.gauge('bigchaindb_tls_certificate_expires_seconds').set(expiresAtMs / 1000);
    const expires = { expires: new Date(expiresAtMs).toISOString() };
    const soon = expiresAtMs - this.runtime.clock.nowMs() < CERTIFICATE_WARNING_MS;
    if (soon) this.log.warn('tls.certificate_expires_soon', expires);
    else this.log.info('tls.certificate_read', expires);
  }

  /** For those who asked for them; open before the doors, so that a start can be watched too. */
  private async openManagement(core: Core, readiness: Readiness): Promise<void> {
    const { settings, runtime } = this;
    const { host } = settings.graphite;
    if (host !== null) {
      const stop = startStatsd(runtime.metrics, { host });
      this.closers.push(async () => stop());
    }
    const { bind, token } = settings.management;
    if (bind === null) return;
    const administration = new Administration({
      ports: this.administrationPorts(core, readiness),
      token,
      logger: runtime.logger('web'),
    });
    const parts = { runtime, ledger: core.access, readiness, administration };
    const management = createManagement({ address: bind, ...parts });
    this.closers.push(() => management.close());
    const bound = await management.listen();
    this.log.info('node.management', { address: authority(bound) });
  }

  private administrationPorts(core: Core, readiness: Readiness): AdministrationPorts {
    const { settings, runtime, role } = this;
    const backups = new BackupJob(settings, runtime.clock, this.log);
    this.closers.push(() => backups.close());
    const parts = { settings, runtime, role, readiness, access: core.access };
    return {
      status: () => nodeStatus({ ...parts, addresses: this.addresses }),
      logControl: runtime.logControl ?? null,
      readiness,
      startBackup: () => backups.start(),
      backup: () => backups.state(),
      reload: () => this.reload(),
    };
  }

  private async listen(web: WebServer): Promise<void> {
    this.closers.push(() => web.close());
    const bound = await web.listen();
    const secure = this.tls === null ? '' : 's';
    this.addresses = {
      http: `http${secure}://${authority(bound.http)}`,
      websocket: `ws${secure}://${authority(streamOf(bound))}`,
    };
  }

  /** What `/` advertises (1.0.1: section 6.3): the settings as they are, but a free port by its number. */
  private streamUrl(): string {
    const { wsserver } = this.settings;
    const scheme = wsserver.advertisedScheme ?? (this.tls === null ? wsserver.scheme : 'wss');
    const host = wsserver.advertisedHost ?? wsserver.host;
    const boundPort = Number(new URL(this.addresses.websocket || 'ws://localhost:0').port);
    const port = wsserver.advertisedPort ?? (wsserver.port === 0 ? boundPort : wsserver.port);
    return `${scheme}://${host}:${port}/api/v1/streams/valid_transactions`;
  }

  /** Doors first, so that nothing is acknowledged while the rest goes away. */
  private async closeAll(): Promise<void> {
    for (let close = this.closers.pop(); close !== undefined; close = this.closers.pop()) {
      try {
        await close();
      } catch (error) {
        this.log.error('node.close_failed', {
          message: messageOf(error),
        });
      }
    }
  }

  private logListener(error: unknown): void {
    this.log.error('node.listener_failed', { message: messageOf(error) });
  }
}

function keyPairOf(settings: Settings): KeyPair {
  const { public: publicKey, private: privateKey } = settings.keypair;
  if (publicKey === null || privateKey === null) throw new Error('Setting keypair: a node needs a key pair');
  return { publicKey, privateKey };
}

function streamOf(bound: WebAddresses): { readonly host: string; readonly port: number } {
  return bound.stream ?? bound.http;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function authority({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
