/**
 * The command line: which commands and options there are, and what becomes of mistakes. Texts follow 1.0.1's argparse
 * where scripts may read them; usage errors end with 2 on standard error (1.0.1: section 8.4). Commands are loaded
 * when they are called, so that the small ones start fast.
 */

import { Command, CommanderError, Option } from 'commander';
import { SettingError } from '../config/setting-error.js';
import { packageVersion } from '../runtime/version.js';
import { addCareCommands } from './care-commands.js';
import { type CommandContext, type GlobalOptions, processContext, UsageError } from './command-context.js';

const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];

type Action = (context: CommandContext) => number | Promise<number>;

/** Runs one command line (without `node` and the script's name) and gives the exit code. Prints what went wrong. */
export async function runProgram(
  parameters: readonly string[],
  createContext: (options: GlobalOptions) => CommandContext = processContext,
): Promise<number> {
  let exitCode = 0;
  const printer = createContext({ config: null, logLevel: null, yes: false });
  const program = buildProgram(printer, async (command, action) => {
    exitCode = await action(createContext(globalOptions(command)));
  });
  try {
    // 1.0.1: without a command, help and success.
    await program.parseAsync(parameters.length === 0 ? ['--help'] : [...parameters], { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportMistake(printer, program, parameters, error);
  }
}

function buildProgram(
  printer: CommandContext,
  run: (command: Command, action: Action) => Promise<void>,
): Command {
  const program = new Command('bigchaindb')
    .description('Control your BigchainDB node.')
    .option('-c, --config <path>', 'location of the configuration file (configure: "-" for stdout)')
    .option('-l, --log-level <level>', `log level, one of ${LEVELS.join(', ')}`)
    .option('-y, --yes', 'assume "yes" as answer to all prompts and run non-interactively')
    .addOption(new Option('--yes-please').hideHelp())
    .version(`bigchaindb ${packageVersion()}`, '-v, --version', "show program's version number and exit")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => printer.out(text),
      writeErr: (text) => printer.err(text),
      outputError: () => undefined,
    });
  addConfigurationCommands(program, run);
  addDatabaseCommands(program, run);
  addCareCommands(program, run);
  addReplicaCommands(program, run);
  addDevnetCommand(program, run);
  return program;
}

type Run = (command: Command, action: Action) => Promise<void>;

function addConfigurationCommands(program: Command, run: Run): void {
  program
    .command('configure')
    .description('Prepare the config file and create the node keypair')
    .argument('[backend]', 'embedded or mongodb')
    .option('--sample', 'print a commented configuration with every setting')
    .action(async (backend: string | undefined, options: { sample?: boolean }, command: Command) => {
      const { BACKENDS, configure, printSample } = await import('./configure.js');
      if (options.sample === true) return run(command, printSample);
      if (backend === undefined) throw new UsageError('the following arguments are required: backend');
      if (backend === 'rethinkdb')
        throw new UsageError(
          "argument backend: RethinkDB is not supported (choose from 'embedded', 'mongodb')",
        );
      if (!BACKENDS.some((known) => known === backend)) throw invalidChoice('backend', backend, BACKENDS);
      return run(command, (context) => configure(context, backend));
    });
  program
    .command('show-config')
    .description('Show the current configuration, secrets crossed out')
    .action(async (_options, command: Command) => {
      const { showConfig } = await import('./show-config.js');
      return run(command, showConfig);
    });
  program
    .command('export-my-pubkey')
    .description("Export this node's public key")
    .action(async (_options, command: Command) => {
      const { exportMyPubkey } = await import('./export-my-pubkey.js');
      return run(command, exportMyPubkey);
    });
}

function addDatabaseCommands(program: Command, run: Run): void {
  program
    .command('init')
    .description('Init the database')
    .action(async (_options, command: Command) => {
      const { init } = await import('./init.js');
      return run(command, (context) => init(context));
    });
  program
    .command('drop')
    .description('Drop the database')
    .action(async (_options, command: Command) => {
      const { drop } = await import('./drop.js');
      return run(command, (context) => drop(context));
    });
  program
    .command('start')
    .description('Start BigchainDB; makes a configuration with a key pair at the first time')
    .option('--dev-allow-temp-keypair', 'without any key pair, make one for this run only')
    .option('--no-init', 'make neither a configuration nor a database')
    .option('--gateway', 'run without a key: follow the federation, answer queries, pass submissions on')
    .option(
      '--stop-at-end-of-input',
      'stop when standard input ends, as with the process that started this one',
    )
    .action(
      async (
        options: {
          devAllowTempKeypair?: boolean;
          init: boolean;
          gateway?: boolean;
          stopAtEndOfInput?: boolean;
        },
        command: Command,
      ): Promise<void> => {
        const { start } = await import('./start.js');
        const { devAllowTempKeypair = false, init, gateway, stopAtEndOfInput } = options;
        const chosen = { devAllowTempKeypair, noInit: !init, gateway, stopAtEndOfInput };
        return run(command, (context) => start(context, chosen));
      },
    );
}

