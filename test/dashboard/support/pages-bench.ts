/** A node and a browser for the tests of the pages, and the ways in which they look at a page. */

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { NodeFolder, type NodeOptions, type NodeProcess } from '../../support/process-node.js';
import { launchChromium, openPage, type WatchedPage } from './browser.js';

/** One node and one browser. `close` ends both. */
export class PagesBench {
  private constructor(
    private readonly folder: NodeFolder,
    readonly node: NodeProcess,
    readonly browser: Browser,
  ) {}

  static async start(options: NodeOptions = {}): Promise<PagesBench> {
    const folder = new NodeFolder(options);
    const [node, browser] = await Promise.all([folder.start(), launchChromium()]);
    return new PagesBench(folder, node, browser);
  }

  /** Opens the dashboard at a place, e.g. `#/blocks`. */
  async open(hash: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const watched = await openPage(this.browser, this.node.http, options);
    await watched.page.goto(`/dashboard/${hash}`);
    await watched.page.locator('h1').waitFor();
    return watched;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.folder.dispose();
  }
}

/** Goes to another place in the page that is open, without loading it anew. */
export async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
}

/** The heights in the live strip, the newest first. */
export function stripHeights(page: Page): Promise<number[]> {
  return page
    .locator('.blocks > li')
    .evaluateAll((items) => items.map((item) => Number(item.getAttribute('data-height'))));
}

/** CSS pixels by which the page is wider than the window. */
export function overflowPixels(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
