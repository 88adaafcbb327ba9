/**
 * Danger: a server, a network or another writer fails between a write and its answer, and the store says more than it
 * knows, skips what comes late, or does not come back. (F7 to F10 of the fault list.)
 * Method: a proxy between driver and server refuses, loses, replaces or withholds single commands; what the store
 * says is then compared with what the server holds.
 */

import { Decimal128, MongoClient } from 'mongodb';
import type { ServerSettings } from '../../src/store/mongodb/client-options.js';
import { dropDatabase } from '../../src/store/mongodb/connect.js';
import { createMongodbStore } from '../../src/store/mongodb/mongodb-store.js';
import { type Store, type StoreHint, StoreUnavailable, type WriteResult } from '../../src/store/store.js';
import { polled } from '../support/mongodb-greetings.js';
import type { Fault } from '../support/mongodb-proxy.js';
import { type LoggedLine, startServer, type TestServer, testPorts } from '../support/mongodb-server.js';
import { describeWithMongodb, itOnRealMongodb } from '../support/mongodb-suite.js';
import {
  makeBlock,
  makeEntries,
  makeEntry,
  makeRejection,
  makeVote,
  newStamp,
} from '../support/store-facts.js';

const NOT_PRIMARY = {
  ok: 0,
  code: 10_107,
  codeName: 'NotWritablePrimary',
  errmsg: 'not primary',
  errorLabels: ['RetryableWriteError'],
};
/** Errors that came after the write was done by the primary, and before a majority had it. */
const UNCONFIRMED = [64, 91, 189, 11_600, 11_602, 13_435];

