/**
 * Danger: what 1.0.1's clients rely on beyond the recorded requests: slashes, methods, CORS, parameters, misses that
 * are answered too early, limits.
 * Method: raw requests to the doors before a ledger in memory that holds the ledger of the vectors.
 */

import { type ProblemCode, problem } from '../../src/model/errors.js';
import { StoreUnavailable } from '../../src/store/store.js';
import { ScanLimitExceeded } from '../../src/view/list-queries.js';
import { blockOf, idOf, textOf } from './support/decided.js';
import { acceptAnything, STREAM_URL, type StartedDoor, startDoor, vectorFakeLedger } from './support/door.js';
import type { FakeLedger } from './support/fake-ledger.js';
import { exchange, RawClient, type RawResponse } from './support/raw-client.js';
import { vectorLedger } from './support/vector-ledger.js';

const vectors = vectorLedger();
const names = vectors.names;
const VALID = names.create_simple as string;
const UNDECIDED = names.create_undecided as string;
const WAITING = names.create_backlog as string;
const GENESIS = vectors.decided[0]?.block?.transactions[0]?.id as string;
const UNKNOWN = idOf('nobody knows it');
const ALICE = 'FPP21sbqhr2LPjSnJkw5NBetPubeFG4PsQFBxHj8noTq';

const doors: StartedDoor[] = [];
afterEach(async () => {
  await Promise.all(doors.splice(0).map(({ server }) => server.close()));
});

async function start(
  prepare: (ledger: FakeLedger) => void = () => undefined,
  limit?: number,
): Promise<StartedDoor> {
  const ledger = vectorFakeLedger();
  prepare(ledger);
  const door = await startDoor(ledger, limit);
  doors.push(door);
  return door;
}

function get({ port }: StartedDoor, path: string, headers?: Record<string, string>): Promise<RawResponse> {
  return exchange(port, { method: 'GET', path, headers });
}

function post(
  { port }: StartedDoor,
  body: string | Buffer,
  headers?: Record<string, string>,
): Promise<RawResponse> {
  return exchange(port, { method: 'POST', path: '/api/v1/transactions', body, headers });
}

const ROUTES: readonly (readonly [path: string, query: string, allow: string])[] = [
  ['', '', 'OPTIONS, GET, HEAD'],
  ['/api/v1', '', 'OPTIONS, GET, HEAD'],
  [`/api/v1/transactions/${VALID}`, '', 'OPTIONS, GET, HEAD'],
  ['/api/v1/transactions', `?asset_id=${VALID}`, 'OPTIONS, POST, GET, HEAD'],
  ['/api/v1/outputs', `?public_key=${ALICE}`, 'OPTIONS, GET, HEAD'],
  ['/api/v1/statuses', `?transaction_id=${VALID}`, 'OPTIONS, GET, HEAD'],
  [`/api/v1/blocks/${vectors.decided[1]?.block?.id}`, '', 'OPTIONS, GET, HEAD'],
  ['/api/v1/blocks', `?transaction_id=${VALID}`, 'OPTIONS, GET, HEAD'],
  ['/api/v1/votes', `?block_id=${vectors.decided[1]?.block?.id}`, 'OPTIONS, GET, HEAD'],
  ['/api/v1/assets', '?search=simple', 'OPTIONS, GET, HEAD'],
  ['/api/v1/metadata', '?search=x', 'OPTIONS, GET, HEAD'],
];

