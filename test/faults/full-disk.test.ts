// Danger: a full disk makes a node acknowledge what it cannot keep, die, or stay dead when there is room again (F4).
// Method: a small file system of memory under the data folder, filled with ballast under load, then freed.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { SteadyLoad } from '../support/process-load.js';
import { NodeFolder } from '../support/process-node.js';

const SIZE = '48m';
const folderPath = mkdtempSync(join(tmpdir(), 'bigchaindb-full-'));

function mountSmall(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folderPath], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Takes all that is left; the path of the file that does. */
function fill(): string {
  const path = join(folderPath, 'ballast');
  const file = openSync(path, 'w');
  for (let size = 1 << 20; size >= 512; size >>= 1) {
    try {
      for (;;) if (writeSync(file, Buffer.alloc(size)) < size) break;
    } catch {
      // No room for a piece of this size; smaller ones may still fit.
    }
  }
  return path;
}

const mounted = mountSmall();

afterAll(() => {
  if (mounted) execFileSync('umount', ['-l', folderPath]);
  rmSync(folderPath, { recursive: true, force: true });
});

(mounted ? it : it.skip)(
  'a full disk (needs the right to mount): refuses with 503, loses nothing, recovers unaided',
  async () => {
    const folder = new NodeFolder({ dataFolder: join(folderPath, 'data') });
    const load = new SteadyLoad('full disk', 4);
    try {
      const node = await folder.start();
      const client = new NodeClient(node.http);
      const events = await ValidEvents.follow(node.http);
      load.start(node.http);
      await load.moreAcknowledged(200);
      const ballast = fill();
      while (load.refused < 20) await delay(10);
      const refusal = await client.post((await freshTransaction()).text);
      expect(refusal.status).toBe(503);
      expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(0);
      // What was accepted before is still answered.
      const known = events.order[0] ?? '';
      expect((await client.get(`/api/v1/transactions/${known}`)).status).toBe(200);

      rmSync(ballast);
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

async function freshTransaction() {
  const { TransactionMaker } = await import('../support/process-transactions.js');
  return new TransactionMaker('full disk, another', 1).next();
}
