/** Writes the generated files below `schema/`: `node -r ./test/support/run-typescript.cjs test/support/write-schema.ts`. */

import { writeFileSync } from 'node:fs';
import { schemaFiles } from './schema-files.js';

for (const [path, text] of schemaFiles()) writeFileSync(path, text);
