/**
 * Danger: a page that has lost its node looks alive, or goes on with a gap after it. Method: kill -9 under an open page,
 * blocks that it cannot see, and the same node again; the strip must hold every height once.
 */

import type { Browser } from 'playwright-core';
import { freePort } from '../support/free-port.js';
import { NodeFolder, type NodeProcess } from '../support/process-node.js';
import { create } from '../support/transactions.js';
import { describeInChromium, launchChromium, openPage } from './support/browser.js';
import { submitAll } from './support/scene.js';

/** What Chromium says when nobody listens; nothing else is forgiven. */
const NODE_IS_GONE = /ERR_CONNECTION_(REFUSED|RESET)|ERR_EMPTY_RESPONSE|WebSocket connection .* failed/;

describeInChromium('the live strip', () => {
  let folder: NodeFolder;
  let browser: Browser;

  beforeAll(async () => {
    folder = new NodeFolder({ settings: { server: { bind: `localhost:${await freePort()}` } } });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await folder.dispose();
  });

  /** One block after the other, each with one transaction. */
  async function makeBlocks(node: NodeProcess, count: number): Promise<void> {
    for (let made = 0; made < count; made++) await submitAll(node.http, [create().text]);
  }

  test('moves without a reload, pauses with the node, and goes on without a gap', async () => {
    const first = await folder.start();
    const watched = await openPage(browser, first.http);
    const { page } = watched;
    await page.goto('/dashboard/');
    await page.locator('[data-live="live"]').waitFor();
    await makeBlocks(first, 2);
    await page.locator('li[data-height="2"]').waitFor();
    expect(watched.problems).toEqual([]);

    watched.tolerate(NODE_IS_GONE);
    await first.kill('SIGKILL');
    await page.locator('[data-live="paused"]').waitFor();
    const unseen = await folder.start({ BIGCHAINDB_SERVER_BIND: 'localhost:0' });
    await makeBlocks(unseen, 3);
    await unseen.stop();
    expect(await page.locator('li[data-height="3"]').count()).toBe(0);

    const again = await folder.start();
    expect(again.http).toBe(first.http);
    await page.locator('[data-live="live"]').waitFor();
    await makeBlocks(again, 1);
    await page.locator('li[data-height="6"]').waitFor();
    const heights = await page
      .locator('li[data-height]')
      .evaluateAll((items) => items.map((item) => Number(item.getAttribute('data-height'))));
    expect(heights).toEqual([6, 5, 4, 3, 2, 1, 0]);
    expect(watched.problems).toEqual([]);
    await watched.close();
  }, 90_000);
});
