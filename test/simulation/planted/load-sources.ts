/**
 * Loads the simulator over changed source texts: a module graph of its own in which one or two lines of the node read
 * otherwise. So a bug is planted without a switch in the node: nothing of it is in the code that ships.
 */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { transformSync } from '@swc/core';

/** One change of one file: `find` must stand in it exactly once. */
export interface SourcePatch {
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

type ModuleFunction = (
  exports: object,
  require: (name: string) => unknown,
  module: { exports: object },
) => void;

/** Compiled texts, by the text. */
const compiled = new Map<string, string>();

/** The root of the repository: the nearest folder above with a package.json. */
export function repositoryRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The text of a file with the patches applied that name it. Throws when a patch does not fit it. */
export function patchedText(file: string, patches: readonly SourcePatch[]): string {
  let text = readFileSync(join(repositoryRoot(), file), 'utf8');
  for (const { find, put } of patches.filter((patch) => patch.file === file)) {
    const parts = text.split(find);
    if (parts.length !== 2)
      throw new Error(`${file} holds «${find}» ${parts.length - 1} times; a planted bug needs it once`);
    text = parts.join(put);
  }
  return text;
}

/** What `entry` (a source file, from the root) exports when `patches` are in force. */
export function loadSources<T extends object>(entry: string, patches: readonly SourcePatch[]): T {
  const root = repositoryRoot();
  const fromPackages = createRequire(join(root, 'package.json'));
  const loaded = new Map<string, { exports: object }>();
  const load = (path: string): object => {
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    loaded.set(path, module);
    const file = relative(root, path);
    const requireFrom = (name: string): unknown => {
      if (!name.startsWith('.')) return fromPackages(name);
      return load(resolve(dirname(path), name.replace(/\.js$/, '.ts')));
    };
    compile(file, patchedText(file, patches))(module.exports, requireFrom, module);
    return module.exports;
  };
  return load(join(root, entry)) as T;
}

function compile(file: string, text: string): ModuleFunction {
  let code = compiled.get(text);
  if (code === undefined) {
    code = transformSync(text, {
      filename: file,
      swcrc: false,
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, useDefineForClassFields: false },
      },
      module: { type: 'commonjs' },
    }).code;
    compiled.set(text, code);
  }
  return new Function('exports', 'require', 'module', `${code}\n//# sourceURL=${file}`) as ModuleFunction;
}