describeWithMongodb('MongoDB store under faults', () => {
  let server: TestServer;
  let settings: ServerSettings;
  let store: Store;
  let lines: LoggedLine[];
  let opened: Store[];
  let databases = 0;

  beforeAll(async () => {
    server = await startServer();
    process.stdout.write(`MongoDB faults are made on ${server.name}\n`);
  });

  afterAll(() => server.stop());

  async function open(changes: Partial<ServerSettings> = {}): Promise<Store> {
    const another = await createMongodbStore({
      settings: { ...settings, ...changes },
      ports: testPorts(lines),
    });
    opened.push(another);
    return another;
  }

  beforeEach(async () => {
    databases += 1;
    lines = [];
    opened = [];
    settings = { ...server.throughProxy, name: `bigchain_faults_${process.pid}_${databases}` };
    store = await open();
  });

  afterEach(async () => {
    heal();
    await Promise.all(opened.map((each) => each.close()));
    await dropDatabase({ settings: { ...server.settings, name: settings.name }, ports: testPorts() });
  });

  /** In place of the store that is open. */
  async function openPolled(): Promise<void> {
    server.proxy.greeting = polled;
    store = await open();
  }

  function heal(): void {
    server.proxy.fault = () => null;
    server.proxy.greeting = (hello) => hello;
    server.proxy.silent = false;
  }

  /** Makes `fault` of the next `times` commands of this name on a collection. */
  function failNext(name: string, collection: string, times: number, fault: Fault): () => number {
    let left = times;
    server.proxy.fault = (command, document) => {
      if (left === 0 || command !== name || document[command] !== collection) return null;
      left -= 1;
      return fault;
    };
    return () => times - left;
  }

  function unconfirmed(code: number): Fault {
    const writeConcernError = { code, errmsg: 'not confirmed', errInfo: {} };
    return { kind: 'replace', change: (answer) => ({ ...answer, writeConcernError }) };
  }

  /** The database as it is, past store and proxy. */
  async function withDatabase<T>(work: (database: ReturnType<MongoClient['db']>) => Promise<T>): Promise<T> {
    const { host, port } = server.settings;
    const client = new MongoClient(`mongodb://${host}:${port}/`, { directConnection: true });
    try {
      return await work(client.db(settings.name));
    } finally {
      await client.close();
    }
  }

  function nextHint(follower: Store, wanted: (hint: StoreHint) => boolean): Promise<StoreHint> {
    return new Promise((resolve) => {
      const stop = follower.follow((hint) => {
        if (!wanted(hint)) return;
        stop();
        resolve(hint);
      });
    });
  }

  describe('a write that is done, and whose answer is lost', () => {
    it('is a success once, whatever kind of fact', async () => {
      const cut: Fault = { kind: 'cut answer' };
      const lost = failNext('insert', 'ledger_backlog', 1, cut);
      const [added] = await store.addBacklog([makeEntry(1)]);
      expect(['ok', 'duplicate']).toContain(added);
      expect(lost()).toBe(1);
      failNext('insert', 'ledger_blocks', 1, cut);
      expect(['ok', 'duplicate']).toContain(await store.claimHeight(makeBlock(0)));
      failNext('insert', 'ledger_votes', 1, cut);
      expect(['ok', 'duplicate']).toContain((await store.addVotes([makeVote(1)]))[0]);
      failNext('insert', 'ledger_rejections', 1, cut);
      expect(['ok', 'duplicate']).toContain((await store.addRejections([makeRejection(1)]))[0]);
      heal();
      expect(await store.countBacklog()).toBe(1);
      expect(await store.readBlocks(0, 10)).toEqual([makeBlock(0)]);
      expect(await store.readVotes([makeVote(1).blockId], 10)).toMatchObject([makeVote(1)]);
      expect(await store.readRejections(0, 10)).toMatchObject([makeRejection(1)]);
    });

    it('is unknown when the connection is lost again and again, and the same bytes settle it', async () => {
      const block = makeBlock(0);
      failNext('insert', 'ledger_blocks', 5, { kind: 'cut answer' });
      expect(await store.claimHeight(block)).toBe('unknown');
      heal();
      expect(await store.claimHeight(block)).toBe('duplicate');
      expect(await store.claimHeight(makeBlock(0, { id: 'rival' }))).toBe('taken');
    });
  });

  describe('a write that the majority does not confirm', () => {
    beforeEach(openPolled);

    it.each(UNCONFIRMED)('is unknown (%i), and never a success', async (code) => {
      // Twice: the driver itself repeats some of them once.
      failNext('insert', 'ledger_blocks', 2, unconfirmed(code));
      expect(await store.claimHeight(makeBlock(0))).not.toBe('ok');
      failNext('insert', 'ledger_votes', 2, unconfirmed(code));
      const votes = await store.addVotes([makeVote(1), makeVote(2)]);
      expect(votes).not.toContain('ok');
      failNext('insert', 'ledger_backlog', 2, unconfirmed(code));
      expect(await store.addBacklog([makeEntry(1)])).not.toContain('ok');
      heal();
      expect(await store.claimHeight(makeBlock(0))).toBe('duplicate');
      expect(await store.addVotes([makeVote(1), makeVote(2)])).toEqual(['duplicate', 'duplicate']);
      expect(await store.addBacklog([makeEntry(1)])).toEqual(['duplicate']);
    });

    it('is no success for the items beside a taken key either', async () => {
      await store.addVotes([makeVote(1)]);
      failNext('insert', 'ledger_votes', 1, unconfirmed(64));
      expect(await store.addVotes([makeVote(1), makeVote(2)])).not.toContain('ok');
      expect(await store.addVotes([makeVote(1), makeVote(2)])).toEqual(['duplicate', 'duplicate']);
    });

    it('throws where a count is the answer', async () => {
      const entry = makeEntry(1);
      await store.addBacklog([entry]);
      failNext('delete', 'ledger_backlog', 2, unconfirmed(64));
      await expect(store.removeBacklog([entry])).rejects.toBeInstanceOf(StoreUnavailable);
      failNext('findAndModify', 'ledger_counters', 2, unconfirmed(64));
      await expect(
        store.reassignBacklog([{ ...entry, assignee: 'node-b', newStamp: newStamp() }]),
      ).rejects.toBeInstanceOf(StoreUnavailable);
    });
  });

  describe('a primary that steps down', () => {
    beforeEach(openPolled);

    it('is followed once by itself', async () => {
      failNext('insert', 'ledger_blocks', 1, { kind: 'answer', document: NOT_PRIMARY });
      expect(await store.claimHeight(makeBlock(0))).toBe('ok');
      failNext('find', 'ledger_blocks', 1, { kind: 'answer', document: NOT_PRIMARY });
      expect(await store.readBlocks(0, 10)).toEqual([makeBlock(0)]);
    });

    it('leaves no vote doubled and no entry lost', async () => {
      const entries = makeEntries(8);
      const acknowledged = new Set<string>();
      let commands = 0;
      server.proxy.fault = (name) => {
        if (name !== 'insert' && name !== 'findAndModify' && name !== 'find') return null;
        commands += 1;
        if (commands % 7 === 3) return { kind: 'cut answer' };
        if (commands % 7 === 5) return { kind: 'answer', document: NOT_PRIMARY };
        return commands % 7 === 6 ? { kind: 'cut' } : null;
      };
      for (const entry of entries) {
        for (let tries = 0; tries < 5 && !acknowledged.has(entry.digest); tries += 1) {
          const [result] = await store.addBacklog([entry]);
          if (result === 'ok' || result === 'duplicate') acknowledged.add(entry.digest);
        }
        await store.addVotes([makeVote(entry.digest)]);
      }
      heal();
      expect(acknowledged.size).toBeGreaterThan(5);
      const states = await store.backlogStates([...acknowledged]);
      expect(states).toHaveLength(acknowledged.size);
      const votes = await store.readVotes([makeVote(1).blockId], 1000);
      expect(new Set(votes.map((vote) => vote.signature)).size).toBe(votes.length);
    });

    itOnRealMongodb('keeps what was acknowledged through a real step-down', async () => {
      const direct = await createMongodbStore({
        settings: { ...server.settings, name: settings.name, connectionTimeout: 30_000 },
        ports: testPorts(),
      });
      opened.push(direct);
      const acknowledged = new Set<string>();
      for (let batch = 0; batch < 20; batch += 1) {
        if (batch === 5)
          await withDatabase((database) =>
            database.client.db('admin').command({ replSetStepDown: 3, force: true }),
          ).catch(() => undefined);
        const entries = makeEntries(20, batch * 20);
        for (let tries = 0; tries < 5; tries += 1) {
          const open = entries.filter((entry) => !acknowledged.has(entry.digest));
          const results = open.length === 0 ? [] : await direct.addBacklog(open);
          open.forEach((entry, index) => {
            if (results[index] === 'ok' || results[index] === 'duplicate') acknowledged.add(entry.digest);
          });
        }
      }
      expect(acknowledged.size).toBe(400);
      expect(await direct.backlogStates([...acknowledged])).toHaveLength(400);
    });
  });

  describe('without a primary', () => {
    /** Cuts all connections while calls of every kind use them. */
    async function cutUnderWay(used: Store): Promise<void> {
      const calls = [used.readBlocks(0, 1), used.countBacklog(), used.addVotes([makeVote(1)])];
      server.proxy.cutAll();
      await Promise.allSettled(calls);
    }

    it('is unavailable: nothing was written; and recovers by itself', async () => {
      const impatient = await open({ connectionTimeout: 400 });
      server.proxy.greeting = (hello) => ({
        ...hello,
        isWritablePrimary: false,
        ismaster: false,
        secondary: true,
      });
      server.proxy.cutAll();
      // The first call may still find a connection that was open.
      await impatient.claimHeight(makeBlock(0));
      expect(await impatient.claimHeight(makeBlock(1))).toBe('unavailable');
      expect(await impatient.addBacklog([makeEntry(1)])).toEqual(['unavailable']);
      await expect(impatient.readBlocks(0, 1)).rejects.toBeInstanceOf(StoreUnavailable);
      heal();
      server.proxy.cutAll();
      await until(async () => (await impatient.claimHeight(makeBlock(1))) === 'ok');
      expect((await impatient.readBlocks(1, 10)).map((block) => block.id)).toEqual([makeBlock(1).id]);
    });

    it('gives up a connection that is open and silent, and recovers by itself', async () => {
      const impatient = await open({ connectionTimeout: 400 });
      server.proxy.silent = true;
      await expect(impatient.readBlocks(0, 1)).rejects.toBeInstanceOf(StoreUnavailable);
      expect(await impatient.claimHeight(makeBlock(0))).not.toBe('ok');
      heal();
      server.proxy.cutAll();
      await until(async () => ['ok', 'duplicate'].includes(await impatient.claimHeight(makeBlock(0))));
    }, 60_000);

    it('comes back when all connections break at once, whether the server announces changes or is polled', async () => {
      const announced = await open();
      await cutUnderWay(announced);
      await until(async () => isThere(await announced.addBacklog([makeEntry(1)])));
      // Polled, the driver's monitor is often stuck for good: the store takes a new client.
      server.proxy.greeting = polled;
      const polling = await open({ connectionTimeout: 400 });
      await cutUnderWay(polling);
      await until(async () => isThere(await polling.addBacklog([makeEntry(2)])));
      expect(await polling.countBacklog()).toBe(2);
    });

    it('answers no fresh read that a majority does not confirm', async () => {
      await store.claimHeight(makeBlock(0));
      const timeout = {
        ok: 0,
        code: 50,
        codeName: 'MaxTimeMSExpired',
        errmsg: 'operation exceeded time limit',
      };
      server.proxy.fault = (name, command) =>
        name === 'find' && (command.readConcern as { level?: string } | undefined)?.level === 'linearizable'
          ? { kind: 'answer', document: timeout }
          : null;
      await expect(store.readBlocks(0, 1)).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.readVotes(['x'], 1)).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.backlogByTransaction(['x'])).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.rejectionsByTransaction(['x'])).rejects.toBeInstanceOf(StoreUnavailable);
      // Equal bytes that no fresh read returned are no success.
      expect(await store.claimHeight(makeBlock(0))).toBe('unknown');
    });
  });

  describe('the feed', () => {
    it('goes on by its token after an error, and says that something may have changed', async () => {
      const other = await open();
      const first = nextHint(store, (hint) => hint.blocks && !hint.own);
      await other.claimHeight(makeBlock(0));
      await first;
      const resumed: boolean[] = [];
      let cuts = 0;
      server.proxy.fault = (name, command) => {
        const [stage] = (command.pipeline ?? []) as Record<string, Record<string, unknown>>[];
        if (
          name === 'aggregate' &&
          command.aggregate === 'ledger_blocks' &&
          stage?.$changeStream !== undefined
        )
          resumed.push(stage.$changeStream.resumeAfter !== undefined);
        if (name !== 'getMore' || command.collection !== 'ledger_blocks' || cuts >= 2) return null;
        cuts += 1;
        return { kind: 'cut' };
      };
      const seen = nextHint(store, (hint) => hint.blocks && !hint.own);
      await until(async () => cuts > 0);
      await until(async () => ['ok', 'duplicate'].includes(await other.claimHeight(makeBlock(1))));
      await seen;
      // An event of this collection has come through before, so there is a token to go on from.
      await until(async () => resumed.includes(true));
    });

    it.each([286, 280])(
      'starts anew when its history is lost (%i), and hints at everything',
      async (code) => {
        const other = await open();
        let lost = 0;
        server.proxy.fault = (name, command) => {
          if (name !== 'getMore' || command.collection !== 'ledger_votes' || lost >= 2) return null;
          lost += 1;
          const document = {
            ok: 0,
            code,
            errmsg: 'history lost',
            errorLabels: ['NonResumableChangeStreamError'],
          };
          return { kind: 'answer', document };
        };
        const hint = await nextHint(other, (each) => each.votes);
        expect(hint.own).toBe(false);
        heal();
        await until(async () => lines.some(({ event }) => event === 'feed.back'));
        const seen = nextHint(other, (each) => each.votes && !each.own);
        await store.addVotes([makeVote(1)]);
        await seen;
      },
    );
  });

  describe('what others write past this store', () => {
    it('holds its height when it is junk, and stops nobody', async () => {
      await store.claimHeight(makeBlock(0));
      await withDatabase(async (database) => {
        const blocks = database.collection<Record<string, unknown>>('ledger_blocks');
        await blocks.insertOne({ _id: Decimal128.fromString('1') as never, id: ['junk'], text: { a: 1 } });
        await blocks.insertOne({ _id: 1.5 as never, id: 'between' });
      });
      expect(await store.claimHeight(makeBlock(1))).toBe('taken');
      expect(await store.claimHeight(makeBlock(2))).toBe('ok');
      const read = await store.readBlocks(0, 10);
      expect(read.map(({ height, id }) => [height, id])).toEqual([
        [0, makeBlock(0).id],
        [1, ''],
        [2, makeBlock(2).id],
      ]);
    });

    it('is passed over in backlog, votes and rejections, at any position', async () => {
      await withDatabase(async (database) => {
        const of = (name: string) => database.collection<Record<string, unknown>>(name);
        await of('ledger_backlog').insertMany([
          { position: 9_000_000_000_000_000, text: 1 },
          { position: 1, text: null },
          { position: 'x' },
        ]);
        await of('ledger_votes').insertMany([{ block_id: makeVote(1).blockId, node: 1 }, { vote: 1 }]);
        await of('ledger_rejections').insertMany([
          { position: 1, text: 5 },
          { position: 4_000_000_000_000_000, transaction_id: makeRejection(1).transactionId },
        ]);
      });
      await store.addBacklog([makeEntry(1)]);
      const [first] = await store.readBacklog(0, 10);
      expect(first).toMatchObject({ digest: makeEntry(1).digest });
      await store.addBacklog([makeEntry(2)]);
      expect(await store.readBacklog(first?.position ?? 0, 10)).toMatchObject([
        { digest: makeEntry(2).digest },
      ]);
      expect(await store.addVotes([makeVote(1)])).toEqual(['ok']);
      expect(await store.readVotes([makeVote(1).blockId], 10)).toMatchObject([makeVote(1)]);
      expect(await store.addRejections([makeRejection(1), makeRejection(2)])).toEqual(['ok', 'ok']);
      const rejections = await store.readRejections(0, 1);
      expect(rejections).toMatchObject([makeRejection(1)]);
      expect(await store.readRejections(rejections[0]?.position ?? 0, 10)).toMatchObject([makeRejection(2)]);
      expect(await store.rejectionsByTransaction([makeRejection(1).transactionId])).toHaveLength(1);
    });
  });

  describe('several writers at once', () => {
    it('miss no entry that appears below others that were read', async () => {
      await store.addBacklog([makeEntry(1)]);
      // Another writer has taken position 2, and is slow.
      await withDatabase((database) =>
        database
          .collection<{ _id: string; position: number }>('ledger_counters')
          .updateOne({ _id: 'backlog' }, { $inc: { position: 1 } }),
      );
      await store.addBacklog([makeEntry(3)]);
      const read = await store.readBacklog(0, 10);
      expect(read.map((entry) => entry.position)).toEqual([1, 3]);
      expect(await store.readBacklog(3, 10)).toEqual([]);
      const late = makeEntry(2);
      await withDatabase((database) =>
        database.collection<Record<string, unknown>>('ledger_backlog').insertOne({
          _id: late.digest as never,
          transaction_id: late.transactionId,
          text: late.text,
          assignee: late.assignee,
          stamp: late.stamp,
          accepted_at_ms: 0,
          position: 2,
        }),
      );
      expect(await store.readBacklog(3, 10)).toMatchObject([{ digest: late.digest, position: 3 }]);
      expect(await store.readBacklog(3, 10)).toEqual([]);
    });

    it('leave no hole among rejections, and no reader behind', async () => {
      const writers = [store, await open(), await open()];
      const reader = await open();
      const found: string[] = [];
      let position = 0;
      const read = async (): Promise<void> => {
        for (const rejection of await reader.readRejections(position, 5)) {
          found.push(rejection.digest);
          position = rejection.position;
        }
      };
      await Promise.all(
        writers.map(async (writer, number) => {
          for (let turn = 0; turn < 8; turn += 1) {
            const facts = [0, 1, 2].map((each) => makeRejection(`${number}-${turn}-${each}`));
            expect(await writer.addRejections(facts)).toEqual(['ok', 'ok', 'ok']);
            await read();
          }
        }),
      );
      while (found.length < 72) await read();
      expect(new Set(found).size).toBe(72);
      expect(position).toBe(72);
    });
  });
});

function isThere([result]: readonly WriteResult[]): boolean {
  return result === 'ok' || result === 'duplicate';
}

/** Asks again until it is so; the test's own time bounds it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}
