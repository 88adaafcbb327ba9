/** Danger: voters read wrongly out of a block that its creator wrote to mislead. */

import { canonicalJson } from '../../../src/codec/canonical-json.js';
import { packHeight, readVoters, shipHeight, unshipHeight } from '../../../src/view/packing.js';
import { makeHistory } from '../../view/support/history.js';

test.each([
  ['{"node_pubkey":"a","timestamp":"1","transactions":[],"voters":["x","y"]}', ['x', 'y']],
  [
    canonicalJson({ timestamp: ',"voters":["no"]}', transactions: [',"voters":["no"]'], voters: ['x'] }),
    ['x'],
  ],
  [
    canonicalJson({ transactions: [{ a: 1, voters: ['no'] }], voters: ['x'], zzz: { b: 1, voters: ['no'] } }),
    ['x'],
  ],
  [canonicalJson({ transactions: [{ a: 1, voters: ['no'] }] }), []],
  [canonicalJson({ voters: ['x', 7, null] }), ['x']],
  ['{"voters":"x"}', []],
  ['', []],
])('voters of %s', (text, voters) => {
  expect(readVoters(text)).toEqual(voters);
});

test('heights arrive in another thread as they were', () => {
  for (const decided of makeHistory({ seed: 8, heights: 20 })) {
    expect(unshipHeight(structuredClone(shipHeight(decided)))).toEqual(packHeight(decided));
  }
});
