/**
 * A real Chromium over a real node. Every page that is opened here writes down what a dashboard must never do: speak to
 * another origin, throw, write an error to the console, or break its own policy.
 */

import { existsSync } from 'node:fs';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

/** Where distributions put it. `CHROMIUM_PATH` names another place. */
const USUAL_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Where Chromium is on this machine; null when it is not. `test/dashboard/install-chromium.sh` installs it. */
export function chromiumPath(): string | null {
  const { CHROMIUM_PATH } = process.env;
  const paths = CHROMIUM_PATH === undefined ? USUAL_PATHS : [CHROMIUM_PATH];
  return paths.find((path) => existsSync(path)) ?? null;
}

/** `describe`, or a skip that names the reason where there is no Chromium. */
export function describeInChromium(name: string, tests: () => void): void {
  if (chromiumPath() === null) describe.skip(`${name} (skipped: no Chromium on this machine)`, tests);
  else describe(name, tests);
}

/** A browser for the tests of one file. Close it in `afterAll`. */
export function launchChromium(): Promise<Browser> {
  const path = chromiumPath();
  if (path === null) throw new Error('there is no Chromium on this machine');
  return chromium.launch({
    executablePath: path,
    // The checks run as root in containers with a small /dev/shm; the second keeps Chromium from calling home.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking'],
  });
}

/** One page and what it did wrong so far. */
export interface WatchedPage {
  readonly page: Page;
  /** What should never happen, in sentences; see `tolerate`. */
  readonly problems: readonly string[];
  /** From now on a problem that matches is expected: a node that was stopped, say. */
  tolerate(expected: RegExp): void;
  close(): Promise<void>;
}

/** A new page in a context of its own. `origin`: the node's, e.g. `http://localhost:9984`. */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: origin, ...options });
  const problems: string[] = [];
  const tolerated: RegExp[] = [];
  const report = (problem: string): void => {
    if (!tolerated.some((expected) => expected.test(problem))) problems.push(problem);
  };
  await watchPolicy(context, report);
  const page = await context.newPage();
  watchPage(page, new URL(origin).host, report);
  return {
    page,
    problems,
    tolerate: (expected) => tolerated.push(expected),
    close: () => context.close(),
  };
}

/** The browser tells a page what its policy refused; the page's own scripts cannot hide it. */
async function watchPolicy(context: BrowserContext, report: (problem: string) => void): Promise<void> {
  await context.exposeBinding('reportRefusal', (_source, refusal: string) => report(refusal));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      const { reportRefusal } = window as unknown as { reportRefusal: (refusal: string) => void };
      reportRefusal(`the policy refused ${violatedDirective}: ${blockedURI}`);
    });
  });
}

function watchPage(page: Page, host: string, report: (problem: string) => void): void {
  const local = (url: string): boolean => {
    const { protocol, host: asked } = new URL(url);
    return protocol === 'blob:' || asked === host;
  };
  page.on('request', (request) => {
    if (!local(request.url())) report(`a request left the origin: ${request.url()}`);
  });
  page.on('websocket', (socket) => {
    if (!local(socket.url())) report(`a WebSocket left the origin: ${socket.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) report(`${response.status()} for ${response.url()}`);
  });
  page.on('pageerror', (error) => report(`an exception: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') report(`an error on the console: ${message.text()}`);
  });
}
