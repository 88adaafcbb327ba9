/** Danger: the dashboard asks for what the schema has not, or reads what it was not given. Method: generate anew, compare. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const FILE = 'src/dashboard/generated/operations.ts';
const WRITE = ['-r', './test/support/run-typescript.cjs', 'test/support/write-operations.ts'];

test(`${FILE} is what schema and documents say`, () => {
  // In a process of its own: the generator's packages are ECMAScript modules, which jest does not load.
  const text = execFileSync(process.execPath, [...WRITE, '--print'], { encoding: 'utf8' });
  expect(text).toContain('export const TransactionText');
  if (readFileSync(FILE, 'utf8') !== text)
    throw new Error(
      `${FILE} differs from the schema and the documents; write it anew with: node ${WRITE.join(' ')}`,
    );
});
