/** What the simulator prints: one line a run, totals, and for a failure what a person needs to find its cause. */

import { execFileSync } from 'node:child_process';
import type { SeedOutcome } from './run-seed.js';
import type { Shrunk } from './shrink.js';
import { FAULT_KINDS } from './swarm.js';

/** Breaches of one run that are printed. */
const BREACHES_SHOWN = 10;

export class Totals {
  seeds = 0;
  virtualMs = 0;
  faults = 0;
  crashes = 0;
  hostileActs = 0;
  acknowledged = 0;
  heights = 0;
  changes = 0;
  mistakes = 0;
  tampered = 0;
  tamperedFound = 0;
  tamperedUnseen = 0;
  failed: number[] = [];

  add(outcome: SeedOutcome): void {
    this.seeds += 1;
    this.virtualMs += outcome.virtualMs;
    this.faults += outcome.faultCount;
    this.crashes += outcome.crashes;
    this.hostileActs += outcome.hostileActs;
    this.acknowledged += outcome.acknowledged;
    this.heights += outcome.heights;
    if (outcome.kinds.includes('members change')) this.changes += 1;
    if (outcome.kinds.includes('odd settings')) this.mistakes += 1;
    const { acts, found, unseen } = outcome.tampering;
    this.tampered += acts;
    this.tamperedFound += found;
    this.tamperedUnseen += Object.values(unseen).reduce((sum, count) => sum + count, 0);
    if (outcome.breaches.length > 0) this.failed.push(outcome.seed);
  }

  toString(): string {
    const figures = [
      `${this.seeds} seeds`,
      `${(this.virtualMs / 3_600_000).toFixed(1)} virtual hours`,
      `${this.faults} faults injected`,
      `${this.crashes} crashes`,
      `${this.hostileActs} acts of hostile members`,
      `${this.changes} changes of the federation`,
      `${this.mistakes} mistakes of operators`,
      `${this.tampered} acts of tampering`,
      `${this.tamperedFound} of them found`,
      `${this.tamperedUnseen} of them without a trace`,
      `${this.acknowledged} transactions acknowledged`,
      `${this.heights} blocks`,
      `${this.failed.length} seeds failed${this.failed.length > 0 ? `: ${this.failed.join(' ')}` : ''}`,
    ];
    return figures.join(', ');
  }
}

/** One line. */
export function describeRun(outcome: SeedOutcome): string {
  const { seed, members, virtualMs, heights, acknowledged, crashes, faultCount, breaches } = outcome;
  const verdict =
    breaches.length === 0 ? 'holds' : `BREAKS ${breaches[0]?.invariant}: ${breaches[0]?.message}`;
  const time = `${(virtualMs / 1000).toFixed(0)} s`;
  return `seed ${seed}: ${members} members, ${time}, ${heights} blocks, ${acknowledged} acknowledged, ${crashes} crashes, ${faultCount} faults: ${verdict}`;
}

/** Seed, commit, the faults that it takes, the breaches and the end of the trace. */
export function describeFailure({ outcome, without }: Shrunk): string {
  const faults = outcome.kinds.map((kind) => `  ${kind}: ${FAULT_KINDS[kind]}`);
  const more = outcome.breaches.length - BREACHES_SHOWN;
  return [
    `seed ${outcome.seed} at commit ${commit()} breaks:`,
    ...outcome.breaches
      .slice(0, BREACHES_SHOWN)
      .map(({ invariant, message }) => `  ${invariant}: ${message}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    faults.length === 0 ? 'without any fault' : 'with the faults',
    ...faults,
    `the last ${outcome.trace.length} events (virtual seconds, process, event):`,
    ...outcome.trace,
    `replay: npm run simulate -- --seed ${outcome.seed}${[...without].map((kind) => ` --without '${kind}'`).join('')}`,
  ].join('\n');
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
}
