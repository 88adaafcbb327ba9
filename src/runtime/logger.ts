/**
 * Owns the process's log: one logger per folder, each line an event name and its fields. Text for people when the
 * console is a terminal, JSON lines otherwise and in files. Never holds payloads or private keys: callers pass ids,
 * counts and times (1.0.1: section 8.2, `log.*`; its pickles over an open port have no successor).
 */

import pino from 'pino';
import { consoleSink, LineWriter, RotatingFile, type RotationOptions } from './line-writer.js';
import type { LogControl, Logger, LogLevel } from './runtime.js';

/** Files gather lines this long; a kill -9 loses at most that. */
const FILE_GATHER_MS = 200;

export interface LogFileOptions {
  readonly path: string;
  readonly level: LogLevel;
  readonly rotation?: RotationOptions;
}

export interface LoggingOptions {
  readonly console: {
    readonly level: LogLevel;
    /** `text`: one line for people; `json`: one object a line. */
    readonly format: 'text' | 'json';
    /** Open descriptor; 2, standard error, when left out. */
    readonly fd?: number;
  };
  readonly file: LogFileOptions | null;
  /** Everything from level `error` upwards, whatever the other levels. */
  readonly errorFile: Omit<LogFileOptions, 'level'> | null;
  /** Folder → level, in place of the console's and the file's for that folder. */
  readonly granularLevels: Readonly<Record<string, LogLevel>>;
}

export interface Logging {
  logger(folder: string): Logger;
  readonly control: LogControl;
  /** Lines lost so far because a file or the console did not take them. */
  droppedLines(): number;
  /** For an emergency exit: writes what waits, synchronously. */
  flushSync(): void;
  /** Writes everything and closes the files; nothing is logged afterwards. */
  close(): Promise<void>;
}

interface Destination {
  readonly writer: LineWriter;
  /** Of folders without a level of their own. Null: errors, whatever the levels are. */
  level: LogLevel | null;
  readonly text: boolean;
}

/** One folder's pino, and the least level number that each destination takes from it. */
interface FolderLog {
  readonly folder: string;
  readonly inner: pino.Logger;
  readonly least: number[];
}

/** Opens the log. Throws LogFileError when a file cannot be opened. */
export function createLogging(options: LoggingOptions): Logging {
  return new OpenLog(options);
}

class OpenLog implements Logging {
  readonly control: LogControl;
  private readonly destinations: readonly Destination[];
  private readonly granular: Map<string, LogLevel>;
  private readonly showStacks: boolean;
  private readonly folders: FolderLog[] = [];
  private readonly loggers = new Map<string, Logger>();

  constructor(options: LoggingOptions) {
    const { file, errorFile } = options;
    const onConsole: Destination = {
      writer: new LineWriter(consoleSink(options.console.fd ?? 2), { gatherMs: 0 }),
      level: options.console.level,
      text: options.console.format === 'text',
    };
    const destinations = [onConsole];
    const { writer } = onConsole;
    if (file !== null) destinations.push({ writer: openFile(file, writer), level: file.level, text: false });
    if (errorFile !== null)
      destinations.push({ writer: openFile(errorFile, writer), level: null, text: false });
    this.destinations = destinations;
    this.granular = new Map(Object.entries(options.granularLevels));
    this.showStacks = onConsole.level === 'debug';
    this.control = {
      levels: () => ({ '*': onConsole.level ?? 'info', ...Object.fromEntries(this.granular) }),
      setLevel: (folder, level) => this.setLevel(folder, level),
      reopen: () => {
        for (const destination of destinations) destination.writer.reopen();
      },
    };
  }

  /** A property, so that it can be handed on alone. */
  readonly logger = (folder: string): Logger => {
    let logger = this.loggers.get(folder);
    if (logger === undefined) {
      logger = this.createLogger(folder);
      this.loggers.set(folder, logger);
    }
    return logger;
  };

  droppedLines(): number {
    return this.destinations.reduce((sum, { writer }) => sum + writer.dropped, 0);
  }

  flushSync(): void {
    for (const { writer } of this.destinations) writer.flushSync();
  }

