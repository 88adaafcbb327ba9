/**
 * One node of a devnet in a process of its own. It stands outside the terminal's process group, so that Ctrl-C reaches
 * it once and through its parent; and it ends by itself when its standard input does, so that no node outlives a
 * parent that was killed.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface DevnetAddresses {
  readonly http: string;
  readonly websocket: string;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface DevnetProcessOptions {
  readonly configPath: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called for each line that the process prints, but for the one that says where it is. */
  readonly onLine: (line: string) => void;
}

export class DevnetProcess {
  /** Where the node is, once it takes requests; null when it ended before. */
  readonly ready: Promise<DevnetAddresses | null>;
  readonly ended: Promise<ProcessEnd>;
  private readonly child: ChildProcess;

  constructor({ configPath, environment, onLine }: DevnetProcessOptions) {
    const program = process.argv[1] ?? '';
    const parameters = [program, '-c', configPath, 'start', '--stop-at-end-of-input'];
    this.child = spawn(process.execPath, [...process.execArgv, ...parameters], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environment,
      detached: true,
    });
    // A node that is gone already needs no end of input.
    this.child.stdin?.on('error', () => undefined);
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => resolve({ code, signal }));
    });
    this.ready = new Promise((resolve) => {
      this.readLines(this.child.stdout, (line) => {
        const addresses = addressesIn(line);
        if (addresses === null) onLine(line);
        else resolve(addresses);
      });
      this.ended.then(
        () => resolve(null),
        () => resolve(null),
      );
    });
    this.readLines(this.child.stderr, onLine);
  }

  get pid(): number | null {
    return this.child.pid ?? null;
  }

  /** Lets the node drain and end; `atOnce` does not. */
  stop(atOnce = false): void {
    if (atOnce) this.child.kill('SIGKILL');
    else this.child.stdin?.end();
  }

  private readLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
    if (stream !== null) createInterface({ input: stream }).on('line', onLine);
  }
}

/** `start` prints one JSON line where standard output is no terminal. */
function addressesIn(line: string): DevnetAddresses | null {
  if (!line.startsWith('{"event":"ready"')) return null;
  const { http, websocket } = JSON.parse(line) as Partial<DevnetAddresses>;
  return http === undefined || websocket === undefined ? null : { http, websocket };
}
