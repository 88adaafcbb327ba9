/** Debian's NGINX on the files of deploy/nginx, moved to free ports and a temporary folder. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { WebSocket } from 'ws';
import { freePort } from '../../support/free-port.js';
import { temporaryFolder } from './files.js';
import { succeed, terminated, toolPath } from './tools.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The certificate was made a moment ago; that it is shown is what counts. */
const anyIssuer = new Agent({ rejectUnauthorized: false });

/** A running NGINX. */
export class Edge {
  private readonly folder = temporaryFolder();
  private child: ChildProcess | null = null;
  /** Ports by those in the files. */
  private readonly ports = new Map<number, number>();
  /** Started by root, the workers would be somebody who may not write into the folder of this test. */
  private readonly user = `daemon off;${process.getuid?.() === 0 ? ' user root;' : ''}`;

  get plainPort(): number {
    return this.ports.get(8080) ?? 0;
  }

  get httpsPort(): number {
    return this.ports.get(443) ?? 0;
  }

  /** `files`: text by its path below /etc/nginx. Resolves when it takes connections. */
  async start(files: Readonly<Record<string, string>>): Promise<void> {
    for (const port of [80, 443, 8080]) this.ports.set(port, await freePort());
    mkdirSync(join(this.folder, 'tmp'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), this.moved(text));
    }
    const configuration = ['-p', this.folder, '-c', join(this.folder, 'nginx.conf')];
    await succeed('nginx', ['-t', ...configuration]);
    this.child = spawn(toolPath('nginx') ?? 'nginx', [...configuration, '-g', this.user], {
      stdio: 'ignore',
    });
    await this.open(this.httpsPort);
  }

  /** On ports and folders of this test. */
  private moved(text: string): string {
    return text
      .replaceAll('/tmp/', `${this.folder}/tmp/`)
      .replaceAll('/dev/std', `${this.folder}/tmp/std`)
      .replace(
        /(listen (?:\[::\]:)?)(\d+)/g,
        (_all, before: string, port: string) => before + String(this.ports.get(Number(port))),
      );
  }

  private async open(port: number): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const refused = await new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => resolve(false));
        socket.on('error', () => resolve(true));
        socket.on('connect', () => socket.destroy());
      });
      if (!refused) return;
      if (attempt === 1000) throw new Error(readFileSync(join(this.folder, 'tmp/stderr'), 'utf8'));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  stop(): Promise<void> {
    return terminated(this.child);
  }

  /** `port`: as in the files. */
  send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body = '',
    port = 8080,
  ): Promise<Answer> {
    const secure = port === 443;
    const agent = secure ? anyIssuer : undefined;
    const options = { host: '127.0.0.1', port: this.ports.get(port), method, path, headers, agent };
    return new Promise((resolve, reject) => {
      const send = secure ? httpsRequest : httpRequest;
      const request = send(options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  post(transaction: string, headers: Record<string, string> = {}): Promise<Answer> {
    const json = { 'Content-Type': 'application/json', ...headers };
    return this.send('POST', '/api/v1/transactions', json, transaction);
  }

  /** Whether a WebSocket opens there, or the status that refused it. */
  upgrade(path: string, headers: Record<string, string> = {}): Promise<'open' | number> {
    return new Promise((resolve, reject) => {
      const protocols = path === '/graphql' ? ['graphql-transport-ws'] : [];
      const socket = new WebSocket(`ws://127.0.0.1:${this.plainPort}${path}`, protocols, { headers });
      socket.on('open', () => {
        socket.terminate();
        resolve('open');
      });
      socket.on('unexpected-response', (request, response) => {
        request.destroy();
        resolve(response.statusCode ?? 0);
      });
      socket.on('error', reject);
    });
  }
}