describe.each(ROUTES)('%s', (path, query, allow) => {
  test('answers with and without a trailing slash, and HEAD alike', async () => {
    const door = await start();
    const plain = await get(door, (path || '/') + query);
    const slashed = await get(door, `${path}/${query}`);
    expect(plain.statusLine).toBe('HTTP/1.1 200 OK');
    expect(plain.headers['content-type']).toBe('application/json');
    expect(plain.body.endsWith('\n')).toBe(true);
    expect([slashed.status, slashed.body]).toEqual([200, plain.body]);
    const head = await exchange(door.port, { method: 'HEAD', path: `${path}/${query}` });
    expect(head.statusLine).toBe('HTTP/1.1 200 OK');
    expect(head.headers['content-type']).toBe('application/json');
  });

  test('says what it takes, and refuses the rest', async () => {
    const door = await start();
    const options = await exchange(door.port, { method: 'OPTIONS', path: path || '/' });
    expect([options.statusLine, options.headers.allow, options.body]).toEqual(['HTTP/1.1 200 OK', allow, '']);
    for (const method of ['PUT', 'DELETE', 'PATCH', 'TRACE', ...(allow.includes('POST') ? [] : ['POST'])]) {
      const refused = await exchange(door.port, {
        method,
        path: path || '/',
        body: method === 'TRACE' ? undefined : '{}',
      });
      expect(refused.statusLine).toBe('HTTP/1.1 405 METHOD NOT ALLOWED');
      expect(refused.headers.allow).toBe(allow);
      expect(refused.body).toBe('{"message": "The method is not allowed for the requested URL."}\n');
    }
  });

  test('carries CORS headers on answers, refusals and preflights', async () => {
    const door = await start();
    const headers = { Origin: 'https://wallet.example' };
    for (const method of ['GET', 'DELETE']) {
      const answer = await exchange(door.port, { method, path: (path || '/') + query, headers });
      expect(answer.headers['access-control-allow-origin']).toBe('https://wallet.example');
      expect(answer.headers.vary).toBe('Origin');
    }
    const preflight = await exchange(door.port, {
      method: 'OPTIONS',
      path: path || '/',
      headers: {
        ...headers,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'app_key,content-type, app_id',
      },
    });
    expect(preflight.headers['access-control-allow-methods']).toBe(
      'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT',
    );
    expect(preflight.headers['access-control-allow-headers']).toBe('app_id, app_key, content-type');
  });
});

test('unknown paths are the HTML page, whatever the method', async () => {
  const door = await start();
  const paths = [
    '/x',
    '/api',
    '/api/v1/transactions/a/b',
    '/api/v1/transactions/a%2Fb',
    '/API/v1',
    '/api/v1//',
    '/api/v1/blocks//',
    '/api/v1/streams/valid_transactions',
  ];
  for (const path of paths) {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const answer = await exchange(door.port, { method, path, body: method === 'POST' ? '{}' : undefined });
      expect([path, answer.statusLine]).toEqual([path, 'HTTP/1.1 404 NOT FOUND']);
      expect(answer.headers['content-type']).toBe('text/html');
      expect(answer.body).toMatch(/^<!DOCTYPE HTML/);
    }
  }
});

test('info bodies are sorted, in lines, and advertise what 1.0.1 advertises', async () => {
  const door = await start((ledger) => {
    ledger.others = ['otherKey'];
  });
  const root = await get(door, '/');
  expect(root.body.startsWith('{\n  "api": {\n    "v1": {\n      "assets": "/api/v1/assets/", \n')).toBe(
    true,
  );
  expect(JSON.parse(root.body)).toMatchObject({
    keyring: ['otherKey'],
    public_key: door.ledger.publicKey,
    version: '1.0.1',
  });
  const v1 = JSON.parse((await get(door, '/api/v1')).body);
  expect(v1).toEqual({
    assets: '/assets/',
    docs: 'https://docs.bigchaindb.com/projects/server/en/v1.0.1/http-client-server-api.html',
    outputs: '/outputs/',
    statuses: '/statuses/',
    streams: STREAM_URL,
    transactions: '/transactions/',
  });
});

