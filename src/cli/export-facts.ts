/** `export [FILE]`: all facts of the store as NDJSON, to a file or to standard output, also while the node runs. */

import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { exportFacts as exportTo } from '../node/export-facts.js';
import type { FactCounts } from '../node/facts-lines.js';
import { openFacts } from '../node/open-facts.js';
import { type CommandContext, readSettingsAloud } from './command-context.js';
import { commandRuntime } from './command-runtime.js';
import { createProgress, grouped } from './progress.js';

/** Asks before it overwrites `file`; without one it prints. */
export async function exportFacts(context: CommandContext, file: string | null): Promise<number> {
  const { settings } = readSettingsAloud(context);
  if (file !== null && existsSync(file) && !context.options.yes) {
    const question = `File \`${file}\` exists, do you want to overwrite it? [y/N]: `;
    if ((await context.ask(question)) !== 'y') return 0;
  }
  const facts = await openFacts(settings, commandRuntime(context), { snapshot: true });
  const progress = createProgress(context);
  const onProgress = (height: number, head: number): void =>
    progress.show(() => `height ${grouped(height)} of ${grouped(head)}`);
  if (file === null) {
    // Standard output takes what it is given before it returns, so nothing piles up.
    await exportTo({ facts, write: (text) => context.out(text), onProgress });
    progress.end();
    return 0;
  }
  const counts = await exportToFile(file, (write) => exportTo({ facts, write, onProgress }));
  progress.end();
  context.err(`${file}: ${grouped(counts.block)} blocks, ${grouped(counts.vote)} votes\n`);
  return 0;
}

/** The file gets its name when it is whole and on stable storage; a crash leaves the part beside it. */
async function exportToFile(
  file: string,
  write: (take: (text: string) => void) => Promise<FactCounts>,
): Promise<FactCounts> {
  const part = `${file}.part`;
  const descriptor = openSync(part, 'w', 0o600);
  try {
    const counts = await write((text) => {
      const bytes = Buffer.from(text, 'utf8');
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    });
    fsyncSync(descriptor);
    renameSync(part, file);
    return counts;
  } finally {
    closeSync(descriptor);
    rmSync(part, { force: true });
  }
}
