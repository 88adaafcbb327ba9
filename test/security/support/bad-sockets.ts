/** Items 41 to 46: WebSockets that break the protocol, never read, or never stop. */

import { createHash } from 'node:crypto';
import { compactJson } from '../../../src/codec/json-writer.js';
import { type BadInput, oneOf, type Target } from './target.js';
import {
  BINARY,
  CONTINUATION,
  CUT,
  type FrameOptions,
  frame,
  PING,
  TEXT,
  type WebSocketProbe,
} from './websocket-probe.js';

const STREAM = '/api/v1/streams/valid_transactions';
const PROTOCOL = 'Sec-WebSocket-Protocol: graphql-transport-ws';
const INIT = '{"type":"connection_init"}';
const MEGABYTE = 1024 * 1024;
/** RFC 6455, 7.4.1. */
const PROTOCOL_ERROR = 1002;
const NOT_UTF8 = 1007;
const TOO_BIG = 1009;

type Use = (socket: WebSocketProbe, target: Target) => Promise<void> | void;

/** What a client does on a socket of GraphQL, and the codes that may close it; none = it stays open. */
function graphql(item: number, name: string, use: Use, ...codes: readonly number[]): BadInput {
  return onSocket(item, `GraphQL: ${name}`, (target) => target.webSocket('/graphql', [PROTOCOL]), use, codes);
}

/** The same after the introduction. */
function introduced(item: number, name: string, use: Use, ...codes: readonly number[]): BadInput {
  const introduce: Use = async (socket, target) => {
    socket.sendText(INIT);
    await socket.says('connection_ack');
    await use(socket, target);
  };
  return graphql(item, name, introduce, ...codes);
}

/** On the event stream, at both of its ports. */
function stream(item: number, name: string, use: Use, ...codes: readonly number[]): BadInput[] {
  return [
    onSocket(item, `stream: ${name}`, (target) => target.streamSocket(STREAM), use, codes),
    onSocket(item, `stream on the HTTP port: ${name}`, (target) => target.webSocket(STREAM), use, codes),
  ];
}

function onSocket(
  item: number,
  name: string,
  open: (target: Target) => Promise<WebSocketProbe>,
  use: Use,
  codes: readonly number[],
): BadInput {
  return {
    item,
    name,
    check: async (target) => {
      const socket = await open(target);
      oneOf(socket.status, [101]);
      await use(socket, target);
      if (codes.length > 0) oneOf(await socket.closed(), codes);
      else socket.end();
    },
  };
}

function subscribe(id: unknown, query: string): string {
  return JSON.stringify({ id, type: 'subscribe', payload: { query } });
}

/** The node has read what came before, and answers. */
async function stillAnswers(socket: WebSocketProbe): Promise<void> {
  socket.sendText(subscribe('last', '{ ledger { height } }'));
  await socket.says('"id":"last"');
}

/** Item 41. */
function manners(): BadInput[] {
  const text =
    (message: string): Use =>
    (socket) =>
      socket.sendText(message);
  const messages = [
    '{',
    '[1]',
    'null',
    '"x"',
    '{}',
    '{"type":"hello"}',
    '{"type":1}',
    '{"type":"subscribe"}',
    '\ufeff{}',
    '{"type":"ping","payload":1}',
    '{"type":"connection_init","payload":1}',
    '{"id":"x","type":"subscribe","payload":{}}',
    '{"id":1,"type":"subscribe","payload":{"query":"{__typename}"}}',
    '{"id":"","type":"subscribe","payload":{"query":"{__typename}"}}',
    '{"id":"x","type":"complete","payload":1}x',
    '{"__proto__":{"type":"connection_init"}}',
    '['.repeat(100_000),
  ];
  return [
    ...messages.map((message) => graphql(41, `the message ${message.slice(0, 50)}`, text(message), 4400)),
    graphql(41, 'a subscription before the acknowledgement', text(subscribe('a', '{ __typename }')), 4401),
    graphql(
      41,
      'two introductions',
      (socket) => {
        socket.sendText(INIT);
        socket.sendText(INIT);
      },
      4429,
    ),
    graphql(
      41,
      'a thousand introductions',
      (socket) => {
        for (let count = 0; count < 1000; count++) socket.sendText(INIT);
      },
      4429,
      1013,
    ),
    graphql(41, 'nothing at all', () => undefined, 4408),
    introduced(
      41,
      'one id twice',
      (socket) => {
        for (let count = 0; count < 2; count++)
          socket.sendText(subscribe('a', 'subscription { blocks { cursor } }'));
      },
      4409,
    ),
    introduced(41, 'the end of what never began', async (socket) => {
      socket.sendText('{"id":"no","type":"complete"}');
      await stillAnswers(socket);
    }),
    ...['graphql-ws', 'x', 'graphql-transport-ws2'].map(
      (protocol): BadInput => ({
        item: 41,
        name: `GraphQL: the subprotocol ${protocol}`,
        check: async (target) => {
          const socket = await target.webSocket('/graphql', [`Sec-WebSocket-Protocol: ${protocol}`]);
          if (socket.status === 101) oneOf(await socket.closed(), [4406, PROTOCOL_ERROR]);
          else oneOf(socket.status, [400]);
          socket.end();
        },
      }),
    ),
  ];
}

