/**
 * A proxy between the driver and a MongoDB server. It greets as the only member of a replica set, so that the driver
 * stays with it whatever stands behind, answers what a stand-in cannot, and makes faults: refused commands, lost
 * answers, silence, cut connections.
 */

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { Greetings } from './mongodb-greetings.js';
import { answer, type WireDocument, type WireMessage, WireReader } from './mongodb-wire.js';

/** What to do with a command; null lets it pass. */
export type Fault =
  | null
  /** Answered without asking the server. */
  | { readonly kind: 'answer'; readonly document: WireDocument }
  /** The server does it; the answer is replaced. */
  | { readonly kind: 'replace'; readonly change: (answer: WireDocument) => WireDocument }
  /** The connection is cut before the server sees it. */
  | { readonly kind: 'cut' }
  /** The server does it; the connection is cut in place of the answer. */
  | { readonly kind: 'cut answer' };

export interface ProxyOptions {
  readonly port: number;
  readonly host?: string;
  readonly replicaSet: string;
  /** The server behind is a stand-in: sessions are taken from its commands, and what it lacks is answered here. */
  readonly standIn: boolean;
  /** Takes connections by TLS only. */
  readonly tls?: TlsOptions;
}

export class MongodbProxy {
  /** Asked for every command but greetings. */
  fault: (name: string, command: WireDocument) => Fault = () => null;
  /** Bytes stop in both directions; connections stay open. */
  silent = false;
  private readonly sockets = new Set<Socket>();
  private changeGreeting: (hello: WireDocument) => WireDocument = (hello) => hello;
  private readonly greetings = new Greetings(
    () => this.changeGreeting(this.hello()),
    (client, bytes) => {
      if (!this.silent && !client.destroyed) client.write(bytes);
    },
  );

  private constructor(
    private readonly options: ProxyOptions,
    private readonly server: Server,
  ) {}

  static async start(options: ProxyOptions): Promise<MongodbProxy> {
    const { tls } = options;
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    const proxy = new MongodbProxy(options, server);
    server.on(tls === undefined ? 'connection' : 'secureConnection', (client: Socket) => proxy.serve(client));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Changes the greeting, and tells it to all who watch. */
  set greeting(change: (hello: WireDocument) => WireDocument) {
    this.changeGreeting = change;
    this.greetings.changed();
  }

  /** Cuts every connection at once, as a server does that dies; new ones are welcome. */
  cutAll(): void {
    for (const socket of [...this.sockets]) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.cutAll();
    await closed;
  }

  private serve(client: Socket): void {
    const upstream = connect(this.options.port, this.options.host ?? '127.0.0.1');
    const changes = new Map<number, (message: WireMessage) => Buffer | null>();
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    const requests = new WireReader();
    const answers = new WireReader();
    client.on('data', (chunk) => {
      if (this.silent) return;
      for (const message of requests.push(chunk)) this.request(message, client, upstream, changes);
    });
    upstream.on('data', (chunk) => {
      if (this.silent) return;
      for (const message of answers.push(chunk)) {
        const change = changes.get(message.responseTo);
        changes.delete(message.responseTo);
        const bytes = change === undefined ? message.bytes : change(message);
        if (bytes === null) client.destroy();
        else client.write(bytes);
      }
    });
  }

  private request(
    message: WireMessage,
    client: Socket,
    upstream: Socket,
    changes: Map<number, (message: WireMessage) => Buffer | null>,
  ): void {
    const command = message.document ?? {};
    const name = Object.keys(command)[0] ?? '';
    if (/^(hello|ismaster)$/i.test(name)) {
      this.greetings.take(message, client);
      return;
    }
    const fault = this.fault(name, command) ?? this.standInAnswer(name);
    if (fault?.kind === 'cut') client.destroy();
    else if (fault?.kind === 'answer') client.write(answer(message, { ok: 1, ...fault.document }));
    else {
      if (fault?.kind === 'cut answer') changes.set(message.requestId, () => null);
      if (fault?.kind === 'replace')
        changes.set(message.requestId, (reply) => answer(message, fault.change(reply.document ?? {})));
      upstream.write(message.bytes);
    }
  }

  private hello(): WireDocument {
    const me = `127.0.0.1:${this.port}`;
    return {
      helloOk: true,
      isWritablePrimary: true,
      ismaster: true,
      secondary: false,
      setName: this.options.replicaSet,
      setVersion: 1,
      hosts: [me],
      primary: me,
      me,
      maxBsonObjectSize: 16_777_216,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      logicalSessionTimeoutMinutes: 30,
      minWireVersion: 0,
      maxWireVersion: 17,
      readOnly: false,
      ok: 1,
    };
  }

  private standInAnswer(name: string): Fault {
    if (!this.options.standIn) return null;
    if (name === 'replSetGetConfig')
      return {
        kind: 'answer',
        document: { config: { _id: this.options.replicaSet, version: 1, members: [{ _id: 0 }] } },
      };
    if (name === 'endSessions') return { kind: 'answer', document: {} };
    return null;
  }
}
