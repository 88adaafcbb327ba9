/**
 * Takes fonts and pictures that packages write into their style sheets out of them: the page's policy takes nothing
 * from `data:` addresses. The page's own style sheet says what stands in their place.
 */

import type { Plugin } from 'vite';

const FONT_FACE = /@font-face\s*\{[^}]*url\(\s*["']?data:[^}]*\}/g;
const PICTURE = /url\(\s*(?:"data:[^"]*"|'data:[^']*'|data:[^)]*)\s*\)/g;

/** Only in style sheets of packages; the dashboard writes none. */
export function withoutDataUrls(): Plugin {
  return {
    name: 'without-data-urls',
    enforce: 'pre',
    transform(code, id) {
      if (!/node_modules\/.*\.css$/.test(id) || !code.includes('data:')) return null;
      return { code: code.replace(FONT_FACE, '').replace(PICTURE, 'none'), map: null };
    },
  };
}
