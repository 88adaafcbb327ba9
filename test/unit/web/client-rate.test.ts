/** Danger: a limit that lets a flood through, punishes for ever, or costs memory without bound. Method: a clock moved by hand. */
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../../src/runtime/runtime.js';
import { ClientAddresses } from '../../../src/web/client-address.js';
import { ClientRate } from '../../../src/web/client-rate.js';

let nowMs: number;
const clock: Clock = { nowMs: () => 0, monotonicMs: () => nowMs };
beforeEach(() => {
  nowMs = 0;
});

function from(remoteAddress: string): IncomingMessage {
  return { socket: { remoteAddress }, headers: {} } as object as IncomingMessage;
}

function makeRate(perSecond: number, burst: number, clientsMax?: number): ClientRate {
  return new ClientRate({ perSecond, burst, clock, addresses: new ClientAddresses([]), clientsMax });
}

test('a burst at once, then so many a second, and never more than a burst after a pause', () => {
  const rate = makeRate(2, 3);
  const taken = (): number[] => Array.from({ length: 5 }, () => rate.take(from('192.0.2.1')));
  expect(taken()).toEqual([0, 0, 0, 1, 1]);
  nowMs += 500;
  expect(taken()).toEqual([0, 1, 1, 1, 1]);
  nowMs += 3_600_000;
  expect(taken()).toEqual([0, 0, 0, 1, 1]);
});

test('asking too often does not put off the next token', () => {
  const rate = makeRate(1, 1);
  expect(rate.take(from('192.0.2.1'))).toBe(0);
  for (; nowMs < 999; nowMs += 1) expect(rate.take(from('192.0.2.1'))).toBe(1);
  nowMs = 1001;
  expect(rate.take(from('192.0.2.1'))).toBe(0);
});

test('each client has its own bucket, and what comes over its sockets is taken from it too', () => {
  const rate = makeRate(1, 2);
  const socket = rate.of(from('192.0.2.1'));
  expect([socket(), rate.take(from('192.0.2.1')), socket()]).toEqual([0, 0, 1]);
  expect(rate.take(from('192.0.2.2'))).toBe(0);
});

test('over a long time the rate is what was set', () => {
  const rate = makeRate(50, 10);
  let passed = 0;
  for (; nowMs < 60_000; nowMs += 7) if (rate.take(from('192.0.2.1')) === 0) passed += 1;
  expect(passed).toBeGreaterThanOrEqual(50 * 60);
  expect(passed).toBeLessThanOrEqual(50 * 60 + 10);
});

test('memory is bounded, and who keeps sending is not forgotten', () => {
  const rate = makeRate(1, 1, 100);
  expect(rate.take(from('192.0.2.1'))).toBe(0);
  for (let client = 0; client < 10_000; client++) {
    rate.take(from(`10.0.${client >> 8}.${client & 255}`));
    if (client % 50 === 0) expect(rate.take(from('192.0.2.1'))).toBe(1);
  }
  expect(rate.size).toBeLessThanOrEqual(200);
});
