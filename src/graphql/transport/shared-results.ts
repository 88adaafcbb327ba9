/**
 * Subscribers with the same document, operation and variables are sent the same payloads: the first of them to come to
 * a place of the ledger executes it, and all the others take what it made, as bytes. Only payloads without an error
 * are shared, because an error is one subscriber's: it carries his request id, and his end may be its cause.
 */

import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
} from 'graphql';
import { compactJson } from '../../codec/json-writer.js';
import { GRAPHQL_DOOR } from '../../config/limits.js';
import type { Scheduler } from '../../runtime/runtime.js';
import { EventBatch } from '../streams/event-batch.js';

/**
 * Payloads of several `next` messages of one operation, written already, with the cursors of their events. To
 * graphql-ws they are one result, which this door sends in its own way.
 */
export class WrittenPayloads implements ExecutionResult {
  readonly data = null;

  constructor(
    readonly texts: readonly Buffer[],
    readonly cursors: readonly string[],
  ) {}
}

/** Makes of a result the payload that its client is shown. */
export type ShowResult = (result: ExecutionResult) => unknown;

type Results = AsyncGenerator<ExecutionResult, void, void>;

interface Kept {
  /** Null = not to be shared. */
  readonly payloads: Promise<WrittenPayloads | null>;
  bytes: number;
}

interface Made {
  readonly payloads: WrittenPayloads;
  readonly shareable: boolean;
}

export class SharedResults {
  /** By operation and place, the first made first. */
  private readonly kept = new Map<string, Kept>();
  private readonly numbers = new WeakMap<DocumentNode, number>();
  private documents = 0;
  private bytes = 0;
  /** Batches handed on in this turn of the event loop, and the next turn when there were too many. */
  private handed = 0;
  private nextTurn: Promise<void> | null = null;

  constructor(private readonly scheduler: Scheduler) {}

  /** As graphql-js's `subscribe`, but `WrittenPayloads` stand for the results of a whole batch of events. */
  async subscribe(args: ExecutionArgs, show: ShowResult): Promise<ExecutionResult | Results> {
    const source = await createSourceEventStream(args);
    return Symbol.asyncIterator in source ? this.results(args, source, show) : source;
  }

  private async *results(args: ExecutionArgs, source: AsyncIterable<unknown>, show: ShowResult): Results {
    const operation = this.nameOf(args);
    for await (const event of source) {
      if (event instanceof EventBatch) {
        const make = (): Promise<Made> => executeAll(args, event, show);
        const payloads = await this.payloadsAt(`${operation}@${event.place}`, make);
        if (payloads.texts.length === 0) continue;
        await this.turn();
        yield payloads;
      } else yield await execute({ ...args, rootValue: event });
    }
  }

  private async payloadsAt(key: string, make: () => Promise<Made>): Promise<WrittenPayloads> {
    const known = this.kept.get(key);
    if (known !== undefined) return (await known.payloads) ?? (await make()).payloads;
    const making = make();
    const kept: Kept = {
      payloads: making.then(
        ({ payloads, shareable }) => (shareable ? payloads : null),
        () => null,
      ),
      bytes: 0,
    };
    this.kept.set(key, kept);
    const { payloads } = await making;
    this.count(key, kept, payloads);
    return payloads;
  }

  private count(key: string, kept: Kept, { texts }: WrittenPayloads): void {
    if (this.kept.get(key) !== kept) return;
    kept.bytes = texts.reduce((sum, text) => sum + text.length, 0);
    this.bytes += kept.bytes;
    for (const [oldest, { bytes }] of this.kept) {
      const { sharedBytesMax, sharedBatchesMax } = GRAPHQL_DOOR;
      if (this.bytes <= sharedBytesMax && this.kept.size <= sharedBatchesMax) return;
      this.kept.delete(oldest);
      this.bytes -= bytes;
    }
  }

  /** Everybody learns of a height at once; writing to all of them takes longer than a turn of the loop may. */
  private async turn(): Promise<void> {
    while (this.handed >= GRAPHQL_DOOR.batchesPerTurn) {
      this.nextTurn ??= this.scheduler.yieldTurn().then(() => {
        this.handed = 0;
        this.nextTurn = null;
      });
      await this.nextTurn;
    }
    this.handed += 1;
  }

  private nameOf({ document, operationName, variableValues }: ExecutionArgs): string {
    let number = this.numbers.get(document);
    if (number === undefined) {
      this.documents += 1;
      number = this.documents;
      this.numbers.set(document, number);
    }
    return `${number} ${compactJson([operationName, variableValues])}`;
  }
}

async function executeAll(args: ExecutionArgs, batch: EventBatch, show: ShowResult): Promise<Made> {
  const texts: Buffer[] = [];
  const cursors: string[] = [];
  let shareable = true;
  for (const rootValue of batch.events()) {
    const result = await execute({ ...args, rootValue });
    if (result.errors !== undefined) shareable = false;
    texts.push(Buffer.from(compactJson(show(result))));
    cursors.push(rootValue.cursor);
  }
  return { payloads: new WrittenPayloads(texts, cursors), shareable };
}
