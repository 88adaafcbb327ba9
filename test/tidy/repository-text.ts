/**
 * What no file of the repository may hold, whatever its kind: paths of one machine, hosts of a package registry, and
 * leftovers. Reads lines, not syntax.
 */

import type { Finding } from './layers.js';
import type { SourceFile } from './source-files.js';

const RULES: readonly { readonly pattern: RegExp; readonly message: string }[] = [
  {
    pattern: /(?<![\w.$}~/-])\/(?:home|Users)\/[a-z][\w.-]*\//,
    message: 'a path of one machine: use a path relative to the repository',
  },
  {
    pattern: /(?<![\w.$}~/-])\/(?:root|work)\/[\w.]/,
    message: 'a path of one machine: use a path relative to the repository',
  },
  { pattern: /\.\.\/shared\b/, message: 'a path outside the repository: cite the document by its name' },
  {
    pattern: /\bhttps?:\/\/(?:registry\.[\w.-]+|[\w.-]*(?:artifactory|nexus|verdaccio)[\w.-]*)/i,
    message: 'a registry host: leave the registry to the settings of npm',
  },
];

/** Binary or recorded files are data, not text that somebody wrote. */
const DATA = /\.(png|jpg|ico|woff2?|gz|db)$|^test\/vectors\//;

export function repositoryTextFindings(files: readonly SourceFile[]): Finding[] {
  return files
    .filter((file) => !DATA.test(file.path))
    .flatMap((file) =>
      file.text.split('\n').flatMap((text, index) =>
        RULES.filter((rule) => rule.pattern.test(text)).map((rule) => ({
          path: file.path,
          line: index + 1,
          message: `${rule.message} (${text.trim().slice(0, 80)})`,
        })),
      ),
    );
}
