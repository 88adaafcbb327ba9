/** Seeds of the simulator in a process of their own beside a soak. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What `npm run simulate` says of a seed in which nothing was broken. */
const HOLDS = /^seed \d+: .*: holds$/;

export class Simulator {
  private readonly child: ChildProcess;
  private readonly exited: Promise<number>;
  private lastLine = '';

  /** Begins at once, from the seed `from` on; `tell` is given every line about a seed that failed. */
  constructor(minutes: number, from: number, tell: (line: string) => void) {
    const script = ['-r', './test/support/run-typescript.cjs', 'test/simulation/main.ts'];
    const options = ['--minutes', String(minutes), '--from', String(from)];
    this.child = spawn(process.execPath, [...script, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    const { stdout } = this.child;
    if (stdout !== null)
      createInterface({ input: stdout }).on('line', (line) => {
        if (this.lastLine !== '' && !HOLDS.test(this.lastLine)) tell(this.lastLine);
        this.lastLine = line;
      });
    this.exited = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code) => resolve(code ?? 1));
    });
  }

  /** Resolves when its time is over. */
  async ended(): Promise<{ readonly code: number; readonly totals: string }> {
    const code = await this.exited;
    return { code, totals: this.lastLine };
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }
}
