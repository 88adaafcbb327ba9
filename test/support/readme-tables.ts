/**
 * The tables of README that are made from code: every setting and every metric. A test compares them with what stands
 * there between the markers; `write-readme.ts` writes them anew.
 */

import { defaultOf, definitionOf, SETTING_PATHS } from '../../src/config/settings.js';
import { METRICS } from '../../src/runtime/metric-table.js';

/** Texts by the name in their markers, `<!-- NAME -->` and `<!-- /NAME -->`. */
export function readmeTables(): Map<string, string> {
  return new Map([
    ['settings', settingsTable()],
    ['metrics', metricsTable()],
  ]);
}

/** `readme` with every table as it is made now. Throws when a marker is missing. */
export function withTables(readme: string): string {
  let text = readme;
  for (const [name, table] of readmeTables()) {
    const [open, close] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
    const from = text.indexOf(open);
    const to = text.indexOf(close);
    if (from === -1 || to < from) throw new Error(`README.md has no markers of the table ${name}`);
    text = `${text.slice(0, from + open.length)}\n${table}\n${text.slice(to)}`;
  }
  return text;
}

function settingsTable(): string {
  // A machine of its own, so that the table does not depend on who makes it.
  const context = { home: '~', cores: 2 };
  const rows = SETTING_PATHS.map((path) => {
    const { description, secret, withoutEffect, mongodbOnly } = definitionOf(path);
    const remarks = [
      ...(secret ? ['A secret.'] : []),
      ...(mongodbOnly ? ['With `mongodb` only.'] : []),
      ...(withoutEffect === null ? [] : [`Without effect: ${withoutEffect}.`]),
    ];
    const value = JSON.stringify(defaultOf(path, context)).replace(/^"(.*)"$/, '$1');
    return [`\`${path}\``, `\`${value}\``, [description, ...remarks].join(' ')];
  });
  return table(['setting', 'default', 'meaning'], rows);
}

function metricsTable(): string {
  const rows = Object.entries(METRICS).map(([name, { kind, labels, help }]) => [
    `\`${name}\``,
    kind,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  return table(['metric', 'kind', 'labels', 'meaning'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}