  async close(): Promise<void> {
    await Promise.all(this.destinations.map(({ writer }) => writer.close()));
  }

  private setLevel(folder: string | null, level: LogLevel): void {
    if (folder === null) {
      for (const destination of this.destinations) if (destination.level !== null) destination.level = level;
    } else if (this.granular.has(folder) || this.granular.size < GRANULAR_MAX)
      this.granular.set(folder, level);
    for (const log of this.folders) this.applyLevels(log);
  }

  private applyLevels({ folder, inner, least }: FolderLog): void {
    const levels = this.destinations.map(({ level }) =>
      pinoLevel(level === null ? 'error' : (this.granular.get(folder) ?? level)),
    );
    levels.forEach((level, index) => {
      least[index] = pino.levels.values[level] ?? 0;
    });
    inner.level = lowestLevel(levels);
  }

  private createLogger(folder: string): Logger {
    const least: number[] = [];
    const inner = pino(
      {
        base: { folder },
        messageKey: 'event',
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        serializers: { error: (error: unknown) => describeError(error, this.showStacks) },
      },
      fanOut(this.destinations, least),
    );
    const log = { folder, inner, least };
    this.folders.push(log);
    this.applyLevels(log);
    return {
      debug: (event, fields) => inner.debug(fields ?? {}, event),
      info: (event, fields) => inner.info(fields ?? {}, event),
      warn: (event, fields) => inner.warn(fields ?? {}, event),
      error: (event, fields) => inner.error(fields ?? {}, event),
      isDebugOn: () => inner.isLevelEnabled('debug'),
    };
  }
}

/** Folders that may get a level of their own while the process runs; there are a dozen. */
const GRANULAR_MAX = 100;

function openFile(file: Omit<LogFileOptions, 'level'>, consoleWriter: LineWriter): LineWriter {
  return new LineWriter(new RotatingFile(file.path, file.rotation), {
    gatherMs: FILE_GATHER_MS,
    onError: (error) => {
      const line = { level: 'error', event: 'log.write_failed', path: file.path, error: error.message };
      consoleWriter.write(`${JSON.stringify(line)}\n`);
    },
  });
}

/** pino's own multistream has fixed levels; these may change while the process runs. */
function fanOut(destinations: readonly Destination[], least: readonly number[]): pino.DestinationStream {
  const stream = {
    // pino then notes the level of each line in `lastLevel` before it writes the line.
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(line: string): void {
      destinations.forEach(({ writer, text }, index) => {
        if (stream.lastLevel >= (least[index] ?? 0)) writer.write(text ? textLine(line) : line);
      });
    },
  };
  return stream;
}

function pinoLevel(level: LogLevel): pino.Level {
  return level === 'critical' ? 'fatal' : level;
}

function lowestLevel(levels: readonly pino.Level[]): pino.Level {
  const order: readonly pino.Level[] = ['debug', 'info', 'warn', 'error', 'fatal'];
  return order.find((level) => levels.includes(level)) ?? 'fatal';
}

/** Operators get a sentence; the stack only at level debug. */
function describeError(error: unknown, showStacks: boolean): unknown {
  if (!(error instanceof Error)) return error;
  const described = { name: error.name, message: error.message };
  return showStacks ? { ...described, stack: error.stack } : described;
}

const RESERVED = new Set(['level', 'time', 'folder', 'event']);

/** `2026-11-21 10:41:03.120 INFO  pipelines  block.written  transactions=1000 ms=12`, in local time as 1.0.1's. */
function textLine(jsonLine: string): string {
  const line: Record<string, unknown> = JSON.parse(jsonLine);
  const level = String(line.level).toUpperCase().padEnd(5);
  const fields = Object.entries(line)
    .filter(([name]) => !RESERVED.has(name))
    .map(([name, value]) => `${name}=${textValue(value)}`);
  const head = `${localTime(new Date(String(line.time)))} ${level} ${String(line.folder)}  ${String(line.event)}`;
  return `${[head, ...fields].join('  ')}\n`;
}

function textValue(value: unknown): string {
  if (typeof value === 'string' && !/[\s"=]/.test(value)) return value;
  return JSON.stringify(value);
}

function localTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}
