/**
 * Stored inputs: `corpus/TARGET.txt` holds what led to new blocks, `corpus/TARGET.crashes.txt` what once was a finding
 * and is replayed for ever. One input a line, in base64.
 */

import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lines of one file; beyond it nothing is added. */
const INPUTS_MAX = 150;
/** Longer inputs are not stored: they are bulk, not cases. */
const STORED_BYTES_MAX = 4096;

export class Corpus {
  constructor(private readonly folder: string) {}

  inputs(target: string): Buffer[] {
    return read(join(this.folder, `${target}.txt`));
  }

  crashes(target: string): Buffer[] {
    return read(this.crashesPath(target));
  }

  /** Writes the inputs that are worth keeping, those that are there already among them. */
  keep(target: string, inputs: readonly Buffer[]): void {
    const lines = inputs
      .filter((input) => input.length <= STORED_BYTES_MAX)
      .slice(0, INPUTS_MAX)
      .map((input) => `${input.toString('base64')}\n`);
    writeFileSync(join(this.folder, `${target}.txt`), [...new Set(lines)].join(''));
  }

  keepCrash(target: string, input: Buffer): string {
    const line = `${input.toString('base64')}\n`;
    appendFileSync(this.crashesPath(target), line);
    return this.crashesPath(target);
  }

  private crashesPath(target: string): string {
    return join(this.folder, `${target}.crashes.txt`);
  }
}

function read(path: string): Buffer[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  // An empty line is the empty input; what follows the last line feed is nothing.
  return lines.slice(0, -1).map((line) => Buffer.from(line, 'base64'));
}
