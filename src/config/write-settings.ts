/** Writes settings for people: the configuration file, the redacted document of `show-config`, the sample. */

import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { SettingContext } from './setting-types.js';
import {
  defaultOf,
  definitionOf,
  documentOf,
  environmentVariable,
  type FlatSettings,
  SETTING_PATHS,
} from './settings.js';

/** Readable by its owner only: it holds the private key. 1.0.1 left that to the umask. */
const SECRET_MODE = 0o600;

/** 1.0.1: `show-config` puts 45 of them for the private key. */
const REDACTED = 'x'.repeat(45);

/** 1.0.1: section 8.4: indented by four, keys sorted. */
export function configurationText(document: Record<string, unknown>): string {
  return `${JSON.stringify(sorted(document), null, 4)}\n`;
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}

/**
 * Writes the file with mode 0600, whole or not at all. `replace: false` never touches a file that is there: false is
 * returned. A crash leaves the former file, or none, and perhaps a `.new-…` file beside it that may be deleted.
 */
export function writeConfigurationFile(
  path: string,
  document: Record<string, unknown>,
  { replace }: { readonly replace: boolean },
): boolean {
  const target = existsSync(path) ? realpathSync(path) : path;
  mkdirSync(dirname(target), { recursive: true });
  const fresh = `${target}.new-${randomBytes(6).toString('hex')}`;
  const descriptor = openSync(fresh, 'wx', SECRET_MODE);
  try {
    chmodSync(fresh, SECRET_MODE);
    writeFileSync(descriptor, configurationText(document));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  if (replace) {
    renameSync(fresh, target);
    return true;
  }
  try {
    linkSync(fresh, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Every setting with its value, all secrets crossed out (1.0.1 showed passwords). */
export function redactedDocument(flat: FlatSettings): Record<string, unknown> {
  const crossedOut: Record<string, unknown> = { ...flat };
  for (const path of SETTING_PATHS)
    if (definitionOf(path).secret && flat[path] !== null) crossedOut[path] = REDACTED;
  return documentOf(crossedOut as FlatSettings, SETTING_PATHS);
}

/** A configuration file with every setting at its default, each with its meaning, type and variable above it. */
export function sampleText(context: SettingContext): string {
  const groups = new Map<string, string[]>();
  for (const path of SETTING_PATHS) {
    const [head = '', name] = path.split('.');
    const block = sampleBlock(path, name ?? head, context, name === undefined ? '    ' : '        ');
    groups.set(head, [...(groups.get(head) ?? []), block]);
  }
  const parts = [...groups].map(([head, blocks]) => {
    const grouped = SETTING_PATHS.some((path) => path.startsWith(`${head}.`));
    return grouped ? `    "${head}": {\n${joinBlocks(blocks)}\n    }` : joinBlocks(blocks);
  });
  const head =
    '// Every setting at its default. Lines that start with // are comments; delete what you do not change.\n';
  return `${head}{\n${parts.join(',\n\n')}\n}\n`;
}

function joinBlocks(blocks: readonly string[]): string {
  return blocks.join(',\n');
}

function sampleBlock(
  path: (typeof SETTING_PATHS)[number],
  name: string,
  context: SettingContext,
  indent: string,
): string {
  const { type, description, secret, withoutEffect, mongodbOnly } = definitionOf(path);
  const remarks = [
    `${type.expected}`,
    secret ? `${environmentVariable(path)} or ${environmentVariable(path)}_FILE` : environmentVariable(path),
    ...(mongodbOnly ? ['with the mongodb backend only'] : []),
    ...(withoutEffect === null ? [] : [`accepted without effect: ${withoutEffect}`]),
  ];
  return [
    `${indent}// ${description}`,
    `${indent}// (${remarks.join('; ')})`,
    `${indent}"${name}": ${JSON.stringify(defaultOf(path, context))}`,
  ].join('\n');
}
