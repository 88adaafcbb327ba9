/** Which blocks of the compiled source have run: V8's own precise coverage, asked through the inspector. */

import { type Profiler, Session } from 'node:inspector';

/** Only the program's own code guides the search. */
const OWN_CODE = /\/dist\/(src|rest-compat)\//;

export class BlockCoverage {
  private readonly session = new Session();
  private readonly seen = new Set<string>();
  /** What the last `takeNew` found. */
  private found: string[] = [];

  constructor() {
    this.session.connect();
    this.post('Profiler.enable');
    this.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Blocks that have ever run. */
  get size(): number {
    return this.seen.size;
  }

  /** How many blocks ran since the last call that had never run before it. */
  takeNew(): number {
    this.found = [];
    const { result } = this.post('Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType;
    for (const { url, scriptId, functions } of result) {
      if (!OWN_CODE.test(url)) continue;
      for (const { ranges } of functions)
        for (const { count, startOffset, endOffset } of ranges)
          if (count > 0) this.add(`${scriptId}:${startOffset}-${endOffset}`);
    }
    return this.found.length;
  }

  /** Forgets what the last `takeNew` found, so that it is found again, by the single input that reaches it. */
  forgetLast(): void {
    for (const block of this.found) this.seen.delete(block);
  }

  stop(): void {
    this.post('Profiler.disable');
    this.session.disconnect();
  }

  private add(block: string): void {
    if (this.seen.has(block)) return;
    this.seen.add(block);
    this.found.push(block);
  }

  /** A session of the same thread answers before `post` returns. */
  private post(method: string, parameters: object = {}): unknown {
    let answer: unknown;
    this.session.post(method, parameters, (error, result) => {
      if (error !== null) throw new Error(`${method}: ${error.message}`);
      answer = result;
    });
    return answer;
  }
}
