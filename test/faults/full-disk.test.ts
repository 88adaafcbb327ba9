// Danger: a full disk makes a node acknowledge what it cannot keep, die, or stay dead when there is room again (F4).
// Method: a small file system of memory under the data folder, filled with ballast under load, then freed.

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { SteadyLoad } from '../support/process-load.js';
import { NodeFolder } from '../support/process-node.js';
import { TransactionMaker } from '../support/process-transactions.js';
import { mountSmallDisk } from '../support/small-disk.js';

const disk = mountSmallDisk(48);

afterAll(() => disk?.remove());

(disk === null ? it.skip : it)(
  'a full disk (needs the right to mount): refuses with 503, loses nothing, recovers unaided',
  async () => {
    if (disk === null) return;
    const folder = new NodeFolder({ dataFolder: join(disk.folder, 'data') });
    const load = new SteadyLoad('full disk', 4);
    try {
      const node = await folder.start();
      const client = new NodeClient(node.http);
      const events = await ValidEvents.follow(node.http);
      load.start(node.http);
      await load.moreAcknowledged(200);
      disk.fill();
      while (load.refused < 20) await delay(10);
      const refusal = await client.post(new TransactionMaker('full disk, another', 1).next().text);
      expect(refusal.status).toBe(503);
      expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(0);
      // What was accepted before is still answered.
      const known = events.order[0] ?? '';
      expect((await client.get(`/api/v1/transactions/${known}`)).status).toBe(200);

      disk.free();
      await load.moreAcknowledged(200);
      await load.stop();
      await events.includes(load.acknowledged);
      expect(events.repeated()).toEqual([]);
      expect(load.wrong).toEqual([]);
      events.stop();
      expect(await node.stop()).toEqual({ code: 0, signal: null });
    } finally {
      await load.stop();
      await folder.dispose();
    }
  },
);
