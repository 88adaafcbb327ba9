/** How the browser's code is built: two pages, hashed files, nothing inline, so that a strict policy can hold. */

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { browserPlatform } from './tools/browser-platform.mts';
import { manifestPlugin } from './tools/manifest-plugin.mts';
import { withoutDataUrls } from './tools/without-data-urls.mts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: '/dashboard/',
  publicDir: false,
  logLevel: 'warn',
  plugins: [browserPlatform(), withoutDataUrls(), manifestPlugin()],
  build: {
    outDir: here('../../dist/dashboard'),
    emptyOutDir: true,
    target: 'es2022',
    // The policy takes no data: address and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: { dashboard: here('index.html'), graphiql: here('graphiql.html') },
      onwarn(warning, warn) {
        // "use client" in packages: they mean servers that render pages, which this is not.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
      checks: { pluginTimings: false },
    },
  },
});
