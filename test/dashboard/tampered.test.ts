/**
 * Danger: a node that lies about a transaction is believed. Method: a proxy between a real browser and a real node that
 * changes what the node says; «Check it here» must turn red, and be green when nothing is changed.
 */

import type { Browser } from 'playwright-core';
import { NodeFolder } from '../support/process-node.js';
import { create, to } from '../support/transactions.js';
import { describeInChromium, launchChromium, openPage } from './support/browser.js';
import { type LyingProxy, startLyingProxy } from './support/lying-proxy.js';
import { submitAll } from './support/scene.js';

describeInChromium('«Check it here» and a node that lies', () => {
  const folder = new NodeFolder();
  const honest = create({
    data: { name: 'bicycle' },
    metadata: { price: 'one hundred' },
    outputs: [to('alice', 7)],
  });
  const other = create({ data: { name: 'tricycle' } });
  let browser: Browser;
  let proxy: LyingProxy;

  beforeAll(async () => {
    const node = await folder.start();
    proxy = await startLyingProxy(node.http);
    browser = await launchChromium();
    await submitAll(node.http, [honest.text, other.text]);
  }, 60_000);

  afterEach(() => {
    proxy.lies.question = (text) => text;
    proxy.lies.answer = (text) => text;
  });

  afterAll(async () => {
    await browser?.close();
    await proxy?.close();
    await folder.dispose();
  });

  /** What the check says of the transaction `id`. */
  async function verdict(id: string): Promise<string | null> {
    const watched = await openPage(browser, proxy.url);
    await watched.page.goto(`/dashboard/#/transactions/${id}`);
    await watched.page.getByRole('button', { name: 'Check it here' }).click();
    const result = watched.page.locator('[data-check]');
    await result.waitFor();
    expect(watched.problems).toEqual([]);
    const said = await result.getAttribute('data-check');
    await watched.close();
    return said;
  }

  test('the truth is green', async () => {
    expect(await verdict(honest.id)).toBe('passed');
  });

  test.each<[string, (text: string) => string]>([
    ['changed metadata', (text) => text.replaceAll('one hundred', 'one thousand')],
    ['a changed asset', (text) => text.replaceAll('bicycle', 'motorcycle')],
    [
      'a changed amount',
      (text) => text.replaceAll('"amount":"7"', '"amount":"8"').replaceAll('\\"7\\"', '\\"8\\"'),
    ],
    [
      'a changed owner',
      (text) => text.replaceAll(to('alice').publicKeys[0] ?? '', to('bob').publicKeys[0] ?? ''),
    ],
  ])('%s is red', async (_name, answer) => {
    let changed = 0;
    proxy.lies.answer = (text) => {
      const told = answer(text);
      if (told !== text) changed++;
      return told;
    };
    expect(await verdict(honest.id)).toBe('failed');
    expect(changed).toBeGreaterThan(0);
  });

  test('another transaction, whole and signed, in the place of the one that was asked for is red', async () => {
    proxy.lies.question = (text) => text.replaceAll(honest.id, other.id);
    expect(await verdict(honest.id)).toBe('failed');
  });

  test('a forged signature is red', async () => {
    const [fulfillment = ''] = /pGSAI[\w-]+/.exec(honest.text) ?? [];
    const flipped =
      fulfillment.slice(0, -20) + (fulfillment.at(-20) === 'A' ? 'B' : 'A') + fulfillment.slice(-19);
    proxy.lies.answer = (text) => text.replaceAll(fulfillment, flipped);
    expect(await verdict(honest.id)).toBe('failed');
  });
});
