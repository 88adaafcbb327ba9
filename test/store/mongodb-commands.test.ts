/**
 * Danger: a command leaves the driver without the concern that makes its answer true, and everything still looks well,
 * because a healthy server confirms it all the same. No server can show that, so the commands themselves are read.
 * Method: every call of the port is made once, and each command that it sent is held to a table.
 */

import type { CommandStartedEvent } from 'mongodb';
import { dropDatabase } from '../../src/store/mongodb/connect.js';
import { createMongodbStore } from '../../src/store/mongodb/mongodb-store.js';
import type { Store } from '../../src/store/store.js';
import { startServer, type TestServer, testPorts } from '../support/mongodb-server.js';
import { describeWithMongodb } from '../support/mongodb-suite.js';
import { makeBlock, makeEntry, makeRejection, makeVote, newStamp } from '../support/store-facts.js';

const WRITES = ['insert', 'update', 'delete', 'findAndModify', 'createIndexes'];
const READS = ['find', 'aggregate'];
/** What concerns sessions, cursors and servers, and no fact. */
const OTHERS = ['getMore', 'killCursors', 'endSessions', 'replSetGetConfig', 'serverStatus', 'hello'];

/** Every call of the port, with answers that a server alone can give: duplicates, conflicts, what stands. */
async function useEverything(store: Store): Promise<void> {
  const entry = makeEntry(1);
  await store.addBacklog([entry, makeEntry(2)]);
  await store.addBacklog([
    { ...entry, stamp: newStamp() },
    { ...makeEntry(2), text: 'other' },
  ]);
  const [standing] = await store.backlogByTransaction([entry.transactionId]);
  if (standing === undefined) throw new Error('the entry is not there');
  await store.reassignBacklog([{ ...standing, assignee: 'node-b', newStamp: 'moved' }]);
  await store.readBacklog(0, 10);
  await store.readBacklog(1_000, 10);
  await store.backlogStates([entry.digest]);
  await store.countBacklog();
  await store.removeBacklog([{ digest: entry.digest, stamp: 'moved' }]);
  await store.claimHeight(makeBlock(0));
  await store.claimHeight(makeBlock(0));
  await store.claimHeight(makeBlock(0, { id: 'another' }));
  await store.readBlocks(0, 10);
  await store.readBlockById(makeBlock(0).id);
  await store.addVotes([makeVote(1), makeVote(2)]);
  await store.addVotes([makeVote(1)]);
  await store.readVotes([makeVote(1).blockId], 10);
  await store.addRejections([makeRejection(1)]);
  await store.addRejections([makeRejection(1), makeRejection(2)]);
  await store.readRejections(0, 10);
  await store.rejectionsByTransaction([makeRejection(1).transactionId]);
  await store.addImport({ text: '{"imported":1}' });
  await store.addImport({ text: '{"imported":1}' });
  await store.readImport();
}

describeWithMongodb('commands that the MongoDB store sends', () => {
  let server: TestServer;
  const commands: CommandStartedEvent[] = [];

  beforeAll(async () => {
    server = await startServer();
    process.stdout.write(`MongoDB commands are read on ${server.name}\n`);
    const settings = { ...server.settings, name: `bigchain_commands_${process.pid}` };
    const store = await createMongodbStore({
      settings,
      ports: testPorts(),
      monitorCommands: true,
      onClient: (client) => client.on('commandStarted', (event) => commands.push(event)),
    });
    await useEverything(store);
    await store.close();
    await dropDatabase({ settings, ports: testPorts() });
  });

  afterAll(() => server.stop());

  const named = (...names: string[]) => commands.filter((each) => names.includes(each.commandName));
  const ofFacts = (...names: string[]) =>
    named(...names).filter(({ command }) => String(Object.values(command)[0]).startsWith('ledger_'));

  it('knows every kind of command that was sent', () => {
    expect(new Set(commands.map((each) => each.commandName))).toEqual(
      expect.not.arrayContaining(['mapReduce', 'commitTransaction']),
    );
    const known = new Set([...WRITES, ...READS, ...OTHERS]);
    expect(commands.filter((each) => !known.has(each.commandName)).map((each) => each.commandName)).toEqual(
      [],
    );
    for (const name of [...WRITES, 'find']) expect(named(name).length).toBeGreaterThan(0);
  });

  it('asks the majority and its journals to confirm every write, within a time', () => {
    for (const { command, commandName } of ofFacts(...WRITES))
      expect([commandName, command.writeConcern]).toEqual([
        commandName,
        { w: 'majority', j: true, wtimeout: 5000 },
      ]);
  });

  it('sends every write in a session and numbered, so that the driver may repeat it', () => {
    for (const { command, commandName } of ofFacts('insert', 'update', 'delete', 'findAndModify')) {
      expect([commandName, command.lsid?.id !== undefined]).toEqual([commandName, true]);
      expect([commandName, command.txnNumber !== undefined]).toEqual([commandName, true]);
    }
  });

  it('reads what the majority holds, and never asks less', () => {
    const levels = ofFacts(...READS).map(({ command }) => command.readConcern?.level);
    expect(levels.filter((level) => level !== 'majority' && level !== 'linearizable')).toEqual([]);
  });

  it('never reads from a secondary', () => {
    const preferences = ofFacts(...WRITES, ...READS).map(
      ({ command }) => command.$readPreference?.mode ?? 'primary',
    );
    expect(new Set(preferences)).toEqual(new Set(['primary']));
  });

  it('bounds the time of every command', () => {
    const bounded = ofFacts('insert', 'update', 'delete', 'findAndModify', 'find').concat(
      named('replSetGetConfig', 'serverStatus'),
      named('aggregate').filter(({ command }) => command.pipeline[0].$changeStream === undefined),
    );
    expect(bounded.filter(({ command }) => !(command.maxTimeMS > 0)).map((each) => each.commandName)).toEqual(
      [],
    );
  });

  it('begins each fresh read with a linearizable one by key, in the same session', () => {
    const linearizable = ofFacts('find').filter(
      ({ command }) => command.readConcern.level === 'linearizable',
    );
    expect(linearizable.length).toBeGreaterThan(8);
    for (const { command } of linearizable) {
      expect([command.find, command.filter]).toEqual(['ledger_blocks', { _id: 0 }]);
      const session = JSON.stringify(command.lsid);
      const later = commands.slice(commands.findIndex((each) => each.command === command) + 1);
      const next = later.find((each) => JSON.stringify(each.command.lsid) === session);
      expect(next?.command.readConcern?.level).toBe('majority');
    }
  });

  it('uses no transaction, and no aggregation but for the feed and a count', () => {
    expect(commands.filter(({ command }) => command.startTransaction === true)).toEqual([]);
    const stages = named('aggregate').map(({ command }) => Object.keys(command.pipeline[0])[0]);
    expect(stages.filter((stage) => stage !== '$changeStream' && stage !== '$match')).toEqual([]);
  });
});
