/** Reads over HTTP: as many as the node answers, or one after the other with the time of each. */

import { connect } from 'node:net';
import { getBytes, HttpConnection, postBytes } from '../http-connection.js';
import { processorSeconds } from '../process-usage.js';

const CONNECTIONS = 32;
const WARM_UP = 0.3;
/** Before times are counted: as many reads as will be counted, so often. */
const WARM_UP_ROUNDS = 3;

export interface Rate {
  readonly perSecond: number;
  /** Microseconds of processor time that all threads of the node spent on each. */
  readonly processorMicroseconds: number;
}

/** A request and a piece that its answer must have. */
export interface Read {
  readonly bytes: Buffer;
  readonly expected: string;
}

export function restRead(http: string, path: string, expected: string): Read {
  return { bytes: getBytes(http, path), expected };
}

export function graphqlRead(http: string, query: string, variables: object, expected: string): Read {
  return { bytes: postBytes(http, '/graphql', JSON.stringify({ query, variables })), expected };
}

/** Closed loop over some connections, each read in turn. Throws for a wrong answer. */
export async function rateOf(
  node: { readonly pid: number; readonly http: string },
  reads: readonly Read[],
  seconds: number,
): Promise<Rate> {
  const connections = await openAll(node.http, CONNECTIONS);
  let next = 0;
  const drive = async (connection: HttpConnection, until: number): Promise<number> => {
    let count = 0;
    for (; performance.now() < until; count++) await ask(connection, pick(reads, next++));
    return count;
  };
  const all = async (windowSeconds: number): Promise<number> => {
    const until = performance.now() + windowSeconds * 1000;
    const counts = await Promise.all(connections.map((connection) => drive(connection, until)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await all(seconds * WARM_UP);
  const usedBefore = processorSeconds(node.pid);
  const start = performance.now();
  const count = await all(seconds);
  const took = (performance.now() - start) / 1000;
  const used = processorSeconds(node.pid) - usedBefore;
  for (const connection of connections) connection.close();
  return { perSecond: count / took, processorMicroseconds: (used * 1e6) / count };
}

export interface Times {
  /** Of the first `count`: the compilers of V8 work beside the node, on its core, while a kind of read is new. */
  readonly cold: readonly number[];
  /** Of `count` that came after WARM_UP_ROUNDS of as many. */
  readonly warm: readonly number[];
}

/** Milliseconds of each read, one after the other on one connection. */
export async function timesOf(http: string, reads: readonly Read[], count: number): Promise<Times> {
  const [connection] = await openAll(http, 1);
  if (connection === undefined) throw new Error('there is no connection');
  const times: number[] = [];
  while (times.length < count * (WARM_UP_ROUNDS + 1)) {
    const read = pick(reads, times.length);
    const start = performance.now();
    await ask(connection, read);
    times.push(performance.now() - start);
  }
  connection.close();
  return { cold: times.slice(0, count), warm: times.slice(-count) };
}

/** Milliseconds from a request to the first bytes of the body of its answer, each on a connection of its own. */
export async function beginningsOf(http: string, read: Read, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) times.push(await beginningOf(http, read));
  return times;
}

function beginningOf(http: string, { bytes, expected }: Read): Promise<number> {
  const { hostname, port } = new URL(http);
  return new Promise((resolve, reject) => {
    let text = '';
    let begun: number | null = null;
    let start = 0;
    const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => {
      start = performance.now();
      socket.write(bytes);
    });
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => {
      // The end of a chunked answer may come in two parts.
      text = begun === null ? text + part : text.slice(-16) + part;
      if (begun === null && text.includes('\r\n\r\n') && text.includes(expected))
        begun = performance.now() - start;
      if (text.endsWith('\r\n0\r\n\r\n')) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      if (begun === null) reject(new Error(`the answer was ${text.slice(0, 300)}`));
      else resolve(begun);
    });
  });
}

async function ask(connection: HttpConnection, { bytes, expected }: Read): Promise<void> {
  const { status, body } = await connection.request(bytes);
  if (status !== 200 || !body.includes(expected))
    throw new Error(`a read was answered ${status}: ${body.toString().slice(0, 300)}`);
}

function pick(reads: readonly Read[], index: number): Read {
  const read = reads[index % reads.length];
  if (read === undefined) throw new Error('there is nothing to read');
  return read;
}

function openAll(http: string, count: number): Promise<HttpConnection[]> {
  return Promise.all(Array.from({ length: count }, () => HttpConnection.open(http)));
}
