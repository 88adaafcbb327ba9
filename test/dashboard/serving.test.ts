/**
 * Danger: a driver gets a page in place of 1.0.1's JSON, a path leads out of the dashboard's folder, a page may run what
 * stands in an asset. Method: a real node, asked byte by byte.
 */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { ANY_ORIGIN } from '../../src/runtime/cors.js';
import { mountDashboard } from '../../src/web/dashboard.js';
import { readDashboardFiles } from '../../src/web/dashboard-files.js';
import type { Door } from '../../src/web/door.js';
import { NodeFolder } from '../support/process-node.js';
import { ask } from './support/ask.js';

const folder = new NodeFolder();
let base = '';

beforeAll(async () => {
  base = (await folder.start()).http;
});

afterAll(() => folder.dispose());

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

describe('/', () => {
  test('a browser is sent to the dashboard', async () => {
    const answer = await ask(base, '/', { accept: BROWSER });
    expect(answer).toMatchObject({ status: 302, headers: { location: '/dashboard/', vary: 'Accept' } });
    expect(await ask(base, '/?a=b', { accept: 'text/html' }, 'HEAD')).toMatchObject({ status: 302 });
  });

  test.each([
    ['a driver', 'application/json'],
    ['curl', '*/*'],
    ['fetch in a page', 'application/json, text/plain, */*'],
    ['who wants JSON more', 'text/html;q=0.5, application/json'],
    ['who refuses pages', 'text/html;q=0, */*'],
    ['nobody in particular', ''],
  ])('%s gets the 1.0.1 answer', async (_name, accept) => {
    const answer = await ask(base, '/', accept === '' ? {} : { accept });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(JSON.parse(answer.body.toString())).toMatchObject({ software: 'BigchainDB' });
  });

  test('other methods stay with the 1.0.1 API', async () => {
    expect((await ask(base, '/', { accept: BROWSER }, 'POST')).status).toBe(405);
  });
});

