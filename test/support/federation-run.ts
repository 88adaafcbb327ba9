/**
 * One seed of a whole federation: claims that compete, a store that fails, members that crash and come back, clients
 * that spend twice. After the faults end everything must come to rest and agree; what is asserted here holds for every
 * number of members.
 */

import { auditStore } from './audit-store.js';
import { Workload } from './federation-workload.js';
import { FederationWorld } from './federation-world.js';

export interface Outcome {
  readonly hash: string;
  readonly heights: number;
  readonly acknowledged: number;
  readonly crashes: number;
  readonly rivals: number;
  readonly looks: number;
}

/** Runs one seed and asserts all of it. `replay` completes the command that runs this seed again. */
export async function runSeed(seed: number, members: readonly string[], replay: string): Promise<Outcome> {
  const federation = new FederationWorld(seed, {
    members,
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
    const command = `SEED=${seed} SEEDS=1 npx jest ${replay}`;
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
  await checkAudit(federation, history ?? []);
}

/** I1 to I5, I7 to I11 and I22 from the raw facts, by the second opinion; and no correct member left any evidence. */
async function checkAudit(federation: FederationWorld, history: readonly string[]): Promise<void> {
  const audited = await auditStore(federation.observer());
  expect(audited.findings).toEqual([]);
  const decided = audited.history.map((line) => line.replace('genesis', 'undecided'));
  expect(decided).toEqual(history);
}