describe('parameters', () => {
  const MISSING = 'Missing required parameter in the JSON body or the post body or the query string';
  const INTEGER = "invalid literal for int() with base 10: 'x'";
  const cases: readonly (readonly [path: string, status: number, message: unknown])[] = [
    [
      `outputs?public_key=${ALICE}&spent=1`,
      400,
      { spent: 'Boolean value must be "true" or "false" (lowercase)' },
    ],
    [
      `outputs?public_key=${ALICE}&spent=x&foo=1`,
      400,
      { spent: 'Boolean value must be "true" or "false" (lowercase)' },
    ],
    [`outputs?public_key=${ALICE}&foo=1&bar=2&foo=3`, 400, 'Unknown arguments: foo, bar'],
    [`outputs?public_key=${ALICE}&unspent=true`, 400, 'Unknown arguments: unspent'],
    ['outputs?public_key=abc', 400, { public_key: 'Invalid base58 ed25519 key' }],
    [`outputs?public_key=${ALICE.slice(0, 43)}l`, 400, { public_key: 'Invalid base58 ed25519 key' }],
    [`outputs?public_key=${ALICE}${ALICE}`, 400, { public_key: 'Invalid base58 ed25519 key' }],
    [`outputs?Public_Key=${ALICE}`, 400, { public_key: MISSING }],
    [`outputs?public_key[$ne]=1`, 400, { public_key: MISSING }],
    ['transactions?operation=GENESIS', 400, { operation: 'Operation must be "CREATE" or "TRANSFER' }],
    ['transactions?operation=x', 400, { operation: 'Operation must be "CREATE" or "TRANSFER' }],
    ['transactions?operation=create', 400, { asset_id: MISSING }],
    ['transactions?asset_id=', 400, { asset_id: 'Invalid hash' }],
    [`transactions?asset_id=${UNKNOWN}g`, 400, { asset_id: 'Invalid hash' }],
    [
      `statuses?transaction_id=${VALID}&block_id=1`,
      400,
      'Provide exactly one query parameter. Choices are: block_id, transaction_id',
    ],
    ['statuses', 400, 'Provide exactly one query parameter. Choices are: block_id, transaction_id'],
    ['statuses?transaction_id=&foo=', 400, 'Unknown arguments: foo'],
    [`blocks?transaction_id=${VALID}&status=Backlog`, 400, { status: 'backlog is not a valid choice' }],
    [`blocks?transaction_id=${VALID}&foo=%C3%A9`, 400, 'Unknown arguments: foo'],
    [`blocks?transaction_id=${VALID}&%C3%A9=1`, 400, 'Unknown arguments: é'],
    ['votes?block_id=1&x', 400, 'Unknown arguments: x'],
    ['assets?search=&limit=x', 400, { limit: INTEGER }],
    ['assets?search=', 400, 'text_search cannot be empty'],
    ['assets?search=a&limit=', 400, { limit: "invalid literal for int() with base 10: ''" }],
    ['assets?search=a&limit=1.5', 400, { limit: "invalid literal for int() with base 10: '1.5'" }],
    ["assets?search=a&limit='", 400, { limit: 'invalid literal for int() with base 10: "\'"' }],
    ['metadata', 400, { search: MISSING }],
  ];

  test.each(cases)('%s', async (path, status, message) => {
    const door = await start();
    const answer = await get(door, `/api/v1/${path}`);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).message).toEqual(message);
  });

  const fine: readonly (readonly [path: string, sameAs: string])[] = [
    [`outputs?public_key=${ALICE}&spent=True`, `outputs?public_key=${ALICE}&spent=true`],
    [`outputs?public_key=${ALICE}&spent=FALSE`, `outputs?public_key=${ALICE}&spent=false`],
    [`outputs?public_key=${ALICE}&public_key=bad`, `outputs?public_key=${ALICE}`],
    [`transactions?asset_id=${VALID.toUpperCase()}&mode=x`, `transactions?asset_id=${VALID}`],
    [`transactions?asset_id=${VALID}&operation=Create`, `transactions?asset_id=${VALID}&operation=CREATE`],
    [`statuses?transaction_id=${VALID}&block_id=`, `statuses?transaction_id=${VALID}`],
    [`blocks?transaction_id=${VALID}&status=VALID`, `blocks?transaction_id=${VALID}&status=valid`],
    ['assets?search=simple&limit=0', 'assets?search=simple'],
    ['assets?search=other+asset&limit=%201_0%20', 'assets?search=other%20asset'],
    ['assets?search=simple&foo=bar', 'assets?search=simple'],
  ];

  test.each(fine)('%s is %s', async (path, sameAs) => {
    const door = await start();
    const [answer, other] = [await get(door, `/api/v1/${path}`), await get(door, `/api/v1/${sameAs}`)];
    expect([answer.status, answer.body]).toEqual([200, other.body]);
  });

  test('a Content-Type on GET changes nothing', async () => {
    const door = await start();
    const answer = await get(door, `/api/v1/statuses?transaction_id=${VALID}`, {
      'Content-Type': 'application/json',
    });
    expect(answer.body).toBe('{"status": "valid"}\n');
  });
});

