/** Danger: a page that reads answers it must not, or a wallet of the operator's own that cannot. Method: origins and headers. */
import type { IncomingMessage } from 'node:http';
import { ANY_ORIGIN, Cors, corsOf, NO_ORIGIN } from '../../../src/runtime/cors.js';

const WALLET = 'https://wallet.example';
const VARY = ['Vary', 'Origin'];

function upgrade(origin: string | undefined, host = 'node.example:9984'): IncomingMessage {
  return { headers: { origin, host } } as object as IncomingMessage;
}

test('any origin: a star, or as flask-cors echoes it', () => {
  expect(corsOf(['https://other.example', '*'])).toBe(ANY_ORIGIN);
  expect(ANY_ORIGIN.headers(WALLET)).toEqual(['Access-Control-Allow-Origin', '*']);
  expect(ANY_ORIGIN.echoed(WALLET)).toEqual(['Access-Control-Allow-Origin', WALLET, ...VARY]);
  expect(ANY_ORIGIN.echoed(undefined)).toEqual(['Access-Control-Allow-Origin', '*']);
  expect(ANY_ORIGIN.maySpeak(upgrade('https://evil.example'))).toBe(true);
});

test.each(['headers', 'echoed'] as const)('listed origins only (%s)', (method) => {
  const cors = new Cors([WALLET]);
  expect(cors[method](WALLET)).toEqual(['Access-Control-Allow-Origin', WALLET, ...VARY]);
  for (const other of [
    undefined,
    '',
    'null',
    'https://evil.example',
    `${WALLET}.evil.example`,
    'http://wallet.example',
  ])
    expect(cors[method](other)).toEqual(VARY);
  expect(NO_ORIGIN[method](WALLET)).toEqual(VARY);
});

test.each<[string | undefined, boolean]>([
  [undefined, true],
  [WALLET, true],
  ['https://node.example:9984', true],
  ['http://node.example:9984', true],
  ['https://node.example', false],
  ['https://evil.example', false],
  ['null', false],
  ['file://', false],
])('a page of %s may open a WebSocket: %s', (origin, may) => {
  expect(new Cors([WALLET]).maySpeak(upgrade(origin))).toBe(may);
});
