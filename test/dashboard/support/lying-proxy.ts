/** A node that lies: everything is its own but what is changed on the way, requests or answers of GraphQL. */

import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** Applied to the text of each request or answer; both give it back as it is where there is nothing to change. */
export interface Lies {
  question: (text: string) => string;
  answer: (text: string) => string;
}

export interface LyingProxy {
  readonly url: string;
  /** May be changed at any time. */
  readonly lies: Lies;
  close(): Promise<void>;
}

/** Stands in front of the node at `target`. */
export async function startLyingProxy(target: string): Promise<LyingProxy> {
  const node = new URL(target);
  const lies: Lies = { question: (text) => text, answer: (text) => text };
  const server = createServer((incoming, outgoing) => {
    pass(node, lies, incoming, outgoing).catch(() => outgoing.destroy());
  });
  passSockets(server, node);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    lies,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function pass(
  node: URL,
  lies: Lies,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const graphql = incoming.url === '/graphql';
  const body = await bytesOf(incoming);
  const question = graphql ? Buffer.from(lies.question(body.toString())) : body;
  const { hostname, port } = node;
  const headers = { ...incoming.headers, host: node.host, 'content-length': String(question.length) };
  if (graphql) headers['accept-encoding'] = 'identity';
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request({ hostname, port, path: incoming.url, method: incoming.method, headers }, resolve);
    sent.on('error', reject);
    sent.end(question);
  });
  const bytes = await bytesOf(answer);
  const told = graphql ? Buffer.from(lies.answer(bytes.toString())) : bytes;
  outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, 'content-length': String(told.length) });
  outgoing.end(told);
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** WebSockets pass as they are. */
function passSockets(server: Server, node: URL): void {
  server.on('upgrade', (incoming: IncomingMessage, socket, head) => {
    const upstream = connect(Number(node.port), node.hostname);
    const lines = [`GET ${incoming.url} HTTP/1.1`];
    for (let index = 0; index < incoming.rawHeaders.length; index += 2)
      lines.push(`${incoming.rawHeaders[index]}: ${incoming.rawHeaders[index + 1]}`);
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
    for (const each of [upstream, socket])
      each.on('error', () => [upstream, socket].map((one) => one.destroy()));
  });
}
