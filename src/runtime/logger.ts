/**
 * Owns the process's log: one logger per folder, each line an event name and its fields. Text for people when the
 * console is a terminal, JSON lines otherwise and in files. Never holds payloads or private keys: callers pass ids,
 * counts and times (1.0.1: section 8.2, `log.*`; its pickles over an open port have no successor).
 */

import pino from 'pino';
import { consoleSink, LineWriter, RotatingFile, type RotationOptions } from './line-writer.js';
import type { Logger, LogLevel } from './runtime.js';

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
  /** For an emergency exit: writes what waits, synchronously. */
  flushSync(): void;
  /** Writes everything and closes the files; nothing is logged afterwards. */
  close(): Promise<void>;
}

interface Destination {
  readonly writer: LineWriter;
  readonly levelOf: (folder: string) => LogLevel;
  readonly text: boolean;
}

/** Opens the log. Throws LogFileError when a file cannot be opened. */
export function createLogging(options: LoggingOptions): Logging {
  const destinations = openDestinations(options);
  const showStacks = options.console.level === 'debug';
  const loggers = new Map<string, Logger>();
  return {
    logger(folder) {
      let logger = loggers.get(folder);
      if (logger === undefined) {
        logger = createFolderLogger(folder, destinations, showStacks);
        loggers.set(folder, logger);
      }
      return logger;
    },
    flushSync() {
      for (const { writer } of destinations) writer.flushSync();
    },
    async close() {
      await Promise.all(destinations.map(({ writer }) => writer.close()));
    },
  };
}

function openDestinations(options: LoggingOptions): Destination[] {
  const granular = (folder: string, otherwise: LogLevel): LogLevel =>
    options.granularLevels[folder] ?? otherwise;
  const consoleWriter = new LineWriter(consoleSink(options.console.fd ?? 2), { gatherMs: 0 });
  const text = options.console.format === 'text';
  const destinations: Destination[] = [
    { writer: consoleWriter, levelOf: (folder) => granular(folder, options.console.level), text },
  ];
  const openFile = (file: Omit<LogFileOptions, 'level'>): LineWriter =>
    new LineWriter(new RotatingFile(file.path, file.rotation), {
      gatherMs: FILE_GATHER_MS,
      onError: (error) => {
        const line = { level: 'error', event: 'log.write_failed', path: file.path, error: error.message };
        consoleWriter.write(`${JSON.stringify(line)}\n`);
      },
    });
  if (options.file !== null) {
    const { level } = options.file;
    const writer = openFile(options.file);
    destinations.push({ writer, levelOf: (folder) => granular(folder, level), text: false });
  }
  if (options.errorFile !== null)
    destinations.push({ writer: openFile(options.errorFile), levelOf: () => 'error', text: false });
  return destinations;
}

function createFolderLogger(
  folder: string,
  destinations: readonly Destination[],
  showStacks: boolean,
): Logger {
  const streams = destinations.map(({ writer, levelOf, text }) => ({
    level: pinoLevel(levelOf(folder)),
    stream: {
      write: text ? (line: string) => writer.write(textLine(line)) : (line: string) => writer.write(line),
    },
  }));
  const inner = pino(
    {
      level: lowestLevel(streams.map(({ level }) => level)),
      base: { folder },
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: (error: unknown) => describeError(error, showStacks) },
    },
    pino.multistream(streams),
  );
  return {
    debug: (event, fields) => inner.debug(fields ?? {}, event),
    info: (event, fields) => inner.info(fields ?? {}, event),
    warn: (event, fields) => inner.warn(fields ?? {}, event),
    error: (event, fields) => inner.error(fields ?? {}, event),
  };
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
