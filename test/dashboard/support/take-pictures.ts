/**
 * Takes README's pictures of the dashboard anew, from a fresh node with a small ledger: `npm run screenshots`. They are
 * the only pictures in the repository; those of every page at 360 and 1440 px go to `.artifacts/`.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { NodeFolder, REPOSITORY } from '../../support/process-node.js';
import { create, publicKeyOf } from '../../support/transactions.js';
import { launchChromium, openPage } from './browser.js';
import { type Scene, setScene, submitAll } from './scene.js';

const PICTURES = join(REPOSITORY, 'src/dashboard/pictures');
const ARTIFACTS = join(REPOSITORY, '.artifacts/dashboard');
const SIZE = { width: 1200, height: 760 };

/** Blocks for the strip and the charts; their transactions say nothing. */
async function makeBlocks(http: string, count: number): Promise<void> {
  for (let block = 0; block < count; block++) {
    const texts = Array.from({ length: 1 + ((block * 7) % 5) }, () => create().text);
    await submitAll(http, texts);
  }
}

/** Goes to a page and waits until `ready` is there. */
async function shoot(
  browser: Browser,
  url: string,
  path: string,
  options: {
    readonly width: number;
    readonly height: number;
    readonly ready: string;
    readonly dark?: boolean;
  },
): Promise<void> {
  const { width, height, ready, dark = false } = options;
  const watched = await openPage(browser, url, {
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const { page } = watched;
  await page.goto(url);
  const check = page.getByRole('button', { name: 'Check it here' });
  if (ready === CHECKED) await check.click();
  await page.locator(ready).first().waitFor();
  await page.waitForLoadState('networkidle');
  if (ready === CHECKED) await page.locator(CHECKED).scrollIntoViewIfNeeded();
  await page.screenshot({ path, animations: 'disabled' });
  await watched.close();
}

const CHECKED = '[data-check="passed"]';

async function takeAll(browser: Browser, http: string, scene: Scene): Promise<void> {
  const dashboard = `${http}/dashboard/`;
  const transaction = `${dashboard}#/transactions/${scene.split.id}`;
  await shoot(browser, dashboard, join(PICTURES, 'now.png'), { ...SIZE, ready: 'li[data-height="12"]' });
  await shoot(browser, transaction, join(PICTURES, 'transaction.png'), {
    ...SIZE,
    height: 900,
    ready: CHECKED,
  });
  const pages: Readonly<Record<string, string>> = {
    now: '#/',
    blocks: '#/blocks',
    block: '#/blocks/2',
    transaction: `#/transactions/${scene.split.id}`,
    asset: `#/assets/${scene.asset.id}`,
    account: `#/accounts/${publicKeyOf('bob')}`,
    federation: '#/federation',
    node: '#/node',
    search: '#/search?q=vineyard',
    compose: '#/compose',
  };
  for (const [name, hash] of Object.entries(pages))
    for (const width of [360, 1440])
      for (const dark of [false, true]) {
        const path = join(ARTIFACTS, `${name}-${width}-${dark ? 'dark' : 'light'}.png`);
        await shoot(browser, dashboard + hash, path, { width, height: 900, ready: 'h1', dark });
      }
}

async function main(): Promise<void> {
  for (const path of [PICTURES, ARTIFACTS]) mkdirSync(path, { recursive: true });
  const folder = new NodeFolder();
  try {
    const { http } = await folder.start();
    const scene = await setScene(http);
    await makeBlocks(http, 12);
    const browser = await launchChromium();
    try {
      await takeAll(browser, http, scene);
    } finally {
      await browser.close();
    }
  } finally {
    await folder.dispose();
  }
}

void main();
