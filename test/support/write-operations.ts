/**
 * Writes what is generated of the dashboard:
 * `node -r ./test/support/run-typescript.cjs test/support/write-operations.ts`; with `--print` only prints it.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { OPERATIONS_FILE, operationsText } from './dashboard-operations.js';

void operationsText().then((text) => {
  if (process.argv.includes('--print')) {
    process.stdout.write(text);
    return;
  }
  mkdirSync(dirname(OPERATIONS_FILE), { recursive: true });
  writeFileSync(OPERATIONS_FILE, text);
});
