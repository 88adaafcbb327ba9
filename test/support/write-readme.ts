/** Writes the tables of README.md: `node -r ./test/support/run-typescript.cjs test/support/write-readme.ts`. */

import { readFileSync, writeFileSync } from 'node:fs';
import { withTables } from './readme-tables.js';

writeFileSync('README.md', withTables(readFileSync('README.md', 'utf8')));
