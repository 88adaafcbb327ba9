/**
 * Danger: somebody cannot read or use a page: too little contrast, a control without a name, a page wider than the
 * telephone. Method: axe-core on every page, light and dark; every page measured from 360 to 1440 pixels.
 */

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { keyPairOf, publicKeyOf } from '../support/transactions.js';
import { describeInChromium } from './support/browser.js';
import { go, overflowPixels, PagesBench } from './support/pages-bench.js';
import { type Scene, setScene } from './support/scene.js';

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds on the page as it is, in sentences. */
async function findings(page: Page): Promise<string[]> {
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(root: Document): Promise<{ violations: readonly Violation[] }> };
    };
    return (await axe.run(document)).violations;
  });
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map((node) => `${impact} ${id}: ${node.html} ${node.failureSummary ?? ''}`),
  );
}

describeInChromium('every page', () => {
  let bench: PagesBench;
  let scene: Scene;
  let pages: readonly (readonly [hash: string, shown: string])[];

  beforeAll(async () => {
    bench = await PagesBench.start();
    scene = await setScene(bench.node.http);
    pages = [
      ['#/', 'li[data-height="3"].valid'],
      ['#/blocks', 'main tbody tr'],
      ['#/blocks/1', 'main tbody tr'],
      [`#/transactions/${scene.asset.id}`, '.flow'],
      [`#/transactions/${scene.merged.id}`, '.flow'],
      [`#/transactions/${'0'.repeat(64)}`, '.empty'],
      [`#/assets/${scene.asset.id}`, '.graph svg'],
      [`#/assets/${scene.hostile.id}`, '.graph svg'],
      [`#/accounts/${publicKeyOf('bob')}`, 'main tbody tr'],
      ['#/federation', 'main tbody tr'],
      ['#/search?q=vineyard', '.hit'],
      ['#/node', '.queues'],
      ['#/compose', '.compose-form'],
    ];
  });

  afterAll(() => bench?.close());

  /** Every page after the other, each when it shows what it is for; the compose page with a draft in it. */
  async function visitAll(page: Page, visit: (hash: string) => Promise<void>): Promise<void> {
    for (const [hash, shown] of pages) {
      await go(page, hash);
      await page.locator(shown).first().waitFor();
      if (hash.startsWith('#/transactions/') && shown === '.flow') {
        await page.getByRole('button', { name: 'Check it here' }).click();
        await page.locator('[data-check="passed"]').waitFor();
      }
      await visit(hash);
    }
    await page.getByLabel('Private key to add').fill(keyPairOf('alice').privateKey);
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByRole('button', { name: 'Transfer', exact: true }).click();
    await page.getByRole('checkbox').first().waitFor();
    await visit('a transfer');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('button', { name: 'Make the transaction' }).click();
    await page.getByText('Sign elsewhere').click();
    await visit('a draft');
  }

  test.each(['light', 'dark'] as const)('has nothing that axe-core finds, %s', async (colorScheme) => {
    // The page's own policy would keep the checker out, as it keeps out everything else. A block that fades in is pale
    // for a moment, so nothing moves here.
    const still = { colorScheme, bypassCSP: true, reducedMotion: 'reduce' } as const;
    const watched = await bench.open('#/', still);
    await watched.page.evaluate(AXE);
    const found: string[] = [];
    await visitAll(watched.page, async (hash) => {
      found.push(...(await findings(watched.page)).map((finding) => `${hash}: ${finding}`));
    });
    expect(found).toEqual([]);
    expect(watched.problems).toEqual([]);
    await watched.close();
  });

  test.each([360, 768, 1440])('is no wider than the window at %i pixels', async (width) => {
    const watched = await bench.open('#/', { viewport: { width, height: 740 } });
    const wide: string[] = [];
    await visitAll(watched.page, async (hash) => {
      const pixels = await overflowPixels(watched.page);
      if (pixels > 0) wide.push(`${hash}: ${pixels}`);
    });
    expect(wide).toEqual([]);
    expect(watched.problems).toEqual([]);
    await watched.close();
  });

  test('has a title, one first heading, and the focus at its beginning', async () => {
    const watched = await bench.open('#/');
    const { page } = watched;
    await page.getByRole('link', { name: 'Federation' }).click();
    await page.getByRole('heading', { name: 'Federation', level: 1 }).waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'MAIN');
    expect(await page.title()).toBe('Federation – BigchainDB ledger');
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.getByRole('link', { name: 'Federation' }).getAttribute('aria-current')).toBe('page');
    expect(watched.problems).toEqual([]);
    await watched.close();
  });
});
