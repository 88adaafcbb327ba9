/** `import SOURCE`: by its source, a file of our own export or a ledger of BigchainDB 1.0.x. */

import { existsSync, statSync } from 'node:fs';
import type { CommandContext } from './command-context.js';
import type { ImportLegacyOptions } from './import-legacy.js';

export async function importSource(
  context: CommandContext,
  source: string,
  options: ImportLegacyOptions,
): Promise<number> {
  const legacy = await import('./import-legacy.js');
  if (legacy.isAddress(source) || (existsSync(source) && statSync(source).isDirectory()))
    return legacy.importLegacy(context, source, options);
  const { importFacts } = await import('./import-facts.js');
  return importFacts(context, source);
}
