/** Danger: a client that writes log lines of its own, or two requests of one name. Method: headers and made names. */
import type { IncomingMessage } from 'node:http';
import { requestIdOf, requestIds } from '../../../src/runtime/request-id.js';
import { systemRandom } from '../../../src/runtime/system-runtime.js';

function from(id: string | string[] | undefined): IncomingMessage {
  return { headers: { 'x-request-id': id } } as object as IncomingMessage;
}

test.each(['a', 'f0e1d2c3b4a5', '7b3e9c1e-5b1f-4c52-9d62-2f0f3f7f8c11', 'proxy:1_2.3', 'x'.repeat(64)])(
  'a proxy’s name «%s» is kept',
  (id) => {
    expect(requestIdOf(from(id), () => 'made')).toBe(id);
  },
);

test.each([
  undefined,
  '',
  'x'.repeat(65),
  'two words',
  'line\nbreak',
  '"quoted"',
  '$&',
  '{"level":"error"}',
  'é',
])('«%s» is replaced by a name of the node’s own', (id) => {
  expect(requestIdOf(from(id), () => 'made')).toBe('made');
});

test('names are unique in a process and among processes', () => {
  const [one, other] = [requestIds(systemRandom), requestIds(systemRandom)];
  const names = [one(), one(), other(), other()];
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect(name).toMatch(/^[0-9a-f]{12}-[12]$/);
});
