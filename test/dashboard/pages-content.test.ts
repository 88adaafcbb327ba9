/**
 * Danger: what strangers wrote into the ledger runs, turns the page around or freezes it; what the ledger says is shown
 * wrongly. Method: a real Chromium on a real node that holds such things; the pages are read as a person reads them.
 */

import { create, publicKeyOf, spend, to, transfer } from '../support/transactions.js';
import { describeInChromium } from './support/browser.js';
import { go, PagesBench } from './support/pages-bench.js';
import { HOSTILE_DATA, manyCreates, type Scene, setScene, submitAll } from './support/scene.js';

/** A transaction of about a megabyte of data; the ledger's own limit is 1 MiB. */
const LARGE_TEXT = 'x'.repeat(1_000_000);
/** A thousand rows take half a second on an idle machine; this is for one that does ten other things. */
const BLOCK_SHOWN_MS = 8_000;

describeInChromium('what the pages show', () => {
  let bench: PagesBench;
  let scene: Scene;

  beforeAll(async () => {
    bench = await PagesBench.start({
      settings: {
        server: { bind: 'localhost:0', transaction_bytes_max: 1024 * 1024 },
        // A block is cut at 1,000 transactions; nothing shorter shall cut it while they are coming.
        block_interval_ms: 1_500,
      },
    });
    scene = await setScene(bench.node.http);
  });

  afterAll(() => bench?.close());

  test('markup, the other direction, emoji and large numbers stay text', async () => {
    const { hostile } = scene;
    const watched = await bench.open(`#/assets/${hostile.id}`);
    const { page } = watched;
    const shown = page.getByRole('region', { name: /^Data of/ });
    await shown.waitFor();
    const text = (await shown.textContent()) ?? '';
    expect(text).toContain(JSON.stringify(HOSTILE_DATA.name));
    expect(text).toContain('\\u202eright to left\\u202c مرحبا بالعالم שלום');
    expect(text).toContain('🍷👩‍👩‍👧 \\u0000 \\u200b');
    expect(text).toContain('9007199254740993');
    for (const hash of [
      `#/transactions/${hostile.id}`,
      `#/accounts/${publicKeyOf('dave')}`,
      '#/search?q=taken',
    ]) {
      await go(page, hash);
      await page.getByText('onerror').first().waitFor();
    }
    expect(await page.title()).not.toContain('taken');
    expect(await page.locator('main script, main img, main a[href^="javascript"]').count()).toBe(0);
    const searched = encodeURIComponent('<marquee>qzxv"\u202e&');
    await go(page, `#/search?q=${searched}`);
    await page.getByText('0 hits').waitFor();
    expect(await page.locator('main marquee').count()).toBe(0);
    expect(watched.problems).toEqual([]);
    await watched.close();
  });

  test('a megabyte of asset data does not hold the page up', async () => {
    const large = create({ data: { name: 'large', text: LARGE_TEXT } });
    await submitAll(bench.node.http, [large.text]);
    const watched = await bench.open('#/');
    const { page } = watched;
    await go(page, `#/transactions/${large.id}`);
    await page.getByRole('button', { name: 'Check it here' }).click();
    await page.locator('[data-check="passed"]').waitFor();
    const shown = page.getByRole('region', { name: 'Asset data' });
    expect((await shown.textContent())?.length).toBeLessThan(5_000);
    await page
      .getByRole('button', { name: /^Show all 977 KiB/ })
      .first()
      .click();
    expect((await shown.textContent())?.length).toBeGreaterThan(1_000_000);
    expect(watched.problems).toEqual([]);
    await watched.close();
  });

  test('a block of 1,000 transactions shows quickly, all of it', async () => {
    const texts = manyCreates(1_000, 'many').map(({ text }) => text);
    const parts = Array.from({ length: 10 }, (_, part) => texts.slice(100 * part, 100 * part + 100));
    await Promise.all(parts.map((part) => submitAll(bench.node.http, part)));
    const watched = await bench.open('#/');
    const { page } = watched;
    const full = page.locator('.strip-block', { hasText: /1\u202f000 transactions/ });
    await full.waitFor();
    const shownMs = await full.locator('a').evaluate(
      (link: HTMLAnchorElement) =>
        new Promise<number>((resolve) => {
          const started = performance.now();
          const looked = new MutationObserver(() => {
            if (document.querySelectorAll('main tbody tr').length < 1_000) return;
            looked.disconnect();
            // Two frames: the first draws what was just added.
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started)));
          });
          looked.observe(document.body, { childList: true, subtree: true });
          link.click();
        }),
    );
    expect(shownMs).toBeLessThan(BLOCK_SHOWN_MS);
    expect(
      new Set(await page.locator('main tbody td:nth-child(2) a').evaluateAll(hrefs)).size,
    ).toBeGreaterThanOrEqual(1_000);
    expect(watched.problems).toEqual([]);
    await watched.close();
  });

  test('provenance: the split and the merge are drawn, the holders are those of the ledger', async () => {
    const { asset, split, merged } = scene;
    const watched = await bench.open(`#/assets/${asset.id}`);
    const { page } = watched;
    for (const { id } of [asset, split, merged]) await page.locator(`[data-transaction="${id}"]`).waitFor();
    const boxes = await Promise.all(
      [asset, split, merged].map(({ id }) =>
        page.locator(`[data-transaction="${id}"] rect`).first().boundingBox(),
      ),
    );
    const lefts = boxes.map((box) => box?.x ?? 0);
    expect([...lefts].sort((a, b) => a - b)).toEqual(lefts);
    expect(await page.locator('.graph .edge text').allTextContents()).toEqual(['600', '500']);
    const holders = page.getByRole('region', { name: 'Holders of the asset' }).locator('tbody tr');
    expect(await holders.locator('td.number:nth-child(2)').allTextContents()).toEqual([
      '450',
      '400',
      '100',
      '50',
    ]);
    await page
      .getByRole('region', { name: /^Transactions of the asset/ })
      .locator('tbody tr')
      .nth(2)
      .waitFor();
    expect(watched.problems).toEqual([]);
    await watched.close();
  });

  test('an asset and an account follow what happens to them, without a reload', async () => {
    const made = create({ by: 'frank', outputs: [to('frank', 5)] });
    await submitAll(bench.node.http, [made.text]);
    const asset = await bench.open(`#/assets/${made.id}`);
    const account = await bench.open(`#/accounts/${publicKeyOf('grace')}`);
    await asset.page.locator(`[data-transaction="${made.id}"]`).waitFor();
    await account.page.getByText('It holds nothing now').waitFor();
    const moved = transfer(made.id, [spend(made, 0, 'frank')], [to('grace', 5)]);
    await submitAll(bench.node.http, [moved.text]);
    await asset.page.locator(`[data-transaction="${moved.id}"]`).waitFor();
    await asset.page
      .getByRole('region', { name: 'Holders of the asset' })
      .getByText(publicKeyOf('grace').slice(0, 8))
      .waitFor();
    await account.page.getByRole('region', { name: 'Balances' }).locator('tbody tr').waitFor();
    await account.page.getByRole('region', { name: 'Unspent outputs' }).locator('tbody tr').waitFor();
    expect([...asset.problems, ...account.problems]).toEqual([]);
    await Promise.all([asset.close(), account.close()]);
  });

  test('a node that lies about what a transfer spends cannot make the check green', async () => {
    const watched = await bench.open(`#/transactions/${scene.split.id}`);
    const { page } = watched;
    const check = page.getByRole('button', { name: 'Check it here' });
    await check.click();
    await page.getByText('Input 0: signed by the owners of what it spends').waitFor();
    await page.locator('[data-check="passed"]').waitFor();
    let lies = 0;
    await page.route('**/graphql', async (route) => {
      const answer = await (await route.fetch()).text();
      if (!answer.includes('transactionsById')) return route.fulfill({ body: answer });
      lies++;
      return route.fulfill({ body: answer.replaceAll(publicKeyOf('alice'), publicKeyOf('bob')) });
    });
    await check.click();
    await page.getByText('Input 0: signed, but the node does not prove what it spends').waitFor();
    await page.locator('[data-check="failed"]').waitFor();
    expect(lies).toBe(1);
    expect(watched.problems).toEqual([]);
    await page.unrouteAll({ behavior: 'wait' });
    await watched.close();
  });

  test('an account: balances, unspent and spent outputs, created assets', async () => {
    const watched = await bench.open(`#/accounts/${publicKeyOf('alice')}`);
    const { page } = watched;
    const spent = page.getByRole('button', { name: 'Spent', exact: true });
    await page.getByRole('region', { name: 'Balances' }).locator('tbody tr').first().waitFor();
    await page.getByRole('region', { name: 'Created assets' }).getByText('many').first().waitFor();
    await page.getByRole('button', { name: /^Show more \(25 entries/ }).click();
    await page.getByRole('button', { name: /^Show more \(50 entries/ }).waitFor();
    await spent.click();
    const rows = page.getByRole('region', { name: 'Spent outputs' }).locator('tbody tr');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    expect(await rows.first().locator('td').nth(5).locator('a').getAttribute('href')).toContain(
      scene.split.id,
    );
    expect(watched.problems).toEqual([]);
    await watched.close();
  });

  test('the search box finds ids, heights, keys and words', async () => {
    const watched = await bench.open('#/');
    const { page } = watched;
    const box = page.getByRole('searchbox');
    const search = async (text: string): Promise<void> => {
      await box.fill(text);
      await box.press('Enter');
    };
    await search('1');
    await page.getByRole('heading', { name: 'Block 1', exact: true }).waitFor();
    await search(scene.asset.id);
    await page.getByText('2 hits').waitFor();
    expect(await page.locator('.hit .kind').allTextContents()).toEqual(['Transaction', 'Asset']);
    await search(publicKeyOf('erin'));
    await page.locator('.hit .kind', { hasText: 'Public key' }).waitFor();
    await search('vineyard');
    await page.locator('.hit', { hasText: 'Vineyard La Colline' }).getByRole('link').click();
    await page.getByRole('heading', { name: 'Asset' }).waitFor();
    await search('nosuchwordanywhere');
    await page.getByText('Nothing here has this id').waitFor();
    expect(watched.problems).toEqual([]);
    await watched.close();
  });

  test('what does not exist says so, and what to do', async () => {
    const watched = await bench.open(`#/transactions/${'0'.repeat(64)}`);
    const { page } = watched;
    await page.getByText('No node knows a transaction with this id').waitFor();
    await go(page, `#/assets/${scene.split.id}`);
    await page.getByText('The id of a TRANSFER is no asset').waitFor();
    await go(page, '#/blocks/999999');
    await page.getByText('Nothing holds this height').waitFor();
    await go(page, '#/nowhere/at/all');
    await page.getByRole('heading', { name: 'No such page' }).waitFor();
    expect(watched.problems).toEqual([]);
    await watched.close();
  });

  test('a transaction is followed while it waits, and turns valid without a reload', async () => {
    const waiting = create({ by: 'erin', outputs: [to('erin', 5)] });
    const watched = await bench.open(`#/transactions/${waiting.id}`);
    const { page } = watched;
    await page.getByText('No node knows a transaction with this id').waitFor();
    const submitted = submitAll(bench.node.http, [waiting.text]);
    await page.locator('.figures .status.good', { hasText: 'valid' }).waitFor();
    await submitted;
    expect(watched.problems).toEqual([]);
    await watched.close();
  });
});

function hrefs(links: Element[]): (string | null)[] {
  return links.map((link) => link.getAttribute('href'));
}
