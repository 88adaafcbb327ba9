/** Fills the metrics that describe the process itself: event-loop delay, memory, CPU. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metrics } from './metrics.js';

const NANOSECONDS = 1e9;

/** Starts measuring; values are taken at each exposition. Returns the stop function. */
export function startProcessMetrics(metrics: Metrics): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const startedAtSeconds = Date.now() / 1000 - process.uptime();
  const stopCollecting = metrics.onCollect(() => {
    const gauge = (statistic: string, nanoseconds: number): void =>
      metrics.gauge('bigchaindb_event_loop_delay_seconds', statistic).set(orZero(nanoseconds) / NANOSECONDS);
    gauge('median', delay.percentile(50));
    gauge('p99', delay.percentile(99));
    gauge('max', delay.max);
    delay.reset();
    const cpu = process.cpuUsage();
    metrics.counter('process_cpu_seconds_total').value = (cpu.user + cpu.system) / 1e6;
    const memory = process.memoryUsage();
    metrics.gauge('process_resident_memory_bytes').set(memory.rss);
    metrics.gauge('nodejs_heap_used_bytes').set(memory.heapUsed);
    metrics.gauge('process_start_time_seconds').set(startedAtSeconds);
  });
  return () => {
    stopCollecting();
    delay.disable();
  };
}

/** Before its first sample the monitor says 0, 511 or NaN. */
function orZero(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) && nanoseconds > 1000 ? nanoseconds : 0;
}