function addDevnetCommand(program: Command, run: Run): void {
  program
    .command('devnet')
    .description('Run a whole federation with fresh keys on this machine')
    .option('--nodes <count>', 'how many nodes (4)')
    .option('--port <port>', 'the first of consecutive ports, two for each node; else free ports')
    .option('--keep <folder>', 'keep configurations and data there, and go on from them')
    .action(async (options: { nodes?: string; port?: string; keep?: string }, command: Command) => {
      const { devnet, parseNodes, parsePort } = await import('./devnet.js');
      const nodes = options.nodes === undefined ? null : parseNodes(options.nodes);
      const port = options.port === undefined ? null : parsePort(options.port);
      return run(command, (context) => devnet(context, { nodes, port, keep: options.keep ?? null }));
    });
}

function addReplicaCommands(program: Command, run: Run): void {
  for (const [name, count] of [
    ['set-shards', 'num_shards'],
    ['set-replicas', 'num_replicas'],
  ] as const)
    program
      .command(name)
      .description('Belongs to RethinkDB, which is not supported')
      .argument(`<${count}>`)
      .action(async (value: string, _options, command: Command) => {
        const { parseCount, refuseRethinkdb } = await import('./replicas.js');
        parseCount(count, value);
        return run(command, (context) => refuseRethinkdb(context, name));
      });
  for (const verb of ['add', 'remove'] as const)
    program
      .command(`${verb}-replicas`)
      .description('Belongs to the MongoDB backend')
      .argument('<replicas...>', 'host:port')
      .action(async (values: string[], _options, command: Command) => {
        const { changeReplicas, parseReplica } = await import('./replicas.js');
        values.forEach(parseReplica);
        return run(command, (context) => changeReplicas(context, verb, values));
      });
}

function globalOptions(command: Command): GlobalOptions {
  const { config, logLevel, yes, yesPlease } = command.optsWithGlobals<{
    config?: string;
    logLevel?: string;
    yes?: boolean;
    yesPlease?: boolean;
  }>();
  if (logLevel !== undefined && !LEVELS.includes(logLevel.toUpperCase()))
    throw invalidChoice('-l/--log-level', logLevel, LEVELS);
  return {
    config: config ?? null,
    logLevel: logLevel?.toLowerCase() ?? null,
    yes: yes === true || yesPlease === true,
  };
}

/** argparse's words. */
function invalidChoice(name: string, value: string, choices: readonly string[]): UsageError {
  const listed = choices.map((choice) => `'${choice}'`).join(', ');
  return new UsageError(`argument ${name}: invalid choice: '${value}' (choose from ${listed})`);
}

function reportMistake(
  printer: CommandContext,
  program: Command,
  parameters: readonly string[],
  error: unknown,
): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const usage = usageMistake(program, error);
  if (usage !== null) {
    const command = program.commands.find((known) => parameters.includes(known.name()));
    const name = command === undefined ? 'bigchaindb' : `bigchaindb ${command.name()}`;
    printer.err(`usage: ${name} ${(command ?? program).usage()}\n${name}: error: ${usage}\n`);
    return 2;
  }
  printer.err(`${error instanceof Error ? error.message : String(error)}\n`);
  const debug = parameters.some(
    (each, index) => /^-l|^--log-level/.test(parameters[index - 1] ?? '') && /^debug$/i.test(each),
  );
  if (!(error instanceof SettingError) && error instanceof Error && debug)
    printer.err(`${error.stack ?? ''}\n`);
  return 1;
}

/** The mistake in argparse's words, or null when it is another kind of error. */
function usageMistake(program: Command, error: unknown): string | null {
  if (error instanceof UsageError) return error.message;
  if (!(error instanceof CommanderError)) return null;
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  if (error.code === 'commander.missingArgument') return `the following arguments are required: ${named}`;
  if (error.code === 'commander.unknownCommand') {
    const names = program.commands.map((command) => command.name());
    return invalidChoice('command', named, names).message;
  }
  if (error.code === 'commander.unknownOption') return `unrecognized arguments: ${named}`;
  return error.message.replace(/^error: /, '');
}
