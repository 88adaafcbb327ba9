/**
 * `npm run bench`: measures a real node process on this machine and prints its figures beside the machine's own limit.
 *
 *   npm run bench -- [--scenario name]... [--seconds n] [--stored n] [--json] [--help]
 *
 * Exits 1 when a transaction was lost or refused, or a target was missed.
 */

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Figure, Scenario } from './harness.js';
import { verificationsPerSecond } from './machine-limit.js';
import { againstStrictestLimit, missed, toTable } from './report.js';
import { care } from './scenarios/care.js';
import { federation } from './scenarios/federation.js';
import { graphqlReads } from './scenarios/graphql-reads.js';
import { graphqlSubscribers } from './scenarios/graphql-subscribers.js';
import { legacyImport } from './scenarios/import.js';
import { latency } from './scenarios/latency.js';
import { million } from './scenarios/million.js';
import { restReads } from './scenarios/rest-reads.js';
import { restStream } from './scenarios/rest-stream.js';
import { startUp } from './scenarios/start-up.js';
import { graphqlBatch, graphqlBatchWithoutSodium, restSingle } from './scenarios/throughput.js';

const SCENARIOS: readonly Scenario[] = [
  startUp,
  graphqlBatch,
  graphqlBatchWithoutSodium,
  restSingle,
  latency,
  federation,
  care,
  legacyImport,
  million,
  restReads,
  restStream,
  graphqlReads,
  graphqlSubscribers,
];
/** Used for the amount of work only, where `sodium-native` does not load. */
const LIMIT_GUESS = 10_000;

function help(): string {
  const lines = SCENARIOS.map((each) => `  ${each.name.padEnd(30)} ${each.about}`);
  return `npm run bench -- [options]\n  --scenario <name>   only this one; may be repeated\n  --seconds <n>       length of each measured window (10)\n  --stored <n>        transactions that \`million\` stores (1000000)\n  --read-stored <n>   transactions that the scenarios of reads store beside their own (100000)\n  --json              print JSON\n\nscenarios:\n${lines.join('\n')}\n`;
}

function chosen(names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return SCENARIOS;
  return names.map((name) => {
    const found = SCENARIOS.find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no scenario ${name}\n${help()}`);
    return found;
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', multiple: true, default: [] },
      seconds: { type: 'string', default: '10' },
      stored: { type: 'string', default: '1000000' },
      'read-stored': { type: 'string', default: '100000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help());
    return;
  }
  const scenarios = chosen(values.scenario);
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  say('measuring the machine, idle');
  const limitBefore = verificationsPerSecond();
  const figures: Figure[] = [];
  for (const scenario of scenarios) {
    say(`${scenario.name}: ${scenario.about}`);
    figures.push(
      ...(await scenario.run({
        seconds: Number(values.seconds),
        stored: Number(values.stored),
        readStored: Number(values['read-stored']),
        limit: limitBefore ?? LIMIT_GUESS,
        say,
      })),
    );
  }
  say('measuring the machine again, idle');
  const limitAfter = verificationsPerSecond();
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    verificationsPerSecondBefore: limitBefore,
    verificationsPerSecondAfter: limitAfter,
  };
  const result = againstStrictestLimit(figures, machine, limitBefore ?? LIMIT_GUESS);
  process.stdout.write(
    values.json ? `${JSON.stringify({ machine, figures: result }, null, 2)}\n` : toTable(machine, result),
  );
  if (result.some(missed)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
