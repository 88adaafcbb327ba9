/**
 * Sends the three counters that 1.0.1 sent to statsd (1.0.1: section 8.2, `graphite.host`, UDP 8125), as sums once a
 * second instead of one packet per event. UDP: nobody waits for an answer and a missing server costs nothing.
 */

import { createSocket } from 'node:dgram';
import { type CounterDefinition, type CounterName, METRICS } from './metric-table.js';
import type { Metrics } from './metrics.js';

const STATSD_PORT = 8125;
const SEND_EVERY_MS = 1000;

export interface StatsdOptions {
  readonly host: string;
  readonly port?: number;
  readonly everyMs?: number;
}

/** Starts sending; returns the stop function. */
export function startStatsd(metrics: Metrics, options: StatsdOptions): () => void {
  const socket = createSocket('udp4');
  socket.unref();
  socket.on('error', () => undefined);
  const sent = new Map<CounterName, number>();
  const send = (): void => {
    const lines: string[] = [];
    for (const [name, statsd] of statsdCounters()) {
      const total = metrics.total(name);
      const since = total - (sent.get(name) ?? 0);
      sent.set(name, total);
      if (since > 0) lines.push(`${statsd}:${since}|c`);
    }
    if (lines.length > 0)
      socket.send(lines.join('\n'), options.port ?? STATSD_PORT, options.host, () => undefined);
  };
  const timer = setInterval(send, options.everyMs ?? SEND_EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    socket.close();
  };
}

function statsdCounters(): [CounterName, string][] {
  const found: [CounterName, string][] = [];
  for (const [name, definition] of Object.entries(METRICS)) {
    if (definition.kind !== 'counter') continue;
    const { statsd }: CounterDefinition = definition;
    if (statsd !== undefined) found.push([name as CounterName, statsd]);
  }
  return found;
}
