/** `import FILE`: makes the store from a file of `export`, every fact audited as it comes. */

import { createReadStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { databaseFiles } from '../config/database-files.js';
import { withChecker } from '../node/command-checker.js';
import { importFacts as importFrom } from '../node/import-facts.js';
import { type CommandContext, readSettingsAloud } from './command-context.js';
import { createProgress, grouped } from './progress.js';
import { requireEmbeddedStore } from './settings-to-start.js';

/** A block of the largest size, every character escaped. */
const LINE_LENGTH_MAX = 128 * 1024 * 1024;

export async function importFacts(context: CommandContext, file: string): Promise<number> {
  const { settings } = readSettingsAloud(context);
  requireEmbeddedStore(settings);
  const storePath = databaseFiles(settings).store;
  if (existsSync(storePath)) {
    context.err(
      `There is a store already: ${storePath}. An import makes a new one; \`bigchaindb drop\` first\n`,
    );
    return 1;
  }
  if (!existsSync(file) || !statSync(file).isFile()) {
    context.err(`There is no file ${file}\n`);
    return 1;
  }
  mkdirSync(settings.database.path, { recursive: true, mode: 0o700 });
  const progress = createProgress(context);
  const result = await withChecker(settings, context.cores, (checker) =>
    importFrom({
      storePath,
      lines: linesOf(file),
      checker,
      federationChanges: settings.federation.changes,
      onProgress: (height) => progress.show(() => `height ${grouped(height)}`),
    }),
  );
  progress.end();
  const { breaches, counts, summary } = result;
  if (breaches.length === 0) {
    const transactions = grouped(summary.transactions);
    context.out(`${storePath}: ${grouped(counts.block)} blocks, ${transactions} transactions\n`);
    return 0;
  }
  context.err('Nothing was imported: the facts contradict each other\n');
  for (const { invariant, height, id, message } of breaches)
    context.err(`  ${invariant}${height === null ? '' : ` height ${height}`} ${id}: ${message}\n`);
  return 1;
}

/** The lines of a UTF-8 file without their line feeds, each when it is wanted. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_LENGTH_MAX) throw new Error(`${file} is no file of \`bigchaindb export\``);
    yield* lines;
  }
  rest += decoder.end();
  if (rest !== '') yield rest;
}
