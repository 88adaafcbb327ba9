/** Subscribers that ask for the same share one execution; what they are sent is what they would have had alone. */

import { buildSchema, type ExecutionArgs, type ExecutionResult, parse } from 'graphql';
import { GRAPHQL_DOOR } from '../../src/config/limits.js';
import { EventBatch } from '../../src/graphql/streams/event-batch.js';
import { nextFrames, nextPrefix } from '../../src/graphql/transport/next-frames.js';
import { SharedResults, WrittenPayloads } from '../../src/graphql/transport/shared-results.js';
import { noFailpoints } from '../../src/runtime/failpoints.js';
import { createSystemRuntime } from '../../src/runtime/system-runtime.js';

const schema = buildSchema('type Query { a: Int } type Subscription { event(of: Int): String }');
const document = parse('subscription ($of: Int) { event(of: $of) }');
const silent = () => ({ debug() {}, info() {}, warn() {}, error() {} });
const { scheduler } = createSystemRuntime({ logger: silent, failpoints: noFailpoints });
let executed: string[] = [];

/** Two places with two events each, and then the end. `failing` makes one event fail for that subscriber. */
function argsOf(of: number, who: string, failing = false): ExecutionArgs {
  const event = (cursor: string) => ({
    cursor,
    event: () => {
      executed.push(`${who} ${cursor}`);
      if (failing) throw new Error('his own');
      return cursor;
    },
  });
  return {
    schema,
    document,
    variableValues: { of },
    rootValue: {
      async *event() {
        yield new EventBatch('1:0', () => [event('1.0'), event('1.1')]);
        yield new EventBatch('2:0', () => [event('2.0'), event('2.1')]);
        yield new EventBatch('3:0', () => []);
      },
    },
  };
}

async function followed(shared: SharedResults, args: ExecutionArgs): Promise<WrittenPayloads[]> {
  const results = await shared.subscribe(args, (result: ExecutionResult) => ({ data: result.data }));
  if (!(Symbol.asyncIterator in results)) throw new Error('it was refused');
  const all: WrittenPayloads[] = [];
  for await (const result of results) if (result instanceof WrittenPayloads) all.push(result);
  return all;
}

function textsOf(batches: readonly WrittenPayloads[]): string[] {
  return batches.flatMap(({ texts }) => texts.map(String));
}

const ALL = ['1.0', '1.1', '2.0', '2.1'].map((cursor) => `{"data":{"event":"${cursor}"}}`);

beforeEach(() => {
  executed = [];
});

it('executes each event once for all who ask for the same', async () => {
  const shared = new SharedResults(scheduler);
  const count = GRAPHQL_DOOR.batchesPerTurn * 2 + 1;
  const everybody = await Promise.all(
    Array.from({ length: count }, (_, index) => followed(shared, argsOf(1, `${index}`))),
  );
  expect(executed).toHaveLength(4);
  for (const batches of everybody) {
    expect(textsOf(batches)).toEqual(ALL);
    expect(batches.map(({ cursors }) => cursors)).toEqual([
      ['1.0', '1.1'],
      ['2.0', '2.1'],
    ]);
  }
});

it('executes for itself what has other variables', async () => {
  const shared = new SharedResults(scheduler);
  await Promise.all([followed(shared, argsOf(1, 'one')), followed(shared, argsOf(2, 'two'))]);
  expect(executed).toHaveLength(8);
});

it('keeps a failure with the one who had it', async () => {
  const shared = new SharedResults(scheduler);
  const [failed, well] = await Promise.all([
    followed(shared, argsOf(1, 'first', true)),
    followed(shared, argsOf(1, 'second')),
  ]);
  expect(textsOf(failed)).toEqual(ALL.map(() => '{"data":{"event":null}}'));
  expect(textsOf(well)).toEqual(ALL);
});

it('keeps no more than a bounded number of batches', async () => {
  const shared = new SharedResults(scheduler);
  await followed(shared, argsOf(0, 'old'));
  for (let of = 1; of <= GRAPHQL_DOOR.sharedBatchesMax; of++) await followed(shared, argsOf(of, 'new'));
  executed = [];
  await followed(shared, argsOf(0, 'again'));
  expect(executed).toHaveLength(4);
});

it.each([10, 90, 200, 70_000])('frames a payload of %d bytes as one message', (length) => {
  const payload = Buffer.from(JSON.stringify({ text: 'x'.repeat(length) }));
  const frames = nextFrames(nextPrefix('"id"'), [payload, payload]);
  const message = `{"id":"id","type":"next","payload":${payload}}`;
  let at = 0;
  for (let count = 0; count < 2; count++) {
    expect(frames[at]).toBe(0x81);
    const short = frames[at + 1] ?? 0;
    const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2);
    const size =
      short === 126
        ? frames.readUInt16BE(at + 2)
        : short === 127
          ? Number(frames.readBigUInt64BE(at + 2))
          : short;
    expect(frames.toString('utf8', start, start + size)).toBe(message);
    at = start + size;
  }
  expect(at).toBe(frames.length);
});
