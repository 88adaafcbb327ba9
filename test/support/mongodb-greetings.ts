/**
 * How a server of MongoDB 4.4 and later greets: at once, or, asked to wait, when its greeting has changed or the time
 * given is over, again and again on the same connection. The driver watches real servers by such a stream, which
 * breaks at once with its connection. A server without it is polled, and driver 7.8 waits for ever when it polls over
 * a connection that was cut in the same moment; so the tests must greet as real servers do.
 */

import type { Socket } from 'node:net';
import { Long, ObjectId } from 'mongodb';
import { answer, type WireDocument, type WireMessage } from './mongodb-wire.js';

/**
 * A greeting of an older server, which must be polled. For faults that play a step-down: a server that announces its
 * changes would announce that one too, and the driver waits for it.
 */
export function polled({ topologyVersion, ...hello }: WireDocument): WireDocument {
  return hello;
}

export class Greetings {
  private readonly processId = new ObjectId();
  private version = 1;
  /** Of each connection that waits: sends the greeting as it is now. */
  private readonly waiting = new Map<Socket, () => void>();

  constructor(
    private readonly current: () => WireDocument,
    private readonly send: (client: Socket, bytes: Buffer) => void,
  ) {}

  /** Tells those who wait. */
  changed(): void {
    this.version += 1;
    for (const tell of [...this.waiting.values()]) tell();
  }

  /** Answers a greeting. */
  take(request: WireMessage, client: Socket): void {
    const { topologyVersion, maxAwaitTimeMS } = request.document ?? {};
    if (topologyVersion === undefined || !request.takesMore)
      this.send(client, answer(request, this.greeting()));
    else this.stream(request, client, versionOf(topologyVersion), Number(maxAwaitTimeMS));
  }

  private stream(request: WireMessage, client: Socket, known: number | null, awaitMs: number): void {
    const tell = (): void => this.send(client, answer(request, this.greeting(), true));
    const timer = setInterval(tell, awaitMs);
    timer.unref();
    this.waiting.set(client, () => {
      timer.refresh();
      tell();
    });
    client.once('close', () => {
      clearInterval(timer);
      this.waiting.delete(client);
    });
    if (known !== this.version) tell();
  }

  private greeting(): WireDocument {
    const topologyVersion = { processId: this.processId, counter: Long.fromNumber(this.version) };
    return { topologyVersion, ...this.current() };
  }
}

function versionOf(topologyVersion: unknown): number | null {
  const counter = (topologyVersion as { readonly counter?: unknown }).counter;
  return counter === undefined ? null : Number(counter);
}
