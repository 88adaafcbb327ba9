/**
 * Calls from one thread to a worker thread, batched: all calls of one turn of the event loop travel in one message,
 * and at most `inFlightMax` messages are under way, so that what queues up meanwhile forms the next batch (group
 * commit without timers). Owns message framing and nothing else; `store`, `view` and `ledger/checker` put their
 * `worker` runners on it.
 */

import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type MessagePort, parentPort, type TransferListItem, Worker, workerData } from 'node:worker_threads';

/** One call as the worker sees it. */
export interface WorkerCall {
  readonly method: string;
  readonly argument: unknown;
}

type Reply =
  | { readonly value: unknown }
  | { readonly error: { readonly name: string; readonly message: string } };

interface CallMessage {
  readonly batch: number;
  readonly calls: readonly WorkerCall[];
}
interface ReplyMessage {
  readonly batch: number;
  readonly replies: readonly Reply[];
}
interface Notice {
  readonly notice: unknown;
}

export interface WorkerCallsOptions {
  /** Compiled file to run, from `workerEntry`. */
  readonly entry: string;
  /** Name of the thread, for failures. */
  readonly name: string;
  readonly workerData: unknown;
  /** Messages under way; 2 to 4 keep the worker busy without splitting batches. */
  readonly inFlightMax: number;
  /** Calls in one message. */
  readonly batchMax: number;
  /** The thread died; every open call has been rejected with `WorkerGone`. */
  readonly onFailure: (error: Error) => void;
  /** What the worker sent on its own with `sendNotice`. */
  readonly onNotice?: (notice: unknown) => void;
}

/** Rejection of every call to a worker that is closed or died. */
export class WorkerGone extends Error {
  override readonly name = 'WorkerGone';
}

/** Rebuilt from an exception inside the worker; `name` is that exception's name. */
export class WorkerCallError extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Name of the call that ends a thread. */
const CLOSE = 'close';

interface OpenCall {
  readonly call: WorkerCall;
  readonly transfer: readonly TransferListItem[];
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Path of the compiled thread file `name` beside `directory`; from sources (tests) it is the one in `dist/`. */
export function workerEntry(directory: string, name: string): string {
  const beside = join(directory, `${name}.js`);
  if (existsSync(beside)) return beside;
  const root = resolve(__dirname, '..', '..');
  return join(root, 'dist', relative(root, directory), `${name}.js`);
}

/**
 * Space for young objects in each thread, in MiB. V8's default is 48, which threads fill with what is dead already; with
 * this a node under load is some 50 MB smaller and no slower.
 */
const YOUNG_GENERATION_MB = 8;

/** The calling side. One instance owns one worker thread. */
export class WorkerCalls {
  private readonly worker: Worker;
  private readonly waiting: OpenCall[] = [];
  private readonly underWay = new Map<number, OpenCall[]>();
  private nextBatch = 0;
  private flushing = false;
  private gone: Error | null = null;
  private readonly ended: Promise<void>;
  private closing: Promise<void> | null = null;
  private closingError: Error | null = null;

