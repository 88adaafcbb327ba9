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
    .description('Make the store from a file of export')
    .argument('<file>')
    .action(async (file: string, _options, command: Command) => {
      const { importFacts } = await import('./import-facts.js');
      return run(command, (context) => importFacts(context, file));
    });
}
