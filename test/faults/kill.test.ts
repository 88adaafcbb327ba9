// Danger: an acknowledged transaction is lost, or stored twice, when the process dies at the wrong moment (I2, I6).
// Method: kill -9 a real node again and again at random moments under load, restart it on its data, and read the whole
// ledger back through a subscription from its first cursor.

import { setTimeout as delay } from 'node:timers/promises';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { SteadyLoad } from '../support/process-load.js';
import { NodeFolder } from '../support/process-node.js';
import { SeededRandom } from '../support/simulated-random.js';

const KILLS = 20;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

it(`loses and repeats nothing in ${KILLS} kills at random moments under load (SEED=${SEED})`, async () => {
  const random = new SeededRandom(SEED);
  const folder = new NodeFolder();
  const load = new SteadyLoad(`kill ${SEED}`);
  try {
    let node = await folder.start();
    const beginning = await ValidEvents.now(node.http);
    for (let kill = 0; kill < KILLS; kill++) {
      load.start(node.http);
      await load.moreAcknowledged(1);
      // The moment itself is what is under test; nothing is waited for.
      await delay(random.integer(400));
      expect(await node.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
      await load.stop();
      node = await folder.start();
    }
    expect(load.wrong).toEqual([]);
    expect(load.acknowledged.size).toBeGreaterThan(KILLS);

    const events = await ValidEvents.follow(node.http, beginning);
    await events.includes(load.acknowledged, 60_000);
    const statuses = await new NodeClient(node.http).statuses([...load.acknowledged]);
    expect(statuses.filter((status) => status !== 'VALID')).toEqual([]);
    expect(events.repeated()).toEqual([]);
    const strangers = events.order.filter((id) => !load.acknowledged.has(id) && !load.unknown.has(id));
    expect(strangers).toEqual([]);
    events.stop();
    expect(await node.stop()).toEqual({ code: 0, signal: null });
  } finally {
    await folder.dispose();
  }
}, 180_000);
