// Danger: a stop that loses answers, a start that hides why it failed, data that is served although it is broken.
// Method: a real node, its signals, its exit codes and its last words.

import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { NodeClient } from '../support/process-client.js';
import { ValidEvents } from '../support/process-events.js';
import { SteadyLoad } from '../support/process-load.js';
import { NodeFolder, type NodeOptions, type NodeProcess, NotStarted } from '../support/process-node.js';

async function withFolder(options: NodeOptions, use: (folder: NodeFolder) => Promise<void>): Promise<void> {
  const folder = new NodeFolder(options);
  try {
    await use(folder);
  } finally {
    await folder.dispose();
  }
}

/** Starts a node that must fail, and gives its exit code and its words. */
async function failedStart(folder: NodeFolder): Promise<{ code: number | null; output: string }> {
  const error: unknown = await folder.start().then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof NotStarted)) throw new Error('the node started, or failed in another way');
  return { code: error.exit?.code ?? null, output: error.output };
}

/** A request whose body never comes, which keeps a draining node waiting. */
async function holdOpen(node: NodeProcess): Promise<Socket> {
  const { hostname, port } = new URL(node.http);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  const head = `POST /api/v1/transactions HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n`;
  const continued = new Promise<void>((resolve) => socket.once('data', () => resolve()));
  socket.write(head);
  // The node asks for the body: it has taken the request.
  await continued;
  return socket;
}

describe('SIGTERM', () => {
  it('answers what it has taken, exits 0, and everything acknowledged is there at the next start', async () => {
    await withFolder({}, async (folder) => {
      const node = await folder.start();
      const beginning = await ValidEvents.now(node.http);
      const load = new SteadyLoad('stop');
      load.start(node.http);
      await load.moreAcknowledged(100);
      expect(await node.stop()).toEqual({ code: 0, signal: null });
      await load.stop();
      expect(load.wrong).toEqual([]);

      const again = await folder.start();
      const events = await ValidEvents.follow(again.http, beginning);
      await events.includes(load.acknowledged);
      expect(events.repeated()).toEqual([]);
      events.stop();
    });
  });

  it('exits 1 at once when it comes a second time', async () => {
    await withFolder({}, async (folder) => {
      const node = await folder.start();
      const socket = await holdOpen(node);
      node.signal('SIGTERM');
      await node.printed('SIGTERM');
      expect(await node.kill('SIGTERM')).toEqual({ code: 1, signal: null });
      socket.destroy();
    });
  });
});

describe('a start that cannot succeed exits 1 with a sentence that names the setting', () => {
  it.each([
    ['server.bind', (port: number) => ({ server: { bind: `127.0.0.1:${port}` } })],
    ['wsserver.port', (port: number) => ({ wsserver: { host: '127.0.0.1', port } })],
  ])('when the port of %s is taken', async (setting, settings) => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = squatter.address() as AddressInfo;
      await withFolder({ settings: settings(port) }, async (folder) => {
        const { code, output } = await failedStart(folder);
        expect(code).toBe(1);
        expect(output).toContain(setting);
        expect(output).toContain(String(port));
        expect(output).not.toMatch(/^\s+at /m);
      });
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  it('when database.path is a file', async () => {
    await withFolder({}, async (folder) => {
      rmSync(folder.dataFolder, { recursive: true });
      writeFileSync(folder.dataFolder, 'not a folder');
      const { code, output } = await failedStart(folder);
      expect(code).toBe(1);
      expect(output).toContain('database.path');
      expect(output).not.toMatch(/^\s+at /m);
    });
  });

  it('when the store cannot be read', async () => {
    await withFolder({}, async (folder) => {
      await (await folder.start()).stop();
      const store = dataFiles(folder).filter((name) => !name.includes('view'));
      expect(store.length).toBeGreaterThan(0);
      for (const name of store)
        writeFileSync(join(folder.dataFolder, name), 'This is no database. '.repeat(1000));
      const { code, output } = await failedStart(folder);
      expect(code).toBe(1);
      expect(output).toContain('database.path');
      expect(output).not.toMatch(/^\s+at /m);
    });
  });
});

it('a view that is lost is derived again from the store; junk in its place is named and never served', async () => {
  await withFolder({}, async (folder) => {
    const load = new SteadyLoad('view');
    const node = await folder.start();
    const beginning = await ValidEvents.now(node.http);
    const events = await ValidEvents.follow(node.http, beginning);
    load.start(node.http);
    await load.moreAcknowledged(100);
    await load.stop();
    await events.includes(load.acknowledged);
    events.stop();
    await node.stop();

    const views = dataFiles(folder).filter((name) => name.startsWith('view'));
    const [view = ''] = views;
    for (const name of views)
      writeFileSync(join(folder.dataFolder, name), 'This is no database. '.repeat(1000));
    const { code, output } = await failedStart(folder);
    expect(code).toBe(1);
    expect(output).toContain(view);

    for (const name of views) rmSync(join(folder.dataFolder, name), { force: true });
    const again = await folder.start();
    const replayed = await ValidEvents.follow(again.http, beginning);
    await replayed.includes(load.acknowledged);
    expect(replayed.order).toEqual(events.order);
    const statuses = await new NodeClient(again.http).statuses([...load.acknowledged]);
    expect(statuses.filter((status) => status !== 'VALID')).toEqual([]);
    replayed.stop();
    await again.stop();
  });
});

/** Paths of all files in the data folder, relative to it. */
function dataFiles(folder: NodeFolder): string[] {
  return readdirSync(folder.dataFolder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder.dataFolder, name)).isFile());
}