describe('outputs count undecided blocks, as 1.0.1 did', () => {
  test('owned and spent', async () => {
    const door = await start();
    const all = JSON.parse((await get(door, `/api/v1/outputs?public_key=${ALICE}`)).body);
    const spent = JSON.parse((await get(door, `/api/v1/outputs?public_key=${ALICE}&spent=true`)).body);
    const unspent = JSON.parse((await get(door, `/api/v1/outputs?public_key=${ALICE}&spent=false`)).body);
    expect(all).toContainEqual({ transaction_id: UNDECIDED, output_index: 0 });
    expect([...spent, ...unspent]).toHaveLength(all.length);
    const spends = vectors.undecided[0]?.transactions.flatMap(({ text }) => JSON.parse(text).inputs) ?? [];
    const link = spends.find(({ fulfills }) => fulfills !== null)?.fulfills;
    expect(spent).toContainEqual(link);
    expect(unspent).not.toContainEqual(link);
  });

  test('the genesis output, which nobody can spend', async () => {
    const door = await start();
    const answer = await get(door, `/api/v1/outputs?public_key=${vectors.node}`);
    expect(JSON.parse(answer.body)).toEqual([{ transaction_id: GENESIS, output_index: 0 }]);
  });

  test('metadata that looks like an input spends nothing', async () => {
    const link = `{"output_index":0,"transaction_id":"${VALID}"}`;
    const door = await start((ledger) => {
      const id = idOf('liar');
      const text = textOf(id, VALID).replace(
        '"metadata":null',
        `"metadata":{"fulfills":${link},"inputs":[{"fulfills":${link}}]}`,
      );
      const [block] = ledger.undecided;
      if (block !== undefined)
        ledger.undecided = [{ ...block, id: idOf('lying block'), transactions: [{ id, text }] }];
    });
    const unspent = JSON.parse((await get(door, `/api/v1/outputs?public_key=${ALICE}&spent=false`)).body);
    expect(unspent).toContainEqual({ transaction_id: VALID, output_index: 0 });
  });
});

describe('misses', () => {
  const missing = [
    `/api/v1/transactions/${UNKNOWN}`,
    `/api/v1/transactions/${UNDECIDED}`,
    `/api/v1/statuses?transaction_id=${UNKNOWN}`,
    `/api/v1/statuses?block_id=${UNKNOWN}`,
    `/api/v1/blocks/${UNKNOWN}`,
  ];

  test.each(missing)('%s: 404 only after a fresh look, 503 when none can be taken', async (path) => {
    const door = await start();
    const answer = await get(door, path);
    expect(answer.statusLine).toBe('HTTP/1.1 404 NOT FOUND');
    expect(answer.body).toBe('{\n  "message": "Not found", \n  "status": 404\n}\n');
    expect(door.ledger.looks).toHaveLength(1);
    door.ledger.onLook = () => Promise.reject(new StoreUnavailable('gone'));
    const refused = await get(door, path);
    expect([refused.statusLine, refused.headers['retry-after']]).toEqual([
      'HTTP/1.1 503 SERVICE UNAVAILABLE',
      '1',
    ]);
    expect(JSON.parse(refused.body)).toEqual({ message: expect.any(String), status: 503 });
  });

  test('what the look finds is answered', async () => {
    const door = await start();
    const found = blockOf(door.ledger.heights.length, 1);
    const [transaction] = found.block?.transactions ?? [];
    const id = transaction?.id ?? '';
    door.ledger.onLook = () => {
      if (!door.ledger.heights.includes(found)) door.ledger.decide(door.events, found);
    };
    expect((await get(door, `/api/v1/transactions/${id}`)).status).toBe(200);
    expect((await get(door, `/api/v1/statuses?transaction_id=${id}`)).body).toBe('{"status": "valid"}\n');
    expect((await get(door, `/api/v1/blocks?transaction_id=${id}`)).body).toBe(`["${found.block?.id}"]\n`);
    expect((await get(door, `/api/v1/blocks/${found.block?.id}`)).status).toBe(200);
    expect(door.ledger.looks).toHaveLength(1);
  });

  test('nothing that cannot be an id costs a look', async () => {
    const door = await start();
    const paths = [
      'transactions/1',
      'transactions/%20',
      'transactions/%ff',
      'blocks/1',
      `transactions/${'a'.repeat(5000)}`,
      `transactions/${VALID.toUpperCase()}`,
      'statuses?block_id=1',
      'statuses?transaction_id=x',
    ];
    for (const path of paths) expect((await get(door, `/api/v1/${path}`)).status).toBe(404);
    expect((await get(door, '/api/v1/blocks?transaction_id=1')).body).toBe('[]\n');
    expect((await get(door, '/api/v1/votes?block_id=1')).body).toBe('[]\n');
    expect(door.ledger.looks).toEqual([]);
  });

  test('a status is never missed between the 202 and the decision', async () => {
    const door = await start();
    expect((await get(door, `/api/v1/statuses?transaction_id=${WAITING}`)).body).toBe(
      '{"status": "backlog"}\n',
    );
    expect((await get(door, `/api/v1/statuses?transaction_id=${UNDECIDED}`)).body).toBe(
      '{"status": "undecided"}\n',
    );
    expect((await get(door, `/api/v1/statuses?transaction_id=${GENESIS}`)).body).toBe(
      '{"status": "undecided"}\n',
    );
    expect(door.ledger.looks).toEqual([]);
    door.ledger.backlogTexts.clear();
    door.ledger.rejected.add(WAITING);
    expect((await get(door, `/api/v1/statuses?transaction_id=${WAITING}`)).status).toBe(404);
  });
});

