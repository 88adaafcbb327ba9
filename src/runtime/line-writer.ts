/**
 * Owns log lines between the code that wrote them and the kernel: gathered, written off the hot path with one
 * asynchronous write at a time, bounded, and dropped (counted) rather than waited for. Files rotate as 1.0.1's did.
 * A lost log line is never worth a stalled node.
 */

import { closeSync, fstatSync, mkdirSync, openSync, renameSync, write, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** 1.0.1: section 8.2, both files. */
const ROTATE_BYTES = 209_715_200;
const ROTATE_BACKUPS = 5;
/** Lines that wait while the kernel is slow; more are dropped. */
const WAITING_CHARACTERS_MAX = 4 * 1024 * 1024;
/** Enough waiting text to write it without delay. */
const WRITE_NOW_CHARACTERS = 16 * 1024;
/** Readable by the operator's group; ids of transactions are in it, never what they hold. */
const FILE_MODE = 0o640;
/** Attempts to flush at exit into a pipe whose reader does not read. */
const BUSY_ATTEMPTS_MAX = 20;

/** Where lines end up: an open descriptor, and what is to be done before more bytes go there. */
export interface LineSink {
  readonly fd: number;
  /** Called before each write with the bytes it will add; may change `fd`. */
  prepare(bytes: number): void;
  /** Opens the place by its name again; may change `fd`. Throws LogFileError and then goes on with what it has. */
  reopen(): void;
  close(): void;
}

/** Standard output or error: never closed, never rotated. */
export function consoleSink(fd: number): LineSink {
  return { fd, prepare: () => undefined, reopen: () => undefined, close: () => undefined };
}

export interface RotationOptions {
  readonly bytesMax?: number;
  readonly backups?: number;
}

/** A log file cannot be opened. */
export class LogFileError extends Error {
  override readonly name = 'LogFileError';
  constructor(
    readonly path: string,
    cause: unknown,
  ) {
    super(`cannot open ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A file that is appended to and, beyond its size, renamed to `path.1` … `path.5`. Throws LogFileError. */
export class RotatingFile implements LineSink {
  fd: number;
  private size: number;
  private readonly bytesMax: number;
  private readonly backups: number;

  constructor(
    private readonly path: string,
    options: RotationOptions = {},
  ) {
    this.bytesMax = options.bytesMax ?? ROTATE_BYTES;
    this.backups = options.backups ?? ROTATE_BACKUPS;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.fd = openSync(path, 'a', FILE_MODE);
    } catch (error) {
      throw new LogFileError(path, error);
    }
    this.size = fstatSync(this.fd).size;
  }

  prepare(bytes: number): void {
    if (this.size > 0 && this.size + bytes > this.bytesMax) this.rotate();
    this.size += bytes;
  }

  close(): void {
    closeSync(this.fd);
  }

  reopen(): void {
    let next: number;
    try {
      next = openSync(this.path, 'a', FILE_MODE);
    } catch (error) {
      throw new LogFileError(this.path, error);
    }
    this.goOnWith(next);
  }

  /** A crash here leaves a gap in the numbers or no present file; the next start opens a new one. */
  private rotate(): void {
    for (let number = this.backups - 1; number >= 0; number--) {
      const from = number === 0 ? this.path : `${this.path}.${number}`;
      try {
        renameSync(from, `${this.path}.${number + 1}`);
      } catch {
        // That backup does not exist yet, or somebody removed it: nothing to keep.
      }
    }
    this.goOnWith(openSync(this.path, 'a', FILE_MODE));
  }

  private goOnWith(next: number): void {
    closeSync(this.fd);
    this.fd = next;
    this.size = fstatSync(next).size;
  }
}

export interface LineWriterOptions {
  /** How long lines may gather; 0 = until the end of this turn of the event loop. */
  readonly gatherMs: number;
  /** Called at the first failed write of a row of failures. */
  readonly onError?: (error: Error) => void;
}

/** Writes lines to a sink. `write` costs a string concatenation. */
export class LineWriter {
  private waiting = '';
  private droppedLines = 0;
  private writing = false;
  private reopenDue = false;
  private scheduled = false;
  private failing = false;
  private closed = false;
  private idle: (() => void)[] = [];

  constructor(
    private readonly sink: LineSink,
    private readonly options: LineWriterOptions,
  ) {}

  /** Lines lost because the sink was too slow or failed. */
  get dropped(): number {
    return this.droppedLines;
  }

  /** `line` ends with a line feed. */
  write(line: string): void {
    if (this.closed || this.waiting.length + line.length > WAITING_CHARACTERS_MAX) {
      this.droppedLines++;
      return;
    }
    this.waiting += line;
    if (this.writing) return;
    if (this.waiting.length >= WRITE_NOW_CHARACTERS && this.options.gatherMs > 0) this.startWrite();
    else this.schedule();
  }

  /**
   * Lets go of the sink's present file and opens it by its name again, now, or when the write that is under way has
   * ended. Throws LogFileError; a later failure goes to `onError`.
   */
  reopen(): void {
    if (this.closed) return;
    if (this.writing) this.reopenDue = true;
    else this.sink.reopen();
  }

  /** For the end of the process only: writes what waits before it returns, or gives it up when nobody reads. */
  flushSync(): void {
    if (this.closed || this.waiting === '') return;
    const bytes = Buffer.from(this.waiting, 'utf8');
    this.waiting = '';
    try {
      this.sink.prepare(bytes.length);
      writeWhole(this.sink.fd, bytes);
    } catch {
      this.droppedLines++;
    }
  }

  /** Writes everything and releases the sink. Safe to call twice. */
  async close(): Promise<void> {
    if (this.closed) return;
    if (this.writing) await new Promise<void>((resolve) => this.idle.push(resolve));
    if (this.closed) return;
    this.flushSync();
    this.closed = true;
    this.sink.close();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const run = (): void => {
      this.scheduled = false;
      if (!this.writing && !this.closed) this.startWrite();
    };
    if (this.options.gatherMs === 0) setImmediate(run);
    else setTimeout(run, this.options.gatherMs).unref();
  }

  private startWrite(): void {
    if (this.waiting === '') return;
    const bytes = Buffer.from(this.waiting, 'utf8');
    this.waiting = '';
    this.writing = true;
    try {
      this.sink.prepare(bytes.length);
    } catch (error) {
      this.finish(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.writeFrom(bytes, 0);
  }

  private writeFrom(bytes: Buffer, offset: number): void {
    write(this.sink.fd, bytes, offset, bytes.length - offset, null, (error, written) => {
      if (error !== null && error.code === 'EAGAIN') {
        setTimeout(() => this.writeFrom(bytes, offset), 20);
        return;
      }
      if (error === null && offset + written < bytes.length) {
        this.writeFrom(bytes, offset + written);
        return;
      }
      this.finish(error);
    });
  }

  private reopenLate(): void {
    this.reopenDue = false;
    try {
      this.sink.reopen();
    } catch (error) {
      this.options.onError?.(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private finish(error: Error | null): void {
    this.writing = false;
    if (error !== null) {
      this.droppedLines++;
      if (!this.failing) this.options.onError?.(error);
    }
    this.failing = error !== null;
    if (this.reopenDue) this.reopenLate();
    for (const resolve of this.idle.splice(0)) resolve();
    if (this.waiting !== '' && !this.closed) this.schedule();
  }
}

function writeWhole(fd: number, bytes: Buffer): void {
  let offset = 0;
  let attempts = 0;
  while (offset < bytes.length) {
    try {
      offset += writeSync(fd, bytes, offset);
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
      if (!busy || ++attempts > BUSY_ATTEMPTS_MAX) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
