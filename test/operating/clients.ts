/** What the tests of this folder ask of a running node: requests of chosen clients, and its management port. */

import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { type RequestOptions, request as secureRequest } from 'node:https';
import { WebSocket } from 'ws';
import type { NodeProcess } from '../support/process-node.js';

export interface Told {
  readonly status: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Question extends RequestOptions {
  readonly body?: string | Buffer;
}

/** One request, on a connection of its own unless an agent is given. */
export function ask(url: string | URL, { body, ...options }: Question = {}): Promise<Told> {
  const request = new URL(url).protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, statusMessage = '', headers } = response;
        resolve({
          status: statusCode,
          reason: statusMessage,
          headers,
          text: Buffer.concat(chunks).toString(),
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** How an upgrade ended: 101 when the socket opened (it is closed again), else the status of the refusal. */
export function upgrade(url: string, headers: Record<string, string> = {}, protocol?: string): Promise<Told> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocol, { headers });
    socket.on('open', () => {
      socket.close();
      resolve({ status: 101, reason: '', headers: {}, text: '' });
    });
    socket.on('unexpected-response', (outgoing, { statusCode = 0, statusMessage = '', headers: fields }) => {
      outgoing.destroy();
      resolve({ status: statusCode, reason: statusMessage, headers: fields, text: '' });
    });
    socket.on('error', reject);
  });
}

/** `ws://…` of an address `http://…`. */
export function socketUrl(http: string, path: string): string {
  return `${http.replace(/^http/, 'ws')}${path}`;
}

/** Where the management listener of a node is, which logs it. */
export async function managementOf(node: NodeProcess): Promise<string> {
  await node.printed('"event":"node.management"');
  const address = /"address":"([^"]+)","event":"node\.management"/.exec(node.output())?.[1];
  if (address === undefined) throw new Error(`no management address in ${node.output()}`);
  return `http://${address}`;
}