/** Item 42. */
function many(): BadInput[] {
  const SUBSCRIPTION = 'subscription { blocks { cursor } }';
  return [
    introduced(42, '1,000 operations, slowly', async (socket) => {
      for (let count = 0; count < 1000; count++) {
        socket.sendText(subscribe(`s${count}`, SUBSCRIPTION));
        // Beyond the bound each is refused by itself.
        if (count >= 100) await socket.says(`"id":"s${count}"`);
      }
      socket.sendText('{"id":"s0","type":"complete"}');
      await stillAnswers(socket);
    }),
    introduced(
      42,
      '1,000 operations at once',
      (socket) => {
        socket.send(
          Buffer.concat(
            Array.from({ length: 1000 }, (_, count) =>
              frame(TEXT, subscribe(`s${count}`, '{ transactions(first: 100) { nodes { id } } }')),
            ),
          ),
        );
      },
      1013,
    ),
    ...['__proto__', 'constructor', 'toString', '\0', '\u{1F37A}'].map((id) =>
      introduced(42, `the id ${JSON.stringify(id)}`, async (socket) => {
        socket.sendText(subscribe(id, '{ ledger { height } }'));
        await socket.says(`"id":${compactJson(id)}`);
      }),
    ),
    introduced(
      42,
      'an id of 10 KB',
      (socket) => socket.sendText(subscribe('x'.repeat(10_000), '{ __typename }')),
      4400,
    ),
  ];
}

/** Item 43, on both kinds of socket. */
function frames(): BadInput[] {
  const one =
    (bytes: Buffer): Use =>
    (socket) =>
      socket.send(bytes);
  const odd = (options: FrameOptions, opcode = TEXT): Use => one(frame(opcode, '{}', options));
  const forEver: Use = async (socket) => {
    const part = Buffer.alloc(MEGABYTE, 'x');
    socket.send(frame(TEXT, part, { final: false }));
    for (let count = 0; count < 9; count++) socket.send(frame(CONTINUATION, part, { final: false }));
  };
  const cases: readonly (readonly [string, Use, ...number[]])[] = [
    ['a frame of 100 MB', one(frame(TEXT, '', { announced: 100 * MEGABYTE })), TOO_BIG],
    ['a frame of 2^62 bytes', one(frame(TEXT, '', { announced: 2 ** 62 })), TOO_BIG, CUT],
    ['fragments for ever', forEver, TOO_BIG, CUT],
    ['a frame without a mask', odd({ masked: false }), PROTOCOL_ERROR],
    ['a compressed frame', odd({ reserved: 4 }), PROTOCOL_ERROR],
    ['a reserved bit', odd({ reserved: 1 }), PROTOCOL_ERROR],
    ['an unknown opcode', odd({}, 3), PROTOCOL_ERROR],
    ['an unknown control frame', odd({}, 0xb), PROTOCOL_ERROR],
    ['a fragment of nothing', odd({}, CONTINUATION), PROTOCOL_ERROR],
    [
      'a text within a text',
      one(Buffer.concat([frame(TEXT, '{', { final: false }), frame(TEXT, '}')])),
      PROTOCOL_ERROR,
    ],
    ['a ping in fragments', odd({ final: false }, PING), PROTOCOL_ERROR],
    ['a ping of 126 bytes', one(frame(PING, Buffer.alloc(126))), PROTOCOL_ERROR],
    ['a text that is not UTF-8', one(frame(TEXT, Buffer.from([0x22, 0xff, 0x22]))), NOT_UTF8],
    ['a close of one byte', one(frame(0x8, Buffer.from([3]))), PROTOCOL_ERROR],
    ['a close with an unknown code', one(frame(0x8, Buffer.from([0, 5]))), PROTOCOL_ERROR],
    ['noise', one(createHash('sha512').update('noise').digest()), PROTOCOL_ERROR, TOO_BIG, CUT],
  ];
  const pings: Use = (socket) => {
    socket.send(Buffer.concat(Array.from({ length: 50_000 }, () => frame(PING, 'x'.repeat(100)))));
  };
  return [
    ...cases.flatMap(([name, use, ...codes]) => [
      graphql(43, name, use, ...codes),
      ...stream(43, name, use, ...codes),
    ]),
    introduced(43, '50,000 pings', async (socket) => {
      pings(socket, undefined as never);
      await stillAnswers(socket);
    }),
    introduced(43, 'bytes in place of a text', one(frame(BINARY, '{}')), 4400),
    {
      item: 43,
      name: 'GraphQL: compression is not agreed upon',
      check: async (target) => {
        const extensions = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits';
        const socket = await target.webSocket('/graphql', [PROTOCOL, extensions]);
        if (/sec-websocket-extensions/i.test(socket.head)) throw new Error(socket.head);
        socket.end();
      },
    },
  ];
}

