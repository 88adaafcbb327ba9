/**
 * The feed: a change stream over each collection, resumed by its token. It only hints: what others changed is looked
 * for at once instead of at the next sweep. A stream that lost its history or was invalidated starts anew and says
 * that everything of its kind may have changed.
 */

import type { ChangeStream, Document, ResumeToken } from 'mongodb';
import { MONGODB } from '../../config/limits.js';
import { type Changes, NO_CHANGES } from '../hints.js';
import type { Connection } from './connection.js';
import { NAMES } from './documents.js';

/** History lost, stream fatal, resume token not found. */
const NOT_RESUMABLE = new Set([286, 280, 260]);

const KINDS = ['backlog', 'blocks', 'votes', 'rejections'] as const;

/** What the pipeline leaves of an event: never a text. */
interface FeedEvent {
  readonly _id: ResumeToken;
  readonly operationType: string;
  readonly documentKey?: { readonly _id?: unknown };
}

/** The streams of one open store. */
export class ChangeFeed {
  private readonly streams: readonly CollectionFeed[];
  private pending: Changes | null = null;
  /** Digests of entries that this process deletes: the event of a deletion does not say who did it. */
  private readonly ownDeletions = new Set<string>();

  constructor(
    private readonly connection: Connection,
    private readonly onChange: (changes: Changes) => void,
  ) {
    this.streams = KINDS.map((kind) => {
      const changes = { ...NO_CHANGES, [kind]: true };
      return new CollectionFeed(connection, kind, (event) => this.note(changes, event));
    });
  }

  /** Resolves when changes from now on are noticed, or when the first attempts failed; the feed goes on trying. */
  async start(): Promise<void> {
    await Promise.all(this.streams.map((stream) => stream.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.streams.map((stream) => stream.stop()));
  }

  noteDeletions(digests: readonly string[]): void {
    for (const digest of digests) this.ownDeletions.add(digest);
    for (const digest of this.ownDeletions) {
      if (this.ownDeletions.size <= MONGODB.deletionsKnownMax) return;
      this.ownDeletions.delete(digest);
    }
  }

  /** One hint for all events of a turn. `event` null: anything may have changed. */
  private note(changes: Changes, event: FeedEvent | null): void {
    const key = event?.operationType === 'delete' ? event.documentKey?._id : undefined;
    if (typeof key === 'string' && this.ownDeletions.delete(key)) return;
    const earlier = this.pending;
    this.pending = {
      backlog: changes.backlog || (earlier?.backlog ?? false),
      blocks: changes.blocks || (earlier?.blocks ?? false),
      votes: changes.votes || (earlier?.votes ?? false),
      rejections: changes.rejections || (earlier?.rejections ?? false),
    };
    if (earlier !== null) return;
    void this.connection.ports.scheduler.yieldTurn().then(() => {
      const all = this.pending;
      this.pending = null;
      if (all !== null) this.onChange(all);
    });
  }
}

class CollectionFeed {
  private stream: ChangeStream<Document, FeedEvent> | null = null;
  private token: ResumeToken | null = null;
  private stopped = false;
  private troubled = false;
  private done: Promise<void> = Promise.resolve();
  private endPause: () => void = () => undefined;
  private onStop: () => void = () => undefined;

  constructor(
    private readonly connection: Connection,
    private readonly kind: (typeof KINDS)[number],
    private readonly onEvent: (event: FeedEvent | null) => void,
  ) {}

  start(): Promise<void> {
    return new Promise((resolve) => {
      this.done = this.run(resolve);
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.endPause();
    this.onStop();
    this.stream?.close().catch(() => undefined);
    await this.done;
  }

  private async run(onOpen: () => void): Promise<void> {
    while (!this.stopped) {
      try {
        await this.follow(onOpen);
      } catch (error) {
        this.noteFailure(error);
      }
      onOpen();
      if (!this.stopped) await this.pause();
    }
  }

  /** Returns when the stream was invalidated or the feed stopped; throws when the stream fails. */
  private async follow(onOpen: () => void): Promise<void> {
    const stream = this.open();
    this.stream = stream;
    try {
      while (!this.stopped) {
        const event = await this.next(stream);
        this.token = stream.resumeToken ?? this.token;
        onOpen();
        if (this.troubled) this.noteRecovery();
        if (event?.operationType === 'invalidate') {
          this.startAnew();
          return;
        }
        if (event !== null) this.onEvent(event);
      }
    } finally {
      // Not waited for: a stream whose connection was torn down may never say that it is closed.
      stream.close().catch(() => undefined);
    }
  }

  /** The next event; null when there is none yet, or the feed was stopped. */
  private next(stream: ChangeStream<Document, FeedEvent>): Promise<FeedEvent | null> {
    return new Promise((resolve, reject) => {
      this.onStop = () => resolve(null);
      this.connection.bounded(stream.tryNext()).then(resolve, reject);
    });
  }

  /** Own writes carry this process's name and are left out by the server. */
  private open(): ChangeStream<Document, FeedEvent> {
    const other = { $ne: this.connection.writer };
    const pipeline = [
      { $match: { 'fullDocument.writer': other, 'updateDescription.updatedFields.writer': other } },
      { $project: { operationType: 1, 'documentKey._id': 1 } },
    ];
    return this.connection.database.collection(NAMES[this.kind]).watch<Document, FeedEvent>(pipeline, {
      maxAwaitTimeMS: MONGODB.feedAwaitMs,
      readConcern: { level: 'majority' },
      ...(this.token === null ? {} : { resumeAfter: this.token }),
    });
  }

  private startAnew(): void {
    this.token = null;
    this.onEvent(null);
  }

  private noteFailure(error: unknown): void {
    if (this.stopped) return;
    const code = error instanceof Error && 'code' in error ? Number(error.code) : Number.NaN;
    this.connection.renewIfStuck();
    if (NOT_RESUMABLE.has(code)) this.startAnew();
    if (this.troubled) return;
    this.troubled = true;
    const message = error instanceof Error ? error.message : String(error);
    this.connection.ports.log.warn('feed.lost', { kind: this.kind, message });
  }

  /** Sweeps went on meanwhile; a look at once costs little and makes up for what the stream did not tell. */
  private noteRecovery(): void {
    this.troubled = false;
    this.connection.ports.log.info('feed.back', { kind: this.kind });
    this.onEvent(null);
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.connection.ports.scheduler.after(MONGODB.feedRetryMs, resolve);
      this.endPause = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
