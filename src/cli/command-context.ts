/**
 * What every command is given: where to print, how to ask, what the global options say. Commands return their exit
 * code and touch the process through nothing else, so that tests can run them in place.
 */

import { availableParallelism, homedir } from 'node:os';
import { createInterface } from 'node:readline';
import type { Environment } from '../config/environment.js';
import { type ReadSettings, readSettings, type SettingSources } from '../config/read-settings.js';
import type { SettingPath } from '../config/settings.js';

export interface GlobalOptions {
  /** `-c`; for configure `-` is standard output. */
  readonly config: string | null;
  /** `-l`, lower case; null = not given. */
  readonly logLevel: string | null;
  /** `-y`: yes to every question. */
  readonly yes: boolean;
}

export interface CommandContext {
  readonly options: GlobalOptions;
  readonly environment: Environment;
  readonly home: string;
  readonly cores: number;
  /** Prints to standard output or error; a line feed is the caller's. */
  out(text: string): void;
  err(text: string): void;
  /** Prints the question to standard error and reads one line; the empty text at the end of the input. */
  ask(question: string): Promise<string>;
  /** Standard error is a terminal. */
  readonly terminal: boolean;
  /** Standard output is one. */
  readonly outTerminal: boolean;
}

/** A command line that cannot be understood: printed with the command's usage, exit code 2 (argparse's). */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The context of the real process. */
export function processContext(options: GlobalOptions): CommandContext {
  let input: AsyncIterator<string> | null = null;
  return {
    options,
    environment: process.env,
    home: homedir(),
    cores: availableParallelism(),
    out: (text) => {
      process.stdout.write(text);
    },
    err: (text) => {
      process.stderr.write(text);
    },
    async ask(question) {
      process.stderr.write(question);
      // One reader for all questions: a second one would lose the lines that the first has read ahead.
      input ??= createInterface({ input: process.stdin, terminal: false })[Symbol.asyncIterator]();
      const line = await input.next();
      return line.done === true ? '' : line.value;
    },
    terminal: process.stderr.isTTY === true,
    outTerminal: process.stdout.isTTY === true,
  };
}

/** Where the settings of this command come from. `-l` goes before the file's levels (1.0.1 always overrode them). */
export function settingSources(context: CommandContext): SettingSources {
  const { config, logLevel } = context.options;
  const commandLine: Partial<Record<SettingPath, unknown>> =
    logLevel === null ? {} : { 'log.level_console': logLevel, 'log.level_logfile': logLevel };
  return {
    configPath: config,
    environment: context.environment,
    commandLine,
    context: { home: context.home, cores: context.cores },
  };
}

/** Reads the settings and prints the notes about those that do nothing. Throws SettingError. */
export function readSettingsAloud(context: CommandContext): ReadSettings {
  const read = readSettings(settingSources(context));
  for (const note of read.notes) context.err(`Warning: ${note}\n`);
  return read;
}
