/**
 * Follows `validTransactions` of a running node over graphql-ws from a cursor on, and remembers every event in order:
 * so a test can wait for transactions without asking again and again, and see what came twice or never.
 */

import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { NodeClient } from './process-client.js';

const SUBSCRIPTION =
  'subscription ($after: Cursor) { validTransactions(after: $after) { cursor transaction { id } } }';

interface Payload {
  readonly validTransactions: { readonly cursor: string; readonly transaction: { readonly id: string } };
}

export class ValidEvents {
  /** Ids in the order in which the node announced them. */
  readonly order: string[] = [];
  /** `performance.now()` at the first event of each id. */
  readonly seenAt = new Map<string, number>();
  /** Cursor of the last event. */
  cursor: string;
  private readonly client: Client;
  private failure: Error | null = null;
  private wake: () => void = () => undefined;

  private constructor(http: string, after: string) {
    this.cursor = after;
    this.client = createClient({
      url: `${http.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: true,
    });
    this.client.subscribe<Payload>(
      { query: SUBSCRIPTION, variables: { after } },
      {
        next: ({ data, errors }) => {
          if (data?.validTransactions === undefined) this.fail(new Error(JSON.stringify(errors)));
          else this.take(data.validTransactions);
        },
        error: (error) =>
          this.fail(error instanceof Error ? error : new Error(`the stream broke: ${String(error)}`)),
        complete: () => this.fail(new Error('the stream ended')),
      },
    );
  }

  /** Everything decided after `after`; from now on when omitted, with no gap between the call and the first event. */
  static async follow(http: string, after?: string): Promise<ValidEvents> {
    return new ValidEvents(http, after ?? (await ValidEvents.now(http)));
  }

  /** The cursor of the last decided height. */
  static async now(http: string): Promise<string> {
    const { ledger } = await new NodeClient(http).query<{ ledger: { cursor: string } }>(
      '{ ledger { cursor } }',
    );
    return ledger.cursor;
  }

  /** Resolves when every one of `ids` was announced. Rejects, saying how many are missing, when that takes too long. */
  async includes(ids: Iterable<string>, timeoutMs = 30_000): Promise<void> {
    const missing = new Set([...ids].filter((id) => !this.seenAt.has(id)));
    let checked = this.order.length;
    await new Promise<void>((resolve, reject) => {
      const settle = (action: () => void): void => {
        clearTimeout(deadline);
        this.wake = () => undefined;
        action();
      };
      const deadline = setTimeout(
        () => settle(() => reject(new Error(`${missing.size} never became valid, e.g. ${[...missing][0]}`))),
        timeoutMs,
      );
      this.wake = () => {
        for (; checked < this.order.length; checked++) missing.delete(this.order[checked] ?? '');
        const { failure } = this;
        if (missing.size === 0) settle(resolve);
        else if (failure !== null) settle(() => reject(failure));
      };
      this.wake();
    });
  }

  /** Ids that were announced more than once. */
  repeated(): string[] {
    const seen = new Set<string>();
    return this.order.filter((id) => seen.size === seen.add(id).size);
  }

  stop(): void {
    void this.client.dispose();
  }

  private take({ cursor, transaction: { id } }: Payload['validTransactions']): void {
    this.cursor = cursor;
    this.order.push(id);
    if (!this.seenAt.has(id)) this.seenAt.set(id, performance.now());
    this.wake();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }
}