/** Items 44 and 46. */
function others(): BadInput[] {
  const origins = [
    'null',
    'https://evil.example',
    'http://',
    'x',
    `https://${'a'.repeat(8000)}.example`,
    'file://',
    'https://node@evil.example',
  ];
  return [
    ...origins.map(
      (origin): BadInput => ({
        item: 44,
        name: `a page of ${origin.slice(0, 40)} gets no more than anybody`,
        check: async (target) => {
          const socket = await target.webSocket('/graphql', [PROTOCOL, `Origin: ${origin}`]);
          oneOf(socket.status, [101, 403]);
          socket.end();
        },
      }),
    ),
    ...['text', '{"a":1}', 'x'.repeat(16_000), '\0'].flatMap((text) =>
      stream(46, `the client says ${JSON.stringify(text.slice(0, 10))}`, (socket) => socket.sendText(text)),
    ),
    ...stream(46, 'the client says 17 KB', (socket) => socket.sendText('x'.repeat(17_000)), TOO_BIG),
    ...stream(46, 'the client says bytes', (socket) => socket.send(frame(BINARY, Buffer.alloc(1000)))),
    ...stream(
      46,
      'a half-closed connection',
      (socket) => {
        socket.socket.end();
      },
      CUT,
      1005,
      1006,
    ),
    ...['/api/v1/streams', '/api/v1/streams/valid_blocks', '/', '/graphql', `${STREAM}/x`].map(
      (path): BadInput => ({
        item: 46,
        name: `stream: no WebSocket at ${path}`,
        check: async (target) => {
          const socket = await target.streamSocket(path);
          oneOf(socket.status, [404]);
          socket.end();
        },
      }),
    ),
    {
      item: 46,
      name: 'stream: 2,000 subscribers that vanish',
      check: async (target) => {
        for (let from = 0; from < 2000; from += 250) {
          const sockets = await Promise.all(Array.from({ length: 250 }, () => target.streamSocket(STREAM)));
          for (const socket of sockets) oneOf(socket.status, [101]);
          for (const socket of sockets) socket.end();
        }
      },
    },
  ];
}

/** Item 45: what is sent to it piles up in the node until it gives the socket up. The client only notices by writing. */
async function untilLetGo(socket: WebSocketProbe, more: Buffer): Promise<void> {
  while (!socket.socket.destroyed) {
    socket.send(more);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function neverRead(): BadInput[] {
  const pages = 'query { transactions(first: 100) { nodes { canonical document outputs { amount } } } }';
  const ping = frame(PING, 'x'.repeat(120));
  const pings = Buffer.concat(Array.from({ length: 5000 }, () => ping));
  const unread =
    (first: (socket: WebSocketProbe) => void, more: Buffer): Use =>
    async (socket) => {
      socket.socket.pause();
      first(socket);
      await untilLetGo(socket, more);
    };
  const nothing = (): void => undefined;
  const askForMuch = (socket: WebSocketProbe): void => {
    for (let count = 0; count < 150; count++) socket.sendText(subscribe(`p${count}`, pages));
  };
  return [
    introduced(45, 'a client that asks for much and reads nothing is let go', unread(askForMuch, ping), CUT),
    introduced(45, 'a client that pings and reads nothing is let go', unread(nothing, pings), CUT),
    ...stream(45, 'a client that pings and reads nothing is let go', unread(nothing, pings), CUT),
  ];
}

export function badSockets(): BadInput[] {
  return [...manners(), ...many(), ...frames(), ...others(), ...neverRead()];
}
