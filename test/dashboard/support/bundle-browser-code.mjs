/** Prints `browser-code.ts`, or the file that is named, as one script that defines `browserCode`. */

import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const entry = process.argv[2] ?? here('browser-code.ts');

const [{ output }] = await build({
  configFile: here('../../../src/dashboard/vite.config.mts'),
  build: {
    write: false,
    minify: false,
    lib: { entry, formats: ['iife'], name: 'browserCode' },
    rolldownOptions: { input: entry },
  },
});
process.stdout.write(output[0].code);
