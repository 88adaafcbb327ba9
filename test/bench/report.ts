/** Turns figures into a table that can stand in README as it is. */

import { type Figure, OF_LIMIT } from './harness.js';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  /** Ed25519 verifications per second on one core, idle; null without `sodium-native`. */
  readonly verificationsPerSecondBefore: number | null;
  readonly verificationsPerSecondAfter: number | null;
}

/** Whether a figure does not reach its target; one that could not be measured does not. */
export function missed({ value, target }: Figure): boolean {
  if (target === null) return false;
  return !(value >= (target.atLeast ?? -Infinity) && value <= (target.atMost ?? Infinity));
}

/** Divides figures that were divided by `used` by the larger measured limit instead. */
export function againstStrictestLimit(figures: readonly Figure[], machine: Machine, used: number): Figure[] {
  const { verificationsPerSecondBefore: before, verificationsPerSecondAfter: after } = machine;
  const strictest = Math.max(before ?? used, after ?? used);
  return figures.map((figure) =>
    figure.unit === OF_LIMIT ? { ...figure, value: (figure.value * used) / strictest } : figure,
  );
}

/** Whether the machine did the same work at the same speed before and after, within a tenth. */
function wasQuiet(machine: Machine): boolean {
  const { verificationsPerSecondBefore: before, verificationsPerSecondAfter: after } = machine;
  if (before === null || after === null) return true;
  return Math.min(before, after) > 0.9 * Math.max(before, after);
}

export function toTable(machine: Machine, figures: readonly Figure[]): string {
  const { verificationsPerSecondBefore: before, verificationsPerSecondAfter: after } = machine;
  const rows = figures.map((figure) => [
    figure.scenario,
    figure.name,
    `${shown(figure.value)} ${figure.unit}`.trim(),
    wanted(figure),
  ]);
  const head = ['scenario', 'figure', 'value', 'wanted'];
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [
    `${machine.cores} x ${machine.processor}, Node ${machine.node}`,
    `one core, idle, sodium-native: ${limit(before)} verifications/s before, ${limit(after)} after`,
    wasQuiet(machine) ? '' : '\nThe machine was busy with other things: these figures are worth little.\n',
    line(head),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
    '',
  ].join('\n');
}

function limit(value: number | null): string {
  return value === null ? 'none' : shown(value);
}

function wanted(figure: Figure): string {
  const { target } = figure;
  if (target === null) return '';
  const bound = target.atLeast === undefined ? `<= ${target.atMost}` : `>= ${target.atLeast}`;
  return missed(figure) ? `${bound} MISSED` : bound;
}

function shown(value: number): string {
  if (!Number.isFinite(value)) return 'none';
  if (Math.abs(value) >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(2);
}
