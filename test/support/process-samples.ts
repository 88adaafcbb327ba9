/** Memory and open files of running nodes over time, from /proc. */

import { readdirSync, readFileSync } from 'node:fs';
import type { Door } from './process-federation.js';

const SAMPLE_MS = 1000;
/** Enough for a day. */
const SAMPLES_MAX = 100_000;

interface Sample {
  readonly pid: number;
  readonly residentMb: number;
  readonly files: number;
}

/** How a process changed from the second to the last quarter of its time: its start is over by then. */
export interface Growth {
  readonly name: string;
  readonly samples: number;
  readonly residentMb: readonly [before: number, after: number];
  readonly files: readonly [before: number, after: number];
}

export class ProcessSamples {
  private readonly samples = new Map<string, Sample[]>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly doors: readonly Door[]) {
    this.timer = setInterval(() => this.take(), SAMPLE_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Of the processes that run now; none where /proc does not tell. */
  growths(): Growth[] {
    return this.doors.flatMap((door) => {
      const pid = door.process?.pid;
      const own = (this.samples.get(door.name) ?? []).filter((sample) => sample.pid === pid);
      if (own.length < 8) return [];
      const quarter = Math.floor(own.length / 4);
      const parts = [own.slice(quarter, 2 * quarter), own.slice(-quarter)] as const;
      const [before, after] = parts.map((part) => [mean(part, 'residentMb'), mean(part, 'files')] as const);
      if (before === undefined || after === undefined) return [];
      return [
        {
          name: door.name,
          samples: own.length,
          residentMb: [before[0], after[0]] as const,
          files: [before[1], after[1]] as const,
        },
      ];
    });
  }

  private take(): void {
    for (const door of this.doors) {
      const pid = door.process?.pid;
      const sample = pid === undefined ? null : sampleOf(pid);
      if (sample === null) continue;
      const samples = this.samples.get(door.name) ?? [];
      if (samples.length < SAMPLES_MAX) samples.push(sample);
      this.samples.set(door.name, samples);
    }
  }
}

/** Null for a process that is gone, and on systems without /proc. */
function sampleOf(pid: number): Sample | null {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return { pid, residentMb: Number(kilobytes) / 1024, files: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return null;
  }
}

function mean(samples: readonly Sample[], what: 'residentMb' | 'files'): number {
  return Math.round(samples.reduce((sum, sample) => sum + sample[what], 0) / samples.length);
}
