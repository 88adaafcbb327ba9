/**
 * Danger: nodes that disagree about a height, lose an acknowledged transaction, or let an output be spent twice, when
 * claims compete, stores fail, nodes crash and one member is down for a while.
 * Method: three real nodes in one process on one store; one seed owns time, chance, order and faults. After the faults
 * end, everything must come to rest and agree. A failing seed prints the command that replays it.
 */

import { Workload } from '../support/federation-workload.js';
import { FederationWorld } from '../support/federation-world.js';

const SEEDS = Number(process.env.SEEDS ?? 200);
const FIRST = Number(process.env.SEED ?? 1);
const REPEATED = 10;
/** Seeds that once failed. 1086: entries whose clearing failed once stayed in the store for ever. */
const KEPT_SEEDS = [1086];
const MEMBERS = ['node-a', 'node-b', 'node-c'];

interface Outcome {
  readonly hash: string;
  readonly heights: number;
  readonly acknowledged: number;
  readonly crashes: number;
  readonly rivals: number;
  readonly looks: number;
}

async function runSeed(seed: number): Promise<Outcome> {
  const federation = new FederationWorld(seed, {
    members: MEMBERS,
    faultRate: seed % 3 === 0 ? 0.05 : 0,
    latencyMs: seed % 2 === 0 ? 40 : 5,
    timerJitterMs: 3,
  });
  const { world, nodes } = federation;
  const workload = new Workload(federation);
  for (const node of nodes) node.start();
  let crashes = 0;
  for (let action = 0; action < 30; action += 1) {
    world.schedule('workload', world.random.integer(12_000), () => workload.act());
  }
  for (let crash = 0; crash < 1 + world.random.integer(3); crash += 1) {
    const victim = world.random.pick(nodes);
    const atMs = 500 + world.random.integer(10_000);
    world.schedule('crash', atMs, () => {
      if (victim.up) crashes += 1;
      victim.crash();
    });
    world.schedule('restart', atMs + 50 + world.random.integer(9000), () => victim.startAgain());
  }
  await world.runFor(21_000);
  federation.heal();
  for (const node of nodes) node.startAgain();
  const atRest = await world.runUntil(() => isAtRest(federation, workload), 120_000);
  try {
    expect(nodes.flatMap((node) => node.failures.map(String))).toEqual([]);
    expect(describeUnrest(federation, workload, atRest)).toBe('at rest');
    expect(workload.falseMisses).toEqual([]);
    await checkAgreement(federation, workload);
  } catch (error) {
    const command = `SEED=${seed} SEEDS=1 npx jest test/federation/three-nodes`;
    throw new Error(
      `seed ${seed}: ${String(error)}\nreplay: ${command}\n${world.traceTail().slice(-60).join('\n')}`,
    );
  }
  const heights = nodes[0]?.view.height() ?? -1;
  const rivals = workload.rivals.length;
  const { looks, acknowledged } = workload;
  return { hash: world.traceHash(), heights, acknowledged: acknowledged.size, crashes, rivals, looks };
}

function isAtRest(federation: FederationWorld, workload: Workload): boolean {
  return describeUnrest(federation, workload, true) === 'at rest';
}

function describeUnrest(federation: FederationWorld, workload: Workload, inTime: boolean): string {
  if (!inTime && !isAtRest(federation, workload))
    return `not at rest in time: ${unrest(federation, workload)}`;
  return unrest(federation, workload);
}

function unrest(federation: FederationWorld, workload: Workload): string {
  const heights = new Set(federation.nodes.map((node) => node.view.height()));
  if (heights.size > 1) return `heights differ: ${[...heights].join(', ')}`;
  for (const node of federation.nodes) {
    const { core } = node;
    if (core === null) return `${node.name} is down`;
    if (core.state.undecidedCount > 0) return `${node.name} has undecided heights`;
    if (core.backlog.count > 0) return `${node.name} has ${core.backlog.count} backlog entries`;
    for (const id of workload.acknowledged) {
      const status = core.access.transactionState(id)?.status;
      if (status !== 'valid' && status !== 'rejected')
        return `${id} is ${status ?? 'unknown'} on ${node.name}`;
    }
  }
  return 'at rest';
}

async function checkAgreement(federation: FederationWorld, workload: Workload): Promise<void> {
  const [first, ...others] = federation.nodes;
  const history = first?.view.heights.map(
    (height) => `${height.height} ${height.block?.id} ${height.block?.status}`,
  );
  for (const node of others) {
    // I10: every node decided the same of the same block at every height.
    expect(
      node.view.heights.map((height) => `${height.height} ${height.block?.id} ${height.block?.status}`),
    ).toEqual(history);
  }
  // I21: no block of a correct node is ever invalid, and nothing was passed over.
  const statuses = first?.view.heights.slice(1).map((height) => height.block?.status);
  expect(new Set(statuses)).toEqual(new Set(['valid']));
  // I2: each transaction in one valid block. (I1 is asserted by the view itself.)
  const seen = new Set<string>();
  for (const { block } of first?.view.heights ?? []) {
    for (const { id } of block?.transactions ?? []) {
      expect(seen.has(id)).toBe(false);
      seen.add(id);
    }
  }
  for (const [one, other] of workload.rivals) expect(seen.has(one) && seen.has(other)).toBe(false);
  // The store's backlog empties too: what a resend of a decided transaction left there, the next sweep clears.
  const store = federation.observer();
  for (let tries = 0; tries < 20 && (await store.countBacklog()) > 0; tries += 1)
    await federation.world.runFor(500);
  expect(await store.countBacklog()).toBe(0);
}

describe('three nodes on one store', () => {
  const totals = { heights: 0, acknowledged: 0, crashes: 0, rivals: 0, looks: 0 };

  test(`${SEEDS} seeds agree, lose nothing and spend nothing twice`, async () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
      const outcome = await runSeed(seed);
      totals.heights += outcome.heights;
      totals.acknowledged += outcome.acknowledged;
      totals.crashes += outcome.crashes;
      totals.rivals += outcome.rivals;
      totals.looks += outcome.looks;
    }
    // The seeds must have met what they are for.
    if (SEEDS >= 50) {
      expect(totals.acknowledged).toBeGreaterThan(SEEDS * 10);
      expect(totals.crashes).toBeGreaterThan(SEEDS / 2);
      expect(totals.rivals).toBeGreaterThan(SEEDS);
      expect(totals.looks).toBeGreaterThan(SEEDS * 5);
    }
  }, 300_000);

  test.each(KEPT_SEEDS)('seed %i, which once failed, holds', async (seed) => {
    expect((await runSeed(seed)).acknowledged).toBeGreaterThan(0);
  });

  test(`${REPEATED} seeds repeat with equal traces`, async () => {
    for (let seed = FIRST; seed < FIRST + REPEATED; seed += 1) {
      const once = await runSeed(seed);
      const twice = await runSeed(seed);
      expect(twice).toEqual(once);
    }
  }, 120_000);
});