describe('posting', () => {
  const body = Buffer.from(textOf(idOf('posted')));

  test.each([
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'nonsense',
  ])('takes JSON sent as %s', async (contentType) => {
    const door = await start((ledger) => {
      ledger.onSubmit = acceptAnything;
    });
    const answer = await post(door, body, { 'Content-Type': contentType });
    expect(answer.statusLine).toBe('HTTP/1.1 202 ACCEPTED');
    expect(answer.headers.location).toBe(`../statuses?transaction_id=${'f'.repeat(64)}`);
    expect(JSON.parse(answer.body)).toEqual(JSON.parse(body.toString()));
  });

  test('hands the ledger the very bytes, or their text in the charset that the client names', async () => {
    const seen: unknown[] = [];
    const door = await start((ledger) => {
      ledger.onSubmit = (texts) => {
        seen.push(
          ...texts.map((text) => (typeof text === 'string' ? text : Buffer.from(text).toString('latin1'))),
        );
        return acceptAnything(['{}']);
      };
    });
    await post(door, Buffer.from('"\u00e9"', 'utf8'));
    await post(door, Buffer.from('"\u00e9"', 'utf8'), { 'Content-Type': 'application/json; charset=UTF-8' });
    await post(door, Buffer.from('"\u00e9"', 'latin1'), {
      'Content-Type': 'application/json; charset=iso-8859-1',
    });
    await post(door, Buffer.from('"\u00e9"', 'utf16le'), {
      'Content-Type': 'application/json; charset="utf-16le"',
    });
    expect(seen).toEqual(['"\u00c3\u00a9"', '"\u00c3\u00a9"', '"\u00e9"', '"\u00e9"']);
    const unknown = await post(door, body, { 'Content-Type': 'application/json; charset=klingon' });
    expect(unknown.status).toBe(400);
  });

  test('prints sorted lines in ASCII, integers with every digit and floats by their shortest', async () => {
    const door = await start((ledger) => {
      ledger.onSubmit = () => [
        {
          accepted: true,
          id: UNKNOWN,
          operation: 'CREATE',
          text: '{"10":[],"9":{},"a":[1,{"b":-0.0}],"big":123456789012345678901234567890,"f":5.6167299999999999,"s":"\u00e9\\u001F\u{1F37A},:"}',
        },
      ];
    });
    expect((await post(door, '{}')).body).toBe(
      '{\n  "10": [], \n  "9": {}, \n  "a": [\n    1, \n    {\n      "b": -0.0\n    }\n  ], \n' +
        '  "big": 123456789012345678901234567890, \n  "f": 5.61673, \n  "s": "\\u00e9\\u001f\\ud83c\\udf7a,:"\n}\n',
    );
  });

  const problems: readonly (readonly [ProblemCode, boolean, number, string])[] = [
    ['DOUBLE_SPEND', false, 400, 'Invalid transaction (DoubleSpend): why'],
    ['SCHEMA_VALIDATION', false, 400, 'Invalid transaction schema: why'],
    ['GENESIS_NOT_ALLOWED', false, 400, 'Invalid transaction (ValidationError): why'],
    ['TOO_LARGE', false, 413, 'Invalid transaction (ValidationError): why'],
    ['BACKLOG_FULL', true, 503, 'why'],
    ['STORE_UNAVAILABLE', true, 503, 'why'],
    ['OUTCOME_UNKNOWN', true, 503, 'why'],
    ['TIMEOUT', false, 503, 'why'],
  ];

  test.each(problems)('%s (retryable: %s) is a %i', async (code, retryable, status, message) => {
    const door = await start((ledger) => {
      ledger.onSubmit = () => [
        { accepted: false, id: null, problem: problem(code, 'why'), retryable, notJson: false },
      ];
    });
    const answer = await post(door, body);
    expect(JSON.parse(answer.body)).toEqual({ message, status });
    expect([answer.status, answer.headers['retry-after']]).toEqual([
      status,
      status === 503 ? '1' : undefined,
    ]);
  });

  test('a body beyond the limit is a 413, an encoded one a 415; the next request is served', async () => {
    const door = await start(() => undefined, 1000);
    const large = await post(door, Buffer.alloc(100_000, 'x'));
    expect(large.statusLine).toBe('HTTP/1.1 413 REQUEST ENTITY TOO LARGE');
    expect(large.body).toBe('{"message": "The data value transmitted exceeds the capacity limit."}\n');
    expect(large.headers['access-control-allow-origin']).toBe('*');
    const encoded = await post(door, body, { 'Content-Encoding': 'gzip' });
    expect(encoded.statusLine).toBe('HTTP/1.1 415 UNSUPPORTED MEDIA TYPE');
    expect((await get(door, '/')).status).toBe(200);
  });

  test('a fault of the ledger is a 500, and the next request is served', async () => {
    const door = await start((ledger) => {
      ledger.onSubmit = () => {
        throw new Error('broken');
      };
    });
    expect((await post(door, body)).body).toBe('{"message": "Internal Server Error"}\n');
    expect((await get(door, '/')).status).toBe(200);
  });

  test('pipelined posts on one connection are answered in order', async () => {
    const door = await start((ledger) => {
      ledger.onSubmit = (texts) => acceptAnything(texts);
    });
    const client = await RawClient.open(door.port);
    const bodies = Array.from({ length: 50 }, (_, index) => `{"n":${index}}`);
    client.send(
      bodies
        .map(
          (each) =>
            `POST /api/v1/transactions/ HTTP/1.1\r\nHost: a\r\nContent-Length: ${each.length}\r\n\r\n${each}`,
        )
        .join(''),
    );
    for (const each of bodies) expect(JSON.parse((await client.response()).body)).toEqual(JSON.parse(each));
    client.end();
  });
});