/** What a page loads, by the addresses written in it. */
async function assetsOf(page: string): Promise<string[]> {
  const text = (await ask(base, page)).body.toString();
  return [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
}

describe.each(['/dashboard/', '/graphiql'])('%s', (page) => {
  test('is a page that may load from the node alone, run nothing inline and stand in no frame', async () => {
    const { status, headers } = await ask(base, page);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    const policy = String(headers['content-security-policy']).split('; ');
    const styles = page === '/graphiql' ? "style-src 'self' 'unsafe-inline'" : "style-src 'self'";
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        styles,
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ]),
    );
    expect(policy.join()).not.toMatch(/https?:|data:|unsafe-eval|\*/);
  });

  test('names only files of its own, and each is there for ever under its hash', async () => {
    const assets = await assetsOf(page);
    expect(assets.length).toBeGreaterThan(2);
    for (const path of assets) {
      expect(path).toMatch(/^\/dashboard\/assets\/[\w.-]+-[\w-]{8}\.(js|css|svg)$/);
      const { status, headers } = await ask(base, path);
      expect(status).toBe(200);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-type']).toMatch(/^(text\/(javascript|css); charset=utf-8|image\/svg\+xml)$/);
    }
  });

  test('comes compressed for who can read it, and not at all for who has it', async () => {
    const plain = await ask(base, page);
    const brotli = await ask(base, page, { 'accept-encoding': 'gzip, deflate, br' });
    const gzip = await ask(base, page, { 'accept-encoding': 'gzip, br;q=0' });
    expect(brotli.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' });
    expect(gzip.headers).toMatchObject({ 'content-encoding': 'gzip' });
    expect(brotliDecompressSync(brotli.body)).toEqual(plain.body);
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    const tags = [plain, brotli, gzip].map(({ headers }) => headers.etag ?? '');
    expect(new Set(tags).size).toBe(3);
    const again = await ask(base, page, { 'if-none-match': `"x", W/${tags[0]}` });
    expect(again).toMatchObject({ status: 304, headers: { etag: tags[0] } });
    expect(again.body).toHaveLength(0);
    expect(again.headers['content-security-policy']).toBe(plain.headers['content-security-policy']);
    expect((await ask(base, page, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  test('HEAD says what GET would, and nothing else is taken', async () => {
    const get = await ask(base, page);
    const head = await ask(base, page, {}, 'HEAD');
    expect(head.body).toHaveLength(0);
    expect(head.headers['content-length']).toBe(String(get.body.length));
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect(await ask(base, page, {}, method)).toMatchObject({
        status: 405,
        headers: { allow: 'GET, HEAD' },
      });
  });
});

test('the shorter and the longer spelling lead to the page', async () => {
  expect(await ask(base, '/dashboard')).toMatchObject({ status: 308, headers: { location: '/dashboard/' } });
  expect(await ask(base, '/graphiql/')).toMatchObject({ status: 308, headers: { location: '/graphiql' } });
});

test.each([
  '/dashboard/../package.json',
  '/dashboard/..%2f..%2fpackage.json',
  '/dashboard/%2e%2e/%2e%2e/package.json',
  '/dashboard/assets/../../src/main.js',
  '/dashboard//etc/passwd',
  '/dashboard/assets/',
  '/dashboard/manifest.json',
  '/dashboard/index.html',
  '/dashboard/built-from.txt',
  '/dashboard/assets/%00',
  '/dashboard\\..\\package.json',
])('%s is nothing', async (path) => {
  const { status, body } = await ask(base, path);
  expect([400, 404]).toContain(status);
  expect(body.toString()).not.toContain('bigchaindb-server');
});

/** The dashboard's budget on the wire; GraphiQL is a page of its own. */
const GZIP_BYTES_MAX = 200_000;

test('all that the dashboard loads is below 200 kB of gzip', async () => {
  const paths = new Set<string>();
  const visit = async (path: string): Promise<number> => {
    if (paths.has(path)) return 0;
    paths.add(path);
    const { body, headers } = await ask(base, path, { 'accept-encoding': 'gzip' });
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
    let bytes = body.length;
    // Scripts name those that they import, also later, beside themselves.
    for (const [, name] of text.matchAll(
      /["'`](?:\.\/|\/dashboard\/assets\/|assets\/)([\w.-]+\.(?:js|css|svg))["'`]/g,
    ))
      bytes += await visit(`/dashboard/assets/${name}`);
    return bytes;
  };
  const bytes = await visit('/dashboard/');
  expect([...paths].some((path) => path.endsWith('.css'))).toBe(true);
  expect([...paths].some((path) => path.includes('graphiql'))).toBe(false);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(GZIP_BYTES_MAX);
});

test('a gateway serves the same pages', async () => {
  const gateway = new NodeFolder({ folder: folder.folder, parameters: ['--gateway'] });
  try {
    const { http } = await gateway.start();
    for (const page of ['/dashboard/', '/graphiql'])
      expect((await ask(http, page)).body).toEqual((await ask(base, page)).body);
  } finally {
    await gateway.dispose();
  }
});

describe('what was not built, or switched off', () => {
  const other = new NodeFolder({ settings: { dashboard: { enabled: false } } });
  afterAll(() => other.dispose());

  test('dashboard.enabled false: no page, and a browser gets the 1.0.1 answer', async () => {
    const { http } = await other.start();
    for (const path of ['/dashboard/', '/dashboard', '/graphiql'])
      expect((await ask(http, path)).status).toBe(404);
    const home = await ask(http, '/', { accept: BROWSER });
    expect(home.headers['content-type']).toBe('application/json');
  });

  test('without a build the pages say what to run, and the API is as ever', async () => {
    const rest: Door = {
      handle: (_request, response) => void response.end('1.0.1'),
      close: () => Promise.resolve(),
    };
    const mounted = mountDashboard({ files: null, rest, cors: ANY_ORIGIN });
    const server = createServer((request, response) => {
      const found = mounted.find(({ paths }) => paths.includes(request.url ?? ''));
      void (found?.door ?? rest).handle(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      for (const path of ['/dashboard/', '/graphiql']) {
        const answer = await ask(url, path);
        expect(answer).toMatchObject({
          status: 503,
          headers: { 'content-type': 'text/plain; charset=utf-8' },
        });
        expect(answer.body.toString()).toContain('npm run build');
      }
      expect((await ask(url, '/', { accept: 'application/json' })).body.toString()).toBe('1.0.1');
    } finally {
      server.close();
    }
  });

  test('a build that lost a file is no dashboard; a whole one is read once and for all', async () => {
    const built = mkdtempSync(join(tmpdir(), 'dashboard-'));
    try {
      const entry = {
        path: '/dashboard/',
        file: 'x.html',
        contentType: 'text/html',
        hash: 'h',
        codings: ['br'],
      };
      writeFileSync(join(built, 'manifest.json'), JSON.stringify([entry]));
      writeFileSync(join(built, 'x.html'), 'plain');
      expect(readDashboardFiles(built)).toBeNull();
      writeFileSync(join(built, 'x.html.br'), 'coded');
      const file = readDashboardFiles(built)?.get('/dashboard/');
      writeFileSync(join(built, 'x.html'), 'a newer build');
      expect(file).toMatchObject({ immutable: false, plain: Buffer.from('plain') });
      expect([...(file?.coded ?? [])]).toEqual([['br', Buffer.from('coded')]]);
    } finally {
      rmSync(built, { recursive: true });
    }
  });

  test('a manifest that is missing or broken is no dashboard; entries that are none are passed over', () => {
    const built = mkdtempSync(join(tmpdir(), 'dashboard-'));
    try {
      expect(readDashboardFiles(built)).toBeNull();
      writeFileSync(join(built, 'manifest.json'), '{');
      expect(readDashboardFiles(built)).toBeNull();
      writeFileSync(join(built, 'manifest.json'), '[1, {"path": "/x"}]');
      expect(readDashboardFiles(built)?.size).toBe(0);
    } finally {
      rmSync(built, { recursive: true });
    }
  });
});

test('the tag of a file is that of its bytes', async () => {
  const [script = ''] = await assetsOf('/dashboard/');
  const { body, headers } = await ask(base, script);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 32);
  expect(headers.etag).toBe(`"${hash}"`);
});
