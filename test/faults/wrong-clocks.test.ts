// Danger: a clock that is years off, or jumps, makes a node refuse what others accept, order blocks by time, or take
// every assignment for stale (F11).
// Method: three real members on one store, one ten years ahead, one ten years behind, one whose clock jumps an hour at
// every second reading; load at all doors. All must agree, decide everything, and stand the audit.

import { join } from 'node:path';
import { runCommand } from '../cli/run-command.js';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { ProcessFederation } from '../support/process-federation.js';
import { SteadyLoad } from '../support/process-load.js';
import { REPOSITORY } from '../support/process-node.js';
import { compileShim } from '../support/process-shim.js';

const shim = compileShim();
afterAll(() => shim?.remove());

const TEN_YEARS = String(10 * 365 * 86_400);
const CLOCKS: readonly Readonly<Record<string, string>>[] = [
  { FAULT_CLOCK_OFFSET: TEN_YEARS },
  { FAULT_CLOCK_OFFSET: `-${TEN_YEARS}` },
  { FAULT_CLOCK_JUMP: '3600' },
];

(shim === null ? it.skip : it)(
  'members whose clocks are ten years apart or jump decide everything alike (needs cc)',
  async () => {
    if (shim === null) return;
    const federation = new ProcessFederation(3);
    const loads = CLOCKS.map((_, index) => new SteadyLoad(`clock ${index}`, 2));
    try {
      const nodes = await Promise.all(
        federation.members.map((member, index) => member.folder.start(shim.environment(CLOCKS[index] ?? {}))),
      );
      const beginning = await ValidEvents.now(nodes[0]?.http ?? '');
      const events = await Promise.all(nodes.map((node) => ValidEvents.follow(node.http, beginning)));
      nodes.forEach((node, index) => void loads[index]?.start(node.http));
      await Promise.all(loads.map((load) => load.moreAcknowledged(200)));
      await Promise.all(loads.map((load) => load.stop()));
      const all = loads.flatMap((load) => [...load.acknowledged]);
      for (const each of events) await each.includes(all, 60_000);
      const [first, ...others] = events.map((each) => each.order.slice(0, all.length));
      for (const other of others) expect(other).toEqual(first);
      for (const each of events) {
        expect(each.repeated()).toEqual([]);
        each.stop();
      }
      expect(loads.flatMap((load) => load.wrong)).toEqual([]);
      const timestamps = await blockTimestamps(nodes[0]?.http ?? '');
      // The clocks did differ.
      expect(Math.max(...timestamps) - Math.min(...timestamps)).toBeGreaterThan(Number(TEN_YEARS));
      for (const node of nodes) expect(await node.stop()).toEqual({ code: 0, signal: null });
      const [member] = federation.members;
      const program = join(REPOSITORY, 'dist', 'src', 'main.js');
      const audit = ['-c', member?.folder.configPath ?? '', 'verify'];
      expect(await runCommand(audit, { home: federation.dataFolder, program })).toMatchObject({
        exitCode: 0,
      });
    } finally {
      await Promise.all(loads.map((load) => load.stop()));
      await federation.dispose();
    }
  },
  120_000,
);

/** Unix seconds of the newest hundred blocks. */
async function blockTimestamps(http: string): Promise<number[]> {
  const { blocks } = await new NodeClient(http).query<{ blocks: { nodes: { timestamp: string }[] } }>(
    '{ blocks(first: 100) { nodes { timestamp } } }',
  );
  return blocks.nodes.map(({ timestamp }) =>
    /^\d+$/.test(timestamp) ? Number(timestamp) : Date.parse(timestamp) / 1000,
  );
}
