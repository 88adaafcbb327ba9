// Danger: after an fsync that failed nobody knows what the disk holds; a node that goes on acknowledges what may be gone
// (F5).
// Method: a library before the C library of a real node fails every sync from the n-th on, under load. The node must end
// with 1 and a sentence, and everything it acknowledged must be there when it starts on a healthy disk.

import { ValidEvents } from '../support/process-events.js';
import { SteadyLoad } from '../support/process-load.js';
import { NodeFolder } from '../support/process-node.js';
import { compileShim } from '../support/process-shim.js';

const shim = compileShim();
afterAll(() => shim?.remove());

/** Syncs of a start come first; the later ones are those of commits. */
const WHEN = [3, 60, 150];

(shim === null ? it.skip : it).each(WHEN)(
  'from sync number %d on the disk fails (needs cc): the node ends, and nothing acknowledged is lost',
  async (at) => {
    if (shim === null) return;
    const folder = new NodeFolder();
    const load = new SteadyLoad(`sync ${at}`, 4);
    try {
      const node = folder.spawn(shim.environment({ FAULT_SYNC_AT: String(at) }));
      const ready = await node.ready(30_000).catch(() => null);
      const beginning = ready === null ? null : await ValidEvents.now(ready.http).catch(() => null);
      if (ready !== null) load.start(ready.http);
      expect(await node.exited).toEqual({ code: 1, signal: null });
      await load.stop();
      expect(node.output()).toMatch(/I\/O error|EIO/);
      expect(node.output()).not.toMatch(/^\s+at /m);
      expect(load.wrong).toEqual([]);

      const again = await folder.start();
      const acknowledged = [...load.acknowledged];
      const events = await ValidEvents.follow(again.http, beginning ?? undefined);
      load.start(again.http);
      await load.moreAcknowledged(20);
      await load.stop();
      await events.includes(acknowledged);
      events.stop();
      expect(await again.stop()).toEqual({ code: 0, signal: null });
    } finally {
      await load.stop();
      await folder.dispose();
    }
  },
);
