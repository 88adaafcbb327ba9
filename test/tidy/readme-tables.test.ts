// Danger: a setting or a metric that README does not know, or knows otherwise. Method: make its tables anew.

import { METRICS } from '../../src/runtime/metric-table.js';
import { readmeTables, withTables } from '../support/readme-tables.js';
import { readText } from './source-files.js';

it('the tables of README are those of the code (else run test/support/write-readme.ts)', () => {
  const readme = readText('README.md');
  expect(readme).toBe(withTables(readme));
});

it('a table that was changed by hand is found, and one without its markers', () => {
  const readme = readText('README.md');
  const changed = readme.replace(
    '| `server.bind` | `localhost:9984` |',
    '| `server.bind` | `localhost:80` |',
  );
  expect(changed).not.toBe(readme);
  expect(withTables(changed)).toBe(readme);
  expect(() => withTables(readme.replace('<!-- /metrics -->', ''))).toThrow('markers of the table metrics');
});

it('every metric has a sentence of its own', () => {
  const helps = Object.values(METRICS).map(({ help }) => help);
  expect(new Set(helps).size).toBe(helps.length);
  for (const help of helps) expect(help).toMatch(/^[A-Z1].*[.»]$/);
  expect(readmeTables().get('metrics')?.split('\n')).toHaveLength(helps.length + 3);
});
