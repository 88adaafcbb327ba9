/**
 * Danger: the pages tell a federation's story wrongly: votes that are missing, a block that fell, a member that lied.
 * Method: two real members and two whose votes the test writes into the shared store, so that it decides what happens.
 */

import type { Browser, Page } from 'playwright-core';
import { makeVote } from '../../src/model/vote.js';
import { createDirectStore } from '../../src/store/embedded/direct.js';
import type { Store } from '../../src/store/store.js';
import { NodeClient } from '../support/process-client.js';
import { ProcessFederation } from '../support/process-federation.js';
import { injectBacklog, withWrongSignature } from '../support/process-inject.js';
import { NodeFolder } from '../support/process-node.js';
import { create } from '../support/transactions.js';
import { describeInChromium, launchChromium, openPage } from './support/browser.js';
import { go } from './support/pages-bench.js';

describeInChromium('the pages of a federation', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser?.close());

  /** The marks of a block in the strip, in the words that screen readers get. */
  function votesOf(page: Page, height: number) {
    return page.locator(`li[data-height="${height}"] .votes .visually-hidden`);
  }

  test('votes so far, a block that falls and why, evidence, a node that is not ready', async () => {
    const federation = new ProcessFederation(2, { acted: ['amy', 'ben'] });
    await federation.start();
    const store = createDirectStore({ path: federation.storePath });
    const http = federation.members[0]?.http ?? '';
    const client = new NodeClient(http);
    const watched = await openPage(browser, http);
    const { page } = watched;
    await page.goto('/dashboard/');
    await page.locator('li[data-height="0"]').waitFor();

    const first = create();
    await client.post(first.text);
    await votesOf(page, 1).getByText('2 of 4 members for it, 0 against').waitFor();
    await page.locator('.waiting-card .figure', { hasText: '1' }).waitFor();
    await vote(federation, store, 'ben', 1, false);
    await votesOf(page, 1).getByText('2 of 4 members for it, 1 against').waitFor();
    // Who signs both counts on both sides.
    await vote(federation, store, 'ben', 1, true);
    await page.locator('li[data-height="1"].valid').waitFor();

    const second = create();
    await client.post(second.text);
    await votesOf(page, 2).getByText('2 of 4 members for it, 0 against').waitFor();
    await go(page, '#/blocks/2');
    await page.getByText('Undecided: 2 of 4 members for it, 0 against, 2 not heard yet.').waitFor();
    await vote(federation, store, 'amy', 2, false);
    await vote(federation, store, 'ben', 2, false);
    await page.getByText('Invalid: 2 of 4 members did not find it valid').waitFor();
    expect(
      await page.getByRole('region', { name: 'Votes about this block' }).locator('tbody tr').count(),
    ).toBe(4);

    await go(page, '#/federation');
    const row = (name: string) =>
      page
        .getByRole('region', { name: 'Members of the federation' })
        .locator('tbody tr', { hasText: federation.keyOf(name).publicKey.slice(0, 8) });
    await row('ben').locator('td:nth-child(6) .status.bad', { hasText: '1' }).waitFor();
    expect(await row('ben').locator('td:nth-child(5)').textContent()).toBe('1');
    expect(await row('amy').locator('td:nth-child(5)').textContent()).toBe('0');
    expect(await row('node-2').locator('td:nth-child(5)').textContent()).toBe('1');
    await page.getByText(/^about block/).click();
    await page
      .getByRole('region', { name: 'Contradicting votes' })
      .getByText('"is_block_valid": false')
      .waitFor();

    await go(page, '#/node');
    await page.locator('.status.bad', { hasText: 'not ready' }).waitFor();
    expect(await page.locator('.notice.bad li').count()).toBeGreaterThan(0);
    expect(watched.problems).toEqual([]);
    await watched.close();
    await store.close();
    await federation.dispose();
  }, 90_000);

  test('a gateway serves the pages too, and says what it is', async () => {
    const federation = new ProcessFederation(1);
    const gateway = federation.addGateway();
    await federation.start();
    await gateway.start();
    const watched = await openPage(browser, gateway.http ?? '');
    const { page } = watched;
    await page.goto('/dashboard/#/node');
    await page.getByText('gateway: it follows and never votes').waitFor();
    const { id, text } = create();
    await new NodeClient(gateway.http ?? '').post(text);
    await go(page, `#/transactions/${id}`);
    await page.locator('.figures .status.good').waitFor();
    expect(watched.problems).toEqual([]);
    await watched.close();
    await federation.dispose();
  }, 90_000);

  test('a rejection stands on the first page and on the page of its transaction, with its reason', async () => {
    const folder = new NodeFolder();
    await (await folder.start()).stop();
    const wrong = withWrongSignature(create());
    await injectBacklog(folder, wrong, folder.publicKey);
    const node = await folder.start();
    const watched = await openPage(browser, node.http);
    const { page } = watched;
    await page.goto('/dashboard/');
    const line = page.getByRole('region', { name: 'Last rejected transactions' }).locator('tbody tr');
    await line.locator('.status.bad', { hasText: 'invalid signature' }).waitFor();
    await line.getByRole('link').click();
    await page.getByText('Rejected: invalid signature.').waitFor();
    await page.getByText('Of a rejected transaction the reason is kept').waitFor();
    expect(watched.problems).toEqual([]);
    await watched.close();
    await folder.dispose();
  }, 90_000);
});

/** Writes the vote of a member that has no process about the block at a height. */
async function vote(
  federation: ProcessFederation,
  store: Store,
  name: string,
  height: number,
  isBlockValid: boolean,
): Promise<void> {
  const [block] = await store.readBlocks(height, 1);
  if (block?.height !== height) throw new Error(`nothing holds the height ${height}`);
  const timestamp = String(Math.round(Date.now() / 1000));
  const about = { blockId: block.id, previousBlock: block.parent, isBlockValid, timestamp };
  expect(await store.addVotes([makeVote(federation.keyOf(name), about)])).toEqual(['ok']);
}