describe('long lists', () => {
  test('100,000 transactions are streamed as the client reads, and memory stays flat', async () => {
    const door = await start();
    const text = textOf(UNKNOWN, VALID).replace(
      '"metadata":null',
      `"metadata":{"filler":"${'x'.repeat(600)}"}`,
    );
    let rowsRead = 0;
    door.lists.transactions = async (_filter, { limit, after }) => {
      const from = (after?.position ?? -1) + 1;
      const rows = Array.from({ length: Math.min(limit, 100_000 - from) }, (_, index) => {
        const position = from + index;
        const place = { height: 1, position, index: 0 };
        return {
          id: UNKNOWN,
          text,
          height: 1,
          position,
          status: 'valid' as const,
          acceptedAtMs: null,
          place,
        };
      });
      rowsRead = from + rows.length;
      return { rows, hasMore: rowsRead < 100_000, total: null };
    };
    const client = await RawClient.open(door.port);
    client.get(`/api/v1/transactions?asset_id=${VALID}`);
    // The client reads nothing: what the node has made by then is what the sockets hold.
    client.socket.pause();
    let stalledAt = -1;
    while (stalledAt !== rowsRead || rowsRead === 0) {
      stalledAt = rowsRead;
      for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
    }
    expect(rowsRead).toBeLessThan(30_000);
    let received = 0;
    let tail = '';
    client.socket.removeAllListeners('data');
    const heapBefore = process.memoryUsage().heapUsed;
    let heapMost = 0;
    await new Promise<void>((resolve) => {
      client.socket.on('data', (chunk: Buffer) => {
        received += chunk.length;
        tail = (tail + chunk.toString('latin1')).slice(-20);
        heapMost = Math.max(heapMost, process.memoryUsage().heapUsed);
        if (tail.endsWith('0\r\n\r\n')) resolve();
      });
      client.socket.resume();
    });
    expect(received).toBeGreaterThan(100_000 * 700);
    expect(heapMost - heapBefore).toBeLessThan(100 * 1024 * 1024);
    client.end();
  }, 60_000);

  test('a client that leaves in the middle ends the reading', async () => {
    const door = await start();
    let asked = 0;
    door.lists.transactions = async () => {
      asked += 1;
      const place = { height: 1, position: asked, index: 0 };
      const text = textOf(UNKNOWN, VALID).replace('null', `{"a":"${'x'.repeat(100_000)}"}`);
      return {
        rows: [{ id: UNKNOWN, text, height: 1, position: 1, status: 'valid', acceptedAtMs: null, place }],
        hasMore: true,
        total: null,
      };
    };
    const client = await RawClient.open(door.port);
    client.get(`/api/v1/transactions?asset_id=${VALID}`);
    await new Promise((resolve) => {
      client.socket.once('data', resolve);
    });
    client.end();
    let before = -1;
    while (before !== asked) {
      before = asked;
      for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
    }
  });

  test('a list that fails in the middle is cut, one that fails at once is an error', async () => {
    const door = await start();
    let asked = 0;
    door.lists.transactions = async () => {
      asked += 1;
      if (asked === 4) throw new Error('lost');
      const place = { height: 1, position: asked, index: 0 };
      const text = textOf(UNKNOWN, VALID).replace('null', `{"a":"${'x'.repeat(100_000)}"}`);
      return {
        rows: [{ id: UNKNOWN, text, height: 1, position: 1, status: 'valid', acceptedAtMs: null, place }],
        hasMore: true,
        total: null,
      };
    };
    await expect(get(door, `/api/v1/transactions?asset_id=${VALID}`)).rejects.toThrow('closed early');
    door.lists.transactions = () => Promise.reject(new Error('lost'));
    expect((await get(door, `/api/v1/transactions?asset_id=${VALID}`)).status).toBe(500);
    door.lists.searchAssets = () => Promise.reject(new ScanLimitExceeded('too much'));
    const limited = await get(door, '/api/v1/assets?search=x');
    expect(JSON.parse(limited.body)).toEqual({ message: 'too much', status: 400 });
  });

  test('last_tx is the newest of the list', async () => {
    const door = await start();
    const divisible = names.create_divisible as string;
    const all = JSON.parse((await get(door, `/api/v1/transactions?asset_id=${divisible}`)).body);
    const last = JSON.parse(
      (await get(door, `/api/v1/transactions?asset_id=${divisible}&last_tx=true`)).body,
    );
    expect(all.length).toBeGreaterThan(1);
    expect(last).toEqual([all.at(-1)]);
    const same = await get(door, `/api/v1/transactions?asset_id=${divisible}&last_tx=false`);
    expect(JSON.parse(same.body)).toEqual(all);
  });

  test('metadata search gives id and metadata', async () => {
    const door = await start();
    door.lists.searchMetadata = async () => [{ id: UNKNOWN, data: '{"a":1.50}', height: 1, position: 0 }];
    expect((await get(door, '/api/v1/metadata?search=a')).body).toBe(
      `[{"id": "${UNKNOWN}", "metadata": {"a": 1.5}}]\n`,
    );
  });

  test('a block of a thousand transactions comes whole', async () => {
    const door = await start();
    const block = blockOf(door.ledger.heights.length, 1000);
    door.ledger.decide(door.events, block);
    const answer = JSON.parse((await get(door, `/api/v1/blocks/${block.block?.id}`)).body);
    expect(answer.block.transactions.map(({ id }: { id: string }) => id)).toEqual(
      block.block?.transactions.map(({ id }) => id),
    );
  });
});
