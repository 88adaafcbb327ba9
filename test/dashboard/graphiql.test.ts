/**
 * Danger: GraphiQL is broken by the page's own policy, or its examples by the schema. Method: every example against the
 * schema; a query and a subscription in a real Chromium, where any refusal or error fails the test.
 */

import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import type { Browser, Page } from 'playwright-core';
import { EXAMPLES } from '../../src/dashboard/graphiql/examples.js';
import { NodeClient } from '../support/process-client.js';
import { NodeFolder } from '../support/process-node.js';
import { create } from '../support/transactions.js';
import { describeInChromium, launchChromium, openPage, type WatchedPage } from './support/browser.js';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

test.each(EXAMPLES.map((example) => [/(query|subscription) (\w+)/.exec(example.query)?.[0] ?? '', example]))(
  'the example «%s» fits the schema',
  (name, { query, variables }) => {
    expect(name).not.toBe('');
    expect(validate(schema, parse(query))).toEqual([]);
    expect(() => JSON.parse(variables ?? '{}')).not.toThrow();
  },
);

const PRESS_AGAIN_MS = 1000;

describeInChromium('GraphiQL in Chromium', () => {
  const folder = new NodeFolder();
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let client: NodeClient;

  beforeAll(async () => {
    const node = await folder.start();
    client = new NodeClient(node.http);
    browser = await launchChromium();
    watched = await openPage(browser, node.http, { viewport: { width: 1280, height: 800 } });
    page = watched.page;
    await page.goto('/graphiql');
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await folder.dispose();
  });

  const answer = () => page.locator('.result-window .CodeMirror-code');

  /** The editor takes a moment to know its text, and until then the button does nothing: press it until it works. */
  async function runUntil(done: Promise<unknown>): Promise<void> {
    const execute = page.getByRole('button', { name: /Execute query/ });
    const settled = done.then(
      () => true,
      () => true,
    );
    do if (await execute.isVisible()) await execute.click();
    while (!(await Promise.race([settled, page.waitForTimeout(PRESS_AGAIN_MS)])));
    await done;
  }

  test('opens with its examples', async () => {
    const tabs = page.getByRole('tab');
    await tabs.first().waitFor();
    expect(await tabs.count()).toBe(EXAMPLES.length);
  });

  test('answers a query', async () => {
    await runUntil(answer().getByText('"transactionCount"').first().waitFor());
    expect(await answer().textContent()).toContain('"UNDECIDED"');
  });

  test('shows what a subscription brings, as it comes', async () => {
    const subscribed = new Promise((resolve) => {
      page.on('websocket', (socket) =>
        socket.on('framesent', ({ payload }) => {
          if (String(payload).includes('subscription Blocks')) resolve(null);
        }),
      );
    });
    await page.getByRole('tab', { name: 'Blocks' }).click();
    await page.locator('.graphiql-query-editor').getByText('subscription', { exact: true }).waitFor();
    await runUntil(subscribed);
    // A block needs far longer to be decided than a frame that is sent to reach the node.
    expect((await client.post(create().text)).status).toBe(202);
    await answer().getByText('"VALID"').first().waitFor();
    await page.getByRole('button', { name: /Stop query/ }).click();
  });

  test('knows the schema', async () => {
    await page.getByRole('button', { name: /Show Documentation Explorer/ }).click();
    await page.getByText('Subscription', { exact: true }).waitFor();
  });

  test('and nothing left the node, was refused or failed', () => {
    expect(watched.problems).toEqual([]);
  });
});
