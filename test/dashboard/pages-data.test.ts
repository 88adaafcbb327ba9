/** What the pages compute from answers, without a browser: places, differences, words. */

import { parseJson } from '../../src/codec/json-reader.js';
import type { JsonObject } from '../../src/codec/json-value.js';
import { disagreements } from '../../src/dashboard/data/disagreements.js';
import { indentedJson, payloadTitle } from '../../src/dashboard/data/json-words.js';
import { type GraphTransaction, layOut, NODE } from '../../src/dashboard/data/provenance-layout.js';
import { exactRoute, href, readRoute } from '../../src/dashboard/data/route.js';
import { Throttle } from '../../src/dashboard/data/throttle.js';
import { differences } from '../../src/dashboard/data/transaction-document.js';
import { byteSize, duration, grouped, shortId } from '../../src/dashboard/data/words.js';
import type {
  FederationQuery,
  JudgedVoteFragment,
  WholeTransactionFragment,
} from '../../src/dashboard/generated/operations.js';
import { create, publicKeyOf, spend, to, transfer } from '../support/transactions.js';

describe('the drawing of a provenance', () => {
  /** `spends`: the links; `outputs`: amounts, those that are unspent negative. */
  function transaction(
    id: string,
    spends: readonly [string, number][],
    outputs: readonly number[],
  ): GraphTransaction {
    return {
      id,
      operation: spends.length === 0 ? 'CREATE' : 'TRANSFER',
      inputs: spends.map(([transactionId, outputIndex]) => ({ fulfills: { transactionId, outputIndex } })),
      outputs: outputs.map((amount, index) => ({
        index,
        amount: String(Math.abs(amount)),
        publicKeys: ['k'],
        spent: amount > 0,
      })),
    };
  }

  test('everything stands to the right of all that it spends, and nothing on anything else', () => {
    const graph = layOut([
      // A merge of a near and a far output, told before what it spends.
      transaction(
        'd',
        [
          ['a', 1],
          ['c', 0],
        ],
        [-6],
      ),
      transaction('a', [], [2, 4]),
      transaction('b', [['a', 0]], [2]),
      transaction('c', [['b', 0]], [2]),
    ]);
    const places = new Map(graph.nodes.map((node) => [node.key, node]));
    expect(['a', 'b', 'c', 'd', 'd:0'].map((key) => places.get(key)?.layer)).toEqual([0, 1, 2, 3, 4]);
    for (const { from, to: behind } of graph.edges) expect(behind.x).toBeGreaterThan(from.x + NODE.width);
    // From a to d the edge goes its own way past b and c.
    const long = graph.edges.find(({ key }) => key === 'a>d');
    expect(long?.ways).toHaveLength(2);
    for (const way of long?.ways ?? []) {
      const boxes = graph.nodes.filter((node) => node.x === way.x);
      expect(boxes.filter((box) => box.y < way.y && way.y < box.y + NODE.height)).toEqual([]);
    }
    expect(new Set(graph.nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(graph.nodes.length);
    for (const { x, y } of graph.nodes) {
      expect(x + NODE.width).toBeLessThanOrEqual(graph.width);
      expect(y + NODE.height).toBeLessThanOrEqual(graph.height);
    }
  });

  test('what one transaction takes from another is one edge with the sum', () => {
    const { edges } = layOut([
      transaction('a', [], [2, 4]),
      transaction(
        'b',
        [
          ['a', 0],
          ['a', 1],
        ],
        [-6],
      ),
    ]);
    expect(edges.map(({ key, amount }) => [key, amount])).toEqual([
      ['a>b', '6'],
      ['b>b:0', null],
    ]);
  });

  test('many unspent outputs are counted', () => {
    const { nodes } = layOut([
      transaction(
        'a',
        [],
        Array.from({ length: 40 }, () => -1),
      ),
    ]);
    expect(nodes).toHaveLength(6);
    expect(nodes.at(-1)?.what).toEqual({ kind: 'more', count: 36, transactionId: 'a' });
  });

  test('a circle that a lying node made up ends all the same', () => {
    const { nodes } = layOut([transaction('a', [['b', 0]], [1]), transaction('b', [['a', 0]], [1])]);
    expect(nodes.map(({ key }) => key).sort()).toEqual(['a', 'b']);
  });

  test('nothing at all has a size', () => {
    expect(layOut([])).toMatchObject({ nodes: [], edges: [] });
    expect(layOut([]).height).toBeGreaterThan(0);
  });
});

describe('what the page shows against the document that is checked', () => {
  const made = create({ outputs: [to('alice', 3)] });
  const moved = transfer(made.id, [spend(made, 0, 'alice')], [to('bob', 3)]);

  function shown(text: string): WholeTransactionFragment {
    const document = parseJson(text) as JsonObject;
    return {
      id: moved.id,
      operation: 'TRANSFER',
      asset: { id: made.id },
      document,
      inputs: [
        {
          index: 0,
          ownersBefore: [publicKeyOf('alice')],
          fulfills: { transactionId: made.id, outputIndex: 0 },
          spends: null,
        },
      ],
      outputs: [
        {
          index: 0,
          amount: '3',
          publicKeys: [publicKeyOf('bob')],
          condition: { uri: '', details: { type: 'ed25519-sha-256', public_key: publicKeyOf('bob') } },
        },
      ],
    } as unknown as WholeTransactionFragment;
  }

  test('nothing differs in what an honest node says', () => {
    expect(differences(moved.id, shown(moved.text))).toEqual([]);
  });

  test.each<[string, string, (honest: WholeTransactionFragment) => object]>([
    ['another transaction', 'the id', () => ({ id: made.id })],
    ['another operation', 'the operation', () => ({ operation: 'CREATE' })],
    ['another asset', 'the asset', () => ({ asset: { id: 'f'.repeat(64) } })],
    ['more shares', 'an output', ({ outputs }) => ({ outputs: [{ ...outputs[0], amount: '30' }] })],
    ['another owner', 'an output', ({ outputs }) => ({ outputs: [{ ...outputs[0], publicKeys: ['x'] }] })],
    [
      'another condition',
      'an output',
      ({ outputs }) => ({ outputs: [{ ...outputs[0], condition: { uri: '', details: { type: 'x' } } }] }),
    ],
    ['one output less', 'an output', () => ({ outputs: [] })],
    [
      'another output spent',
      'an input',
      ({ inputs }) => ({ inputs: [{ ...inputs[0], fulfills: { transactionId: made.id, outputIndex: 1 } }] }),
    ],
    ['another owner before', 'an input', ({ inputs }) => ({ inputs: [{ ...inputs[0], ownersBefore: [] }] })],
  ])('%s is found', (_name, what, change) => {
    const honest = shown(moved.text);
    expect(differences(moved.id, { ...honest, ...change(honest) })).toContain(what);
  });

  test('an intact transaction under the wrong address is found', () => {
    expect(differences('0'.repeat(64), shown(moved.text))).toContain('the id');
  });
});

describe('disagreements', () => {
  const judged = (by: string, isBlockValid: boolean, status: string, more = {}): JudgedVoteFragment =>
    ({
      signature: `${by} ${isBlockValid} ${status}`,
      isBlockValid,
      standing: 'COUNTED',
      node: { publicKey: by },
      block: { height: 1, status },
      ...more,
    }) as JudgedVoteFragment;

  test('are votes that the decision went against, each once', () => {
    const lone = judged('amy', false, 'VALID');
    const overruled = judged('ben', true, 'INVALID');
    const answer = {
      against: { nodes: [lone, lone, judged('cat', false, 'INVALID')] },
      invalid: {
        nodes: [
          { votes: [overruled, judged('cat', false, 'INVALID')] },
          { votes: [judged('eve', true, 'INVALID', { standing: 'INELIGIBLE' })] },
        ],
      },
    } as unknown as FederationQuery;
    expect([...disagreements(answer)]).toEqual([
      ['amy', [lone]],
      ['ben', [overruled]],
    ]);
  });
});

describe('addresses', () => {
  const id = 'a'.repeat(64);
  const key = publicKeyOf('alice');

  test.each([
    [href.now, { page: 'now' }],
    [href.transaction(id), { page: 'transaction', id }],
    [href.asset(id), { page: 'asset', id }],
    [href.block(7), { page: 'block', block: '7' }],
    [href.block(id), { page: 'block', block: id }],
    [href.account(key), { page: 'account', publicKey: key }],
    [href.search('a/b&c?#%'), { page: 'search', text: 'a/b&c?#%' }],
    [href.composeTransfer(id), { page: 'compose', asset: id }],
    ['#/transactions/XYZ', { page: 'unknown', path: 'transactions/XYZ' }],
    ['#/transactions/%', { page: 'unknown', path: 'transactions/%' }],
    ['#/blocks/1/2', { page: 'unknown', path: 'blocks/1/2' }],
    ['', { page: 'now' }],
  ])('%s', (hash, route) => {
    expect(readRoute(hash)).toEqual(route);
  });

  test('a height needs no search', () => {
    expect(exactRoute(' 12 ')).toBe('#/blocks/12');
    expect(exactRoute('12 bottles')).toBeNull();
  });
});

describe('words', () => {
  test('amounts of any length are grouped', () => {
    expect(grouped('9000000000000000000')).toBe('9 000 000 000 000 000 000'.replaceAll(' ', '\u202f'));
    expect(grouped(999)).toBe('999');
  });

  test('ids keep both ends', () => {
    expect(shortId('0123456789abcdef0123')).toBe('01234567…cdef0123');
    expect(shortId('short')).toBe('short');
  });

  test.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1500, '1.5 s'],
    [59_000, '59 s'],
    [3_600_000, '1 h'],
    [2 * 86_400_000, '2 d'],
  ])('%i ms', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  test('sizes', () => {
    expect([12, 1024, 1536, 8 * 1024 * 1024].map(byteSize)).toEqual(['12 B', '1 KiB', '1.5 KiB', '8 MiB']);
  });

  test('JSON keeps its digits, and spells out what would hide or turn the text', () => {
    const text = '{"a":1.0,"b":123456789012345678901234567890,"c":["\\u202ex","\\u0000",{}],"\\"":[]}';
    expect(indentedJson(parseJson(text))).toBe(
      [
        '{',
        '  "a": 1.0,',
        '  "b": 123456789012345678901234567890,',
        '  "c": [',
        '    "\\u202ex",',
        '    "\\u0000",',
        '    {}',
        '  ],',
        '  "\\"": []',
        '}',
      ].join('\n'),
    );
  });

  test('a payload is named by its name, else by its beginning', () => {
    expect(payloadTitle(parseJson('{"serial":1,"title":"T\\u202e"}'))).toBe('T ');
    expect(payloadTitle(parseJson('{"x":1}'))).toBe('{ "x": 1 }');
    expect(payloadTitle(null)).toBe('no data');
    expect(payloadTitle(parseJson(`{"name":"${'😀'.repeat(100)}"}`), 5)).toBe('😀😀…');
  });
});

describe('bursts of changes', () => {
  let calls: number;
  let throttle: Throttle;

  beforeEach(() => {
    jest.useFakeTimers();
    calls = 0;
    throttle = new Throttle(() => calls++, 1000);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  test('the first is taken at once, the last of a burst in the end, those between together', () => {
    for (let call = 0; call < 5; call++) throttle.call();
    expect(calls).toBe(1);
    jest.advanceTimersByTime(999);
    expect(calls).toBe(1);
    jest.advanceTimersByTime(1);
    expect(calls).toBe(2);
    jest.advanceTimersByTime(10_000);
    expect(calls).toBe(2);
    throttle.call();
    expect(calls).toBe(3);
  });

  test('nothing comes behind the end', () => {
    throttle.call();
    throttle.call();
    throttle.cancel();
    jest.advanceTimersByTime(10_000);
    expect(calls).toBe(1);
  });
});
