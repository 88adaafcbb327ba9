/**
 * Danger: with real processes on one file, one of which dies at any moment, an acknowledged transaction is lost, a door
 * denies one that another door took, nodes disagree about a height, or a correct node's block is voted down.
 * Method: four node processes and a gateway under load at all doors; members are killed with -9 or paused, and started again, at
 * random moments. Then all must come to rest, agree, and stand the audit of the store against every view.
 *
 * SOAK_SECONDS=300 npx jest test/federation/processes runs it for five minutes; SEED chooses who dies when.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { createWorkerChecker } from '../../src/ledger/checker-worker.js';
import { verify } from '../../src/node/verify.js';
import { openFactsReader } from '../../src/store/embedded/read-facts.js';
import { NodeClient } from '../support/process-client.js';
import { type Door, ProcessFederation } from '../support/process-federation.js';
import { FederationLoad } from '../support/process-federation-load.js';
import { SeededRandom } from '../support/simulated-random.js';

const SECONDS = Number(process.env.SOAK_SECONDS ?? 20);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const PAUSE_MAX_MS = SECONDS > 60 ? 30_000 : 3000;
const CLIENTS_PER_DOOR = 2;
const REST_MS = 60_000;

/** What one door says of every id that was acknowledged: VALID, or the code of its rejection. */
class Verdicts {
  readonly decided = new Map<string, string>();
  height = -1;
  backlog = -1;

  constructor(
    readonly name: string,
    private readonly client: NodeClient,
    private readonly ids: readonly string[],
  ) {}

  get complete(): boolean {
    return this.backlog === 0 && this.decided.size === this.ids.length;
  }

  /** Asks again for what is not decided yet. */
  async read(): Promise<void> {
    const open = this.ids.filter((id) => !this.decided.has(id));
    const statuses = await this.client.statuses(open);
    for (const [index, id] of open.entries()) {
      const status = statuses[index];
      const outcome = status === null ? await this.client.rejectionCode(id) : status;
      if (outcome === 'VALID' || (status === null && typeof outcome === 'string'))
        this.decided.set(id, outcome);
    }
    const { ledger } = await this.client.query<{ ledger: { height: number; backlog: { count: number } } }>(
      '{ ledger { height backlog { count } } }',
    );
    this.height = ledger.height;
    this.backlog = ledger.backlog.count;
  }
}

/** Asks every door until all stand at one height with everything decided. */
async function untilAtRest(doors: readonly Door[], ids: readonly string[]): Promise<readonly Verdicts[]> {
  const deadline = performance.now() + REST_MS;
  const all = doors.map((door) => new Verdicts(door.name, new NodeClient(door.http ?? ''), ids));
  for (;;) {
    await Promise.all(all.map((each) => each.read()));
    const rests = new Set(all.map((each) => each.height)).size === 1 && all.every((each) => each.complete);
    if (rests || performance.now() > deadline) return all;
    await delay(200);
  }
}

/** Stands still as a suspended machine does, and goes on with what it had in memory. */
async function pause(door: Door, ms: number): Promise<void> {
  door.process?.signal('SIGSTOP');
  await delay(ms);
  door.process?.signal('SIGCONT');
  await delay(500);
}

/** Kill -9 and start again, one member at a time, until the time is up. At least twice. */
async function killMembers(members: readonly Door[], random: SeededRandom): Promise<number> {
  const until = performance.now() + SECONDS * 1000;
  let kills = 0;
  while (kills < 2 || performance.now() < until) {
    await delay(500 + random.integer(1500));
    const victim = random.pick(members);
    if (random.integer(4) === 0) await pause(victim, random.integer(PAUSE_MAX_MS));
    await victim.crash();
    kills += 1;
    await delay(random.integer(2500));
    await victim.start();
  }
  return kills;
}

async function auditAll(federation: ProcessFederation): Promise<void> {
  const checker = createWorkerChecker({
    threads: 1,
    ed25519: null,
    onFailure: (error) => {
      throw error;
    },
  });
  try {
    for (const door of federation.doors) {
      const result = await verify({
        facts: openFactsReader(federation.storePath, { snapshot: false }),
        viewPath: federation.viewPath(door),
        federationChanges: [],
        checker,
        onProgress: () => undefined,
      });
      expect([door.name, result.breaches]).toEqual([door.name, []]);
      expect(result.viewHeight).toBeGreaterThan(0);
      // No block of a correct node is ever invalid, and no height is passed over.
      expect(result.summary).toMatchObject({ invalidBlocks: 0, undecidedBlocks: 0, passedHeights: 0 });
    }
  } finally {
    await checker.close();
  }
}

test(
  `four members and a gateway agree and lose nothing while members are killed (SEED=${SEED})`,
  async () => {
    const random = new SeededRandom(SEED);
    const federation = new ProcessFederation(4);
    const gateway = federation.addGateway();
    const load = new FederationLoad(`processes ${SEED}`, federation.doors, random);
    try {
      // The gateway is first: it must wait for the members to begin the ledger.
      await Promise.all([gateway.start(), federation.start()]);
      load.start(CLIENTS_PER_DOOR);
      const kills = await killMembers(federation.members, random);
      await load.stop();
      expect(load.wrong).toEqual([]);
      expect(load.falseMisses).toEqual([]);

      const ids = [...load.acknowledged];
      const all = await untilAtRest(federation.doors, ids);
      const [first] = all;
      for (const each of all) {
        expect([each.name, ids.filter((id) => !each.decided.has(id))]).toEqual([each.name, []]);
        expect([each.name, each.height, each.backlog]).toEqual([each.name, first?.height, 0]);
        expect(
          ids.filter((id) => (each.decided.get(id) === 'VALID') !== (first?.decided.get(id) === 'VALID')),
        ).toEqual([]);
      }
      const valid = new Set(ids.filter((id) => first?.decided.get(id) === 'VALID'));
      expect(load.rivals.filter(([one, other]) => valid.has(one) && valid.has(other))).toEqual([]);
      // The run must have met what it is for.
      expect([ids.length > 100, load.looks > 100, load.rivals.length > 10, kills >= 2]).toEqual(
        Array(4).fill(true),
      );
      for (const door of federation.doors) expect([door.name, await door.stop()]).toEqual([door.name, 0]);
      await auditAll(federation);
      process.stdout.write(
        `${kills} kills, ${ids.length} acknowledged, ${valid.size} valid, ${load.rivals.length} rivals, ${load.looks} looks, height ${first?.height}\n`,
      );
    } finally {
      await federation.dispose();
      // Its clients would ask for ever for doors that never open again.
      await load.stop();
    }
  },
  (SECONDS + 150) * 1000,
);
