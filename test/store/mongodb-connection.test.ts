/**
 * Danger: the driver never answers a call, and with it hangs whoever waits, or every later call too.
 * Method: calls that are never answered, on a clock that the test moves. No server is needed.
 */

import { MongoClient, MongoError, type ServerHeartbeatStartedEvent } from 'mongodb';
import { MONGODB } from '../../src/config/limits.js';
import { Connection } from '../../src/store/mongodb/connection.js';
import { StoreUnavailable } from '../../src/store/store.js';
import { testPorts } from '../support/mongodb-server.js';

/** A scheduler whose timers run when the test says so. */
class HeldTimers {
  private readonly actions = new Map<object, { readonly delayMs: number; readonly action: () => void }>();

  after(delayMs: number, action: () => void): { cancel(): void } {
    const timer = { cancel: () => this.actions.delete(timer) };
    this.actions.set(timer, { delayMs, action });
    return timer;
  }

  yieldTurn(): Promise<void> {
    return Promise.resolve();
  }

  get delays(): number[] {
    return [...this.actions.values()].map(({ delayMs }) => delayMs);
  }

  runAll(): void {
    for (const [timer, { action }] of [...this.actions]) {
      this.actions.delete(timer);
      action();
    }
  }
}

const never = (): Promise<never> => new Promise(() => undefined);

interface Opened {
  readonly connection: Connection;
  readonly timers: HeldTimers;
  readonly clients: MongoClient[];
  readonly clock: { nowMs: number };
}

function open(): Opened {
  const timers = new HeldTimers();
  const clock = { nowMs: 0 };
  const clients: MongoClient[] = [];
  const connection = new Connection(
    () => {
      const client = new MongoClient('mongodb://127.0.0.1:1/');
      clients.push(client);
      return client;
    },
    { name: 'unanswered', connectionTimeout: 1000 },
    {
      ...testPorts(),
      scheduler: timers,
      clock: { monotonicMs: () => clock.nowMs, nowMs: () => clock.nowMs },
    },
  );
  return { connection, timers, clients, clock };
}

test('a read that is never answered is unavailable after its time, and the next call has another client', async () => {
  const { connection, timers, clients } = open();
  const read = connection.read(never);
  expect(timers.delays).toEqual([MONGODB.callMs]);
  timers.runAll();
  await expect(read).rejects.toBeInstanceOf(StoreUnavailable);
  expect(clients).toHaveLength(2);
  expect(connection.client).toBe(clients[1]);
  await connection.close();
});

test('a write that is never answered is unknown, and the next call has another client', async () => {
  const { connection, timers, clients } = open();
  // There may have been a primary: nobody says that there was none.
  const write = connection.write(never);
  const bulk = connection.bulk(2, false, never);
  timers.runAll();
  expect(await write).toBe('unknown');
  expect(await bulk).toEqual(['unknown', 'unknown']);
  // One new client, although two calls were stuck in the old one.
  expect(clients).toHaveLength(2);
  await connection.close();
});

test.each([
  ['is polled', false, 3000],
  ['announces changes', true, 13_000],
])(
  'a monitor that comes back from no greeting is given up, where the server %s',
  async (_name, awaited, dueMs) => {
    const { connection, clients, clock } = open();
    const fail = (): Promise<never> => Promise.reject(new MongoError('no server'));
    const beat = { connectionId: '127.0.0.1:1', awaited } as ServerHeartbeatStartedEvent;
    clients[0]?.emit('serverHeartbeatStarted', beat);
    clock.nowMs = dueMs;
    await expect(connection.read(fail)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(clients).toHaveLength(1);
    clock.nowMs += 1;
    await expect(connection.read(fail)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(clients).toHaveLength(2);
    await connection.close();
  },
);

test('an answered call leaves no timer and keeps its client', async () => {
  const { connection, timers, clients } = open();
  expect(await connection.read(async () => 7)).toBe(7);
  expect(timers.delays).toEqual([]);
  expect(connection.client).toBe(clients[0]);
  await connection.close();
});
