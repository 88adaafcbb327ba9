/** Danger: counts that clients can grow without bound, or answers that were cut short and count as whole. Method: answers by hand. */
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Metrics } from '../../../src/runtime/metrics.js';
import { RequestMeter } from '../../../src/web/request-meter.js';

let nowMs = 0;
const clock = { nowMs: () => 0, monotonicMs: () => nowMs };

function answer(meter: RequestMeter, method: string, status: number | null, ms: number): void {
  const response = Object.assign(new EventEmitter(), {
    headersSent: status !== null,
    statusCode: status ?? 200,
  });
  meter.follow('/api/v1', { method } as object as IncomingMessage, response as object as ServerResponse);
  nowMs += ms;
  response.emit('close');
}

test('an answer counts when it has ended, with its status and its time', () => {
  const metrics = new Metrics();
  const meter = new RequestMeter(metrics, clock);
  answer(meter, 'GET', 200, 30);
  answer(meter, 'GET', 404, 3);
  answer(meter, 'GET', null, 1);
  const text = metrics.text();
  for (const status of [200, 404, 499])
    expect(text).toContain(
      `bigchaindb_http_requests_total{route="/api/v1",method="GET",status="${status}"} 1\n`,
    );
  expect(text).toContain(
    'bigchaindb_http_request_seconds_bucket{route="/api/v1",method="GET",le="0.025"} 2\n',
  );
  expect(text).toContain('bigchaindb_http_request_seconds_count{route="/api/v1",method="GET"} 3\n');
});

test('methods that clients make up are one', () => {
  const metrics = new Metrics();
  const meter = new RequestMeter(metrics, clock);
  for (let index = 0; index < 1000; index++) answer(meter, `METHOD${index}`, 405, 0);
  const lines = metrics.text().match(/^bigchaindb_http_requests_total\{.*$/gm);
  expect(lines).toEqual(['bigchaindb_http_requests_total{route="/api/v1",method="other",status="405"} 1000']);
});
