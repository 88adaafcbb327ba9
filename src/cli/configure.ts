/**
 * `configure {embedded|mongodb}`: makes the configuration file with a new key pair (1.0.1: section 8.4). Questions and
 * messages are 1.0.1's; only what was asked and the keys are written, so that later defaults reach this node.
 */

import { existsSync } from 'node:fs';
import { generateKeyPair } from '../config/key-pair.js';
import { configurationPath } from '../config/read-settings.js';
import { WrongValue } from '../config/setting-error.js';
import {
  defaultOf,
  definitionOf,
  documentOf,
  type FlatSettings,
  SETTING_PATHS,
  type SettingPath,
} from '../config/settings.js';
import { configurationText, sampleText, writeConfigurationFile } from '../config/write-settings.js';
import { type CommandContext, settingSources } from './command-context.js';

export const BACKENDS = ['embedded', 'mongodb'] as const;

const QUESTIONS: readonly [SettingPath, string][] = [
  ['server.bind', 'API Server bind?'],
  ['wsserver.scheme', 'WebSocket Server scheme?'],
  ['wsserver.host', 'WebSocket Server host?'],
  ['wsserver.port', 'WebSocket Server port?'],
];
const BACKEND_QUESTIONS: Readonly<Record<string, readonly [SettingPath, string][]>> = {
  embedded: [['database.path', 'Database folder?']],
  mongodb: [
    ['database.host', 'Database host?'],
    ['database.port', 'Database port?'],
    ['database.name', 'Database name?'],
    ['database.replicaset', 'Database replicaset?'],
  ],
};
const LAST_QUESTIONS: readonly [SettingPath, string][] = [
  ['backlog_reassign_delay', 'Stale transaction reassignment delay (in seconds)?'],
];

/** Writes the configuration file, or standard output with `-c -`. Asks before it overwrites one. */
export async function configure(context: CommandContext, backend: string): Promise<number> {
  const sources = settingSources(context);
  const path = configurationPath(sources);
  if (path !== '-' && existsSync(path) && !context.options.yes) {
    const question = `Config file \`${path}\` exists, do you want to override it? (cannot be undone) [y/N]: `;
    if ((await context.ask(question)) !== 'y') return 0;
  }
  context.err('Generating keypair\n');
  const keyPair = generateKeyPair();
  context.err(`Generating default configuration for backend ${backend}\n`);
  const values = new Map<SettingPath, unknown>([
    ['keypair.public', keyPair.public],
    ['keypair.private', keyPair.private],
    ['keyring', []],
    ['database.backend', backend],
  ]);
  const questions = [...QUESTIONS, ...(BACKEND_QUESTIONS[backend] ?? []), ...LAST_QUESTIONS];
  for (const [setting, question] of questions)
    values.set(setting, await answerTo(context, setting, question));
  const document = documentWith(values);
  if (path === '-') context.out(configurationText(document));
  else writeConfigurationFile(path, document, { replace: true });
  context.err(`Configuration written to ${path}\nReady to go!\n`);
  return 0;
}

/** `configure --sample`: every setting with its meaning, on standard output. */
export function printSample(context: CommandContext): number {
  context.out(sampleText({ home: context.home, cores: context.cores }));
  return 0;
}

async function answerTo(context: CommandContext, setting: SettingPath, question: string): Promise<unknown> {
  const { type } = definitionOf(setting);
  const place = { home: context.home, cores: context.cores };
  const fallback = type.read(defaultOf(setting, place), place);
  if (context.options.yes) return fallback;
  for (;;) {
    const answer = await context.ask(`${question} (default \`${String(type.write(fallback))}\`): `);
    if (answer === '') return fallback;
    try {
      return type.read(answer, place);
    } catch (error) {
      // 1.0.1 ended with a traceback; asking again costs nothing.
      if (!(error instanceof WrongValue)) throw error;
      context.err(`${error.message}\n`);
    }
  }
}

function documentWith(values: ReadonlyMap<SettingPath, unknown>): Record<string, unknown> {
  const paths = SETTING_PATHS.filter((path) => values.has(path));
  return documentOf(Object.fromEntries(values) as FlatSettings, paths);
}