  constructor(private readonly options: WorkerCallsOptions) {
    this.worker = new Worker(options.entry, {
      workerData: options.workerData,
      name: options.name,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.worker.on('message', (message: ReplyMessage | Notice) => this.receive(message));
    this.worker.on('messageerror', (error) => this.fail(error));
    this.worker.on('error', (error) => this.fail(error));
    this.ended = new Promise((resolvePromise) => {
      this.worker.on('exit', (code) => {
        this.fail(new WorkerGone(`thread ${options.name} ended (${code})`));
        resolvePromise();
      });
    });
  }

  /** Calls that have not been answered. */
  get length(): number {
    let count = this.waiting.length;
    for (const batch of this.underWay.values()) count += batch.length;
    return count;
  }

  /**
   * Resolves with the worker's answer. Rejects with WorkerCallError when the worker threw, with WorkerGone when it is
   * closed or died (then the call may have been carried out), or with what `postMessage` says of an argument that
   * cannot travel. Answers come in the order of the calls.
   */
  call(method: string, argument: unknown, transfer: readonly TransferListItem[] = []): Promise<unknown> {
    if (this.closing !== null) return Promise.reject(new WorkerGone(`thread ${this.options.name} is closed`));
    return this.enqueue(method, argument, transfer);
  }

  private enqueue(
    method: string,
    argument: unknown,
    transfer: readonly TransferListItem[],
  ): Promise<unknown> {
    const gone = this.gone;
    if (gone !== null) return Promise.reject(gone);
    return new Promise((resolvePromise, reject) => {
      this.waiting.push({ call: { method, argument }, transfer, resolve: resolvePromise, reject });
      this.schedule();
    });
  }

  /**
   * Answers the calls made so far, lets the worker release what it holds, and waits for its end; later calls are
   * refused, so that nothing comes after the release. Rejects when the worker failed at it. Safe to call twice.
   */
  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    // The last call of all: it is answered by the thread's end.
    this.enqueue(CLOSE, null, []).catch(() => undefined);
    await this.ended;
    if (this.closingError !== null) throw this.closingError;
  }

  private schedule(): void {
    if (this.flushing || this.underWay.size >= this.options.inFlightMax) return;
    this.flushing = true;
    setImmediate(() => {
      this.flushing = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.gone !== null) return;
    while (this.waiting.length > 0 && this.underWay.size < this.options.inFlightMax) {
      this.send(this.waiting.splice(0, this.options.batchMax));
    }
  }

  /** An argument that cannot be cloned throws here: then the calls travel one by one, so that only it is refused. */
  private send(batch: OpenCall[]): void {
    const message: CallMessage = { batch: this.nextBatch++, calls: batch.map((open) => open.call) };
    const transfer = batch.flatMap((open) => open.transfer);
    try {
      this.worker.postMessage(message, transfer);
      this.underWay.set(message.batch, batch);
    } catch (error) {
      const [only, ...others] = batch;
      if (only !== undefined && others.length === 0) only.reject(asError(error));
      else for (const open of batch) this.send([open]);
    }
  }

  private receive(message: ReplyMessage | Notice): void {
    if ('notice' in message) {
      this.options.onNotice?.(message.notice);
      return;
    }
    const batch = this.underWay.get(message.batch);
    if (batch === undefined) return;
    this.underWay.delete(message.batch);
    batch.forEach((open, index) => {
      const reply = message.replies[index];
      if (reply === undefined) open.reject(new WorkerGone('the worker sent no reply'));
      else if ('error' in reply) open.reject(new WorkerCallError(reply.error.name, reply.error.message));
      else open.resolve(reply.value);
    });
    this.flush();
  }

  private fail(error: Error): void {
    if (this.gone !== null) return;
    this.gone = new WorkerGone(`thread ${this.options.name} is gone: ${error.message}`);
    const open = [...this.waiting.splice(0), ...[...this.underWay.values()].flat()];
    this.underWay.clear();
    for (const each of open) each.reject(this.gone);
    if (this.closing === null) this.options.onFailure(error);
    else if (!(error instanceof WorkerGone)) this.closingError = error;
  }
}

/** Outcome of one call inside a worker: a value, or an exception to carry over. */
export type CallOutcome =
  | { readonly value: unknown; readonly transfer?: TransferListItem[] }
  | { readonly error: Error };

/**
 * The worker's side. `handle` gets every call of one message together and answers them in the same order; `release`
 * runs once, when the owner closes, after which the thread ends by itself.
 */
export function serveCalls(
  handle: (calls: readonly WorkerCall[]) => readonly CallOutcome[] | Promise<readonly CallOutcome[]>,
  release: () => void,
): void {
  const port = parentPort;
  if (port === null) throw new Error('serveCalls runs only in a worker thread');
  let last: Promise<void> = Promise.resolve();
  port.on('message', (message: CallMessage) => {
    last = last.then(async () => {
      const closing = message.calls.some((call) => call.method === CLOSE);
      const calls = message.calls.filter((call) => call.method !== CLOSE);
      reply(port, message.batch, await handleSafely(handle, calls));
      if (closing) {
        release();
        port.close();
      }
    });
  });
}

/** An answer that cannot be cloned would end the thread: its callers get the reason instead. */
function reply(port: MessagePort, batch: number, outcomes: readonly CallOutcome[]): void {
  const transfer: TransferListItem[] = [];
  const replies: Reply[] = outcomes.map((outcome) => {
    if ('error' in outcome) return errorReply(outcome.error);
    if (outcome.transfer !== undefined) transfer.push(...outcome.transfer);
    return { value: outcome.value };
  });
  try {
    port.postMessage({ batch, replies }, transfer);
  } catch (error) {
    const refused = errorReply(asError(error));
    port.postMessage({ batch, replies: outcomes.map(() => refused) });
  }
}

function errorReply(error: Error): Reply {
  return { error: { name: error.name, message: error.message } };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

async function handleSafely(
  handle: (calls: readonly WorkerCall[]) => readonly CallOutcome[] | Promise<readonly CallOutcome[]>,
  calls: readonly WorkerCall[],
): Promise<readonly CallOutcome[]> {
  if (calls.length === 0) return [];
  try {
    return await handle(calls);
  } catch (error) {
    const wrapped = asError(error);
    return calls.map(() => ({ error: wrapped }));
  }
}

/** Sends something to the owner without having been asked, e.g. a hint. Only inside a worker. */
export function sendNotice(notice: unknown): void {
  parentPort?.postMessage({ notice });
}

/** What the owner passed as `workerData`. Only inside a worker. */
export function workerOptions<T>(): T {
  return workerData as T;
}
