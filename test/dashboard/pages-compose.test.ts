/**
 * Danger: somebody composes a transaction here and the ledger refuses it, shows it late or wrongly, or a private key
 * leaves the browser. Method: a real Chromium on a real node; every request that the page makes is searched for keys.
 */

import type { Page } from 'playwright-core';
import { keyPairOf, publicKeyOf } from '../support/transactions.js';
import { describeInChromium } from './support/browser.js';
import { go, PagesBench, stripHeights } from './support/pages-bench.js';

describeInChromium('composing', () => {
  let bench: PagesBench;

  beforeAll(async () => {
    bench = await PagesBench.start();
  });

  afterAll(() => bench?.close());

  async function addKey(page: Page, name: string): Promise<void> {
    await page.getByLabel('Private key to add').fill(keyPairOf(name).privateKey);
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByRole('button', { name: `Forget ${publicKeyOf(name).slice(0, 4)}` }).waitFor();
  }

  /** Makes, signs and submits what is in the form; gives the id when it is valid. */
  async function signAndSubmit(page: Page): Promise<string> {
    await page.getByRole('button', { name: 'Make the transaction' }).click();
    const id = (await page.locator('.draft .id.whole').textContent()) ?? '';
    await page
      .getByRole('button', { name: /^Sign with/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.locator('[data-submitted="VALID"]').waitFor();
    return id;
  }

  test('a CREATE and a TRANSFER: the strip moves, provenance shows both, the check is green', async () => {
    const watched = await bench.open('#/');
    const { page } = watched;
    const sent: string[] = [];
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
    await page.locator('li[data-height="0"]').waitFor();
    await page.evaluate(() => {
      (window as unknown as { loadedOnce: boolean }).loadedOnce = true;
    });

    await go(page, '#/compose');
    await addKey(page, 'alice');
    await page
      .getByLabel('Data of the asset')
      .fill('{ "name": "Bicycle", "weight": 9.0, "frame": 9007199254740993 }');
    await page.getByLabel('Shares of output 0').fill('10');
    const created = await signAndSubmit(page);
    await go(page, '#/');
    await page.locator('li[data-height="1"].valid').waitFor();

    await go(page, `#/assets/${created}`);
    await page.getByRole('link', { name: 'Transfer it' }).click();
    await page.getByRole('checkbox', { name: /Spend 10 of output 0/ }).check();
    await page.getByLabel('Owners of output 0').fill(publicKeyOf('bob'));
    await page.getByLabel('Shares of output 0').fill('7');
    await page.getByText('3 left over').waitFor();
    await page.getByRole('button', { name: 'Add an output' }).click();
    await page.getByLabel('Shares of output 1').fill('3');
    await page.getByLabel('Owners of output 1').fill(`${publicKeyOf('alice')}\n${publicKeyOf('carol')}`);
    await page.getByLabel('Signatures needed').nth(1).fill('1');
    const moved = await signAndSubmit(page);

    await go(page, '#/');
    await page.locator('li[data-height="2"].valid').waitFor();
    expect(await stripHeights(page)).toEqual([2, 1, 0]);

    await go(page, `#/assets/${created}`);
    await page.locator(`[data-transaction="${created}"]`).waitFor();
    await page.locator(`[data-transaction="${moved}"]`).click();
    await page.getByText('1 of 2').waitFor();
    await page.getByRole('button', { name: 'Check it here' }).click();
    await page.locator('[data-check="passed"]').waitFor();

    await go(page, `#/transactions/${created}`);
    await page.getByText('"weight": 9.0').first().waitFor();
    await page.getByText('"frame": 9007199254740993').first().waitFor();

    expect(await page.evaluate(() => (window as unknown as { loadedOnce?: boolean }).loadedOnce)).toBe(true);
    expect(sent.length).toBeGreaterThan(10);
    expect(sent.filter((text) => text.includes(keyPairOf('alice').privateKey))).toEqual([]);
    expect(watched.problems).toEqual([]);
    await watched.close();
  });

  test('2 of 3 owners in two browsers: the unsigned text goes out, a signature comes back', async () => {
    const [ours, theirs] = [await bench.open('#/compose'), await bench.open('#/compose')];
    const owners = ['alice', 'bob', 'carol'].map(publicKeyOf).join('\n');
    await addKey(ours.page, 'alice');
    await ours.page.getByLabel('Data of the asset').fill('{"name":"Boat"}');
    await ours.page.getByLabel('Owners of output 0').fill(owners);
    await ours.page.getByLabel('Signatures needed').fill('2');
    const created = await signAndSubmit(ours.page);

    await ours.page.getByRole('button', { name: 'Compose another' }).click();
    await ours.page.getByRole('button', { name: 'Transfer', exact: true }).click();
    await ours.page.getByRole('checkbox', { name: new RegExp(created) }).check();
    await ours.page.getByLabel('Owners of output 0').fill(publicKeyOf('dave'));
    await ours.page.getByRole('button', { name: 'Make the transaction' }).click();
    await ours.page.getByRole('button', { name: /^Sign with/ }).click();
    await ours.page.getByText('Input 0 needs more signatures').waitFor();
    expect(await ours.page.getByRole('button', { name: 'Submit' }).count()).toBe(0);
    await ours.page.getByText('Sign elsewhere').click();
    const [download] = await Promise.all([
      ours.page.waitForEvent('download'),
      ours.page.getByRole('button', { name: 'Save as a file' }).click(),
    ]);

    await addKey(theirs.page, 'carol');
    await theirs.page.getByRole('button', { name: 'Sign', exact: true }).click();
    await theirs.page.getByLabel('or from a file').setInputFiles(await download.path());
    await theirs.page.getByRole('button', { name: /^Sign with/ }).click();
    await theirs.page.getByText('Enough owners have signed').waitFor();
    await theirs.page.getByText('Sign elsewhere').click();
    const [returned] = await Promise.all([
      theirs.page.waitForEvent('download'),
      theirs.page.getByRole('button', { name: 'Save as a file' }).click(),
    ]);

    await ours.page.getByLabel('or from a file').setInputFiles(await returned.path());
    await ours.page.getByRole('button', { name: 'Submit' }).click();
    await ours.page.locator('[data-submitted="VALID"]').waitFor();
    await ours.page.getByRole('link', { name: 'Open the transaction' }).click();
    await ours.page.getByRole('button', { name: 'Check it here' }).click();
    await ours.page.locator('[data-check="passed"]').waitFor();
    expect(await ours.page.locator('.check .signature').allTextContents()).toEqual([
      'enough signed',
      'signed',
      'did not sign',
      'signed',
    ]);
    expect([...ours.problems, ...theirs.problems]).toEqual([]);
    await Promise.all([ours.close(), theirs.close()]);
  });

  test('mistakes are named, and nothing is sent', async () => {
    const watched = await bench.open('#/compose');
    const { page } = watched;
    const mutations: string[] = [];
    page.on('request', (request) => {
      if (request.postData()?.includes('mutation')) mutations.push(request.url());
    });
    const make = page.getByRole('button', { name: 'Make the transaction' });
    const alert = page.getByRole('alert');
    await make.click();
    await expect(alert.textContent()).resolves.toMatch(/needs at least one owner/);
    await page.getByLabel('Private key to add').fill('no key at all');
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByText('A private key is 32 bytes in base58').waitFor();
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByLabel('Data of the asset').fill('{ "name": }');
    await make.click();
    await expect(alert.textContent()).resolves.toMatch(/^The data is not JSON/);
    await page.getByLabel('Data of the asset').fill('{}');
    await page.getByLabel('Shares of output 0').fill('1.5');
    await make.click();
    await expect(alert.textContent()).resolves.toMatch(/^An amount is an integer/);
    await page.getByLabel('Shares of output 0').fill('1');
    await page.getByLabel('Signatures needed').fill('2');
    await make.click();
    await expect(alert.textContent()).resolves.toMatch(/from 1 to 1 of its owners/);
    expect(mutations).toEqual([]);
    expect(watched.problems).toEqual([]);
    await watched.close();
  });

  test('only with the keyboard: a key, a CREATE, the transaction, the check', async () => {
    const watched = await bench.open('#/');
    const { page } = watched;
    const focused = (): Promise<string> =>
      page.evaluate(() => {
        const { activeElement: at } = document;
        return at?.getAttribute('aria-label') ?? at?.textContent?.trim() ?? '';
      });
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let steps = 0; steps < 120; steps++) {
        await page.keyboard.press('Tab');
        if (name.test(await focused())) return;
      }
      throw new Error(`the key Tab never came to ${name}`);
    };
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
    await page.keyboard.press('Shift+Tab');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await tabTo(/^Compose$/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Compose' }).waitFor();
    await tabTo(/^Make a key$/);
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: /^Forget/ }).waitFor();
    await tabTo(/^Make the transaction$/);
    await page.keyboard.press('Enter');
    await tabTo(/^Sign with/);
    await page.keyboard.press('Enter');
    await tabTo(/^Submit$/);
    await page.keyboard.press('Enter');
    await page.locator('[data-submitted="VALID"]').waitFor();
    await tabTo(/^Open the transaction$/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Transaction' }).waitFor();
    await tabTo(/^Check it here$/);
    await page.keyboard.press('Enter');
    await page.locator('[data-check="passed"]').waitFor();
    expect(watched.problems).toEqual([]);
    await watched.close();
  });
});
