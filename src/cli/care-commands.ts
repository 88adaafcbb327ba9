/**
 * The commands that keep a ledger over the years: verify, rebuild, backup, restore, export, import. 1.0.1 had none of
 * them. Each is loaded when it is called.
 */

import type { Command } from 'commander';
import type { CommandContext } from './command-context.js';

/** Runs a command's action with the context that its options make. */
type Run = (command: Command, action: (context: CommandContext) => number | Promise<number>) => Promise<void>;

interface VerifyFlags {
  readonly json?: boolean;
  readonly gateway?: boolean;
}

export function addCareCommands(program: Command, run: Run): void {
  program
    .command('verify')
    .description('Re-check every fact of the store and this view')
    .option('--json', 'print the result as JSON')
    .option('--gateway', 'the view of a gateway')
    .action(async ({ json = false, gateway = false }: VerifyFlags, command: Command) => {
      const { verify } = await import('./verify.js');
      return run(command, (context) => verify(context, { json, gateway }));
    });
  program
    .command('rebuild')
    .description('Derive the view of a stopped node again from the store')
    .option('--gateway', 'the view of a gateway')
    .action(async ({ gateway = false }: VerifyFlags, command: Command) => {
      const { rebuild } = await import('./rebuild.js');
      return run(command, (context) => rebuild(context, { gateway }));
    });
  program
    .command('backup')
    .description('Copy view and store to a new folder; the node may run')
    .argument('<folder>')
    .action(async (folder: string, _options, command: Command) => {
      const { backup } = await import('./backup.js');
      return run(command, (context) => backup(context, folder));
    });
  program
    .command('restore')
    .description('Put a backup in place of the database; -y overwrites')
    .argument('<folder>')
    .action(async (folder: string, _options, command: Command) => {
      const { restore } = await import('./backup.js');
      return run(command, (context) => restore(context, folder));
    });
  program
    .command('export')
    .description('Write all facts as NDJSON, to standard output by default')
    .argument('[file]')
    .action(async (file: string | undefined, _options, command: Command) => {
      const { exportFacts } = await import('./export-facts.js');
      return run(command, (context) => exportFacts(context, file ?? null));
    });
  program
    .command('import')
    .description('Make the store from a file of export, or from what BigchainDB 1.0.x left')
    .argument('<source>', 'a file of export, a folder of mongoexport files, or mongodb://...')
    .option('--federation <keys>', "1.0.x: its members' public keys, joined by colons (keyring and own key)")
    .option('--json', '1.0.x: print the result as JSON')
    .action(async (source: string, options: { federation?: string; json?: boolean }, command: Command) => {
      const { importSource } = await import('./import-source.js');
      const { parseFederation } = await import('./import-legacy.js');
      const federation = options.federation === undefined ? null : parseFederation(options.federation);
      return run(command, (context) =>
        importSource(context, source, { federation, json: options.json === true }),
      );
    });
}
