// Danger: a rule of the architecture that nobody checks is broken within a week, one import at a time.
// Method: parse every file of src/ and rest-compat/, hold it to the rules, and plant one breach of each rule to see
// that it is caught.

import { banFindings, shapeFindings } from './bans.js';
import { type Finding, importFindings } from './layers.js';
import { repositoryTextFindings } from './repository-text.js';
import { listFiles, readFiles, readText } from './source-files.js';
import { readFacts } from './syntax.js';

const sources = ['src', 'rest-compat'].flatMap((folder) => readFiles(folder, ['.ts', '.tsx']));
const facts = sources.map((file) => readFacts(file.path, file.text));

function report(findings: readonly Finding[]): string[] {
  return findings.map((each) => `${each.path}:${each.line} ${each.message}`);
}

describe('every file of the node', () => {
  it('is read', () => {
    expect(facts.length).toBeGreaterThan(15);
  });

  it('imports only from the left, without cycles, third-party types at the edge', () => {
    expect(report(importFindings(facts))).toEqual([]);
  });

  it('uses nothing that is banned', () => {
    expect(report(banFindings(facts))).toEqual([]);
  });

  it('is no longer than a person can hold in mind, and no barrel', () => {
    expect(report(shapeFindings(facts))).toEqual([]);
  });
});

describe('every file of the repository', () => {
  it('holds no machine path, registry host or path to the outside', () => {
    const files = listFiles('').filter((path) => !path.startsWith('test/tidy/'));
    expect(files).toContain('package.json');
    const texts = files.map((path) => ({ path, text: readText(path) }));
    expect(report(repositoryTextFindings(texts))).toEqual([]);
  });

  it('has no leftover in a test', () => {
    const tests = readFiles('test', ['.ts']).map((file) => readFacts(file.path, file.text));
    const leftovers = tests.map((file) => ({
      ...file,
      uses: file.uses.filter((use) => use.what === 'leftover'),
    }));
    expect(report(banFindings(leftovers))).toEqual([]);
  });
});

/** Facts of one planted file among the given neighbours. */
function planted(path: string, text: string, neighbours: readonly string[] = []) {
  return [readFacts(path, text), ...neighbours.map((each) => readFacts(each, 'export const a = 1;\n'))];
}

describe('a planted breach is caught', () => {
  it.each([
    [
      'an arrow to the right',
      'src/model/x.ts',
      "import { a } from '../ledger/ledger.js';",
      'src/ledger/ledger.ts',
    ],
    [
      'a type-only arrow to the right',
      'src/codec/x.ts',
      "import type { a } from '../model/a.js';",
      'src/model/a.ts',
    ],
    [
      'a neighbour in the row',
      'src/graphql/x.ts',
      "import { a } from '../../rest-compat/a.js';",
      'rest-compat/a.ts',
    ],
    [
      'a door that knows a pipeline',
      'rest-compat/x.ts',
      "import { a } from '../src/pipelines/a.js';",
      'src/pipelines/a.ts',
    ],
    [
      'a concrete store outside node.ts',
      'src/ledger/x.ts',
      "import { a } from '../store/embedded/a.js';",
      'src/store/embedded/a.ts',
    ],
    [
      'runtime in a pure file',
      'src/codec/x.ts',
      "import type { a } from '../runtime/a.js';",
      'src/runtime/a.ts',
    ],
    ['a dynamic import', 'src/model/x.ts', "const a = await import('../web/a.js');", 'src/web/a.ts'],
    ['a required file', 'src/model/x.ts', "const a = require('../web/a.js');", 'src/web/a.ts'],
    ['a re-export', 'src/model/x.ts', "export { a } from '../web/a.js';", 'src/web/a.ts'],
    ['a specifier without .js', 'src/model/x.ts', "import { a } from './a';", 'src/model/a.ts'],
    ['a missing file', 'src/model/x.ts', "import { a } from './missing.js';", 'src/model/a.ts'],
    [
      'the ledger in the dashboard',
      'src/dashboard/pages/x.tsx',
      "import { a } from '../../ledger/a.js';",
      'src/ledger/a.ts',
    ],
    [
      'a page of the dashboard in the node',
      'src/web/x.ts',
      "import { a } from '../dashboard/pages/a.js';",
      'src/dashboard/pages/a.tsx',
    ],
    ['a file outside every layer', 'src/extra/x.ts', "import { a } from '../model/a.js';", 'src/model/a.ts'],
  ])('%s', (_name, path, text, neighbour) => {
    expect(importFindings(planted(path, text, [neighbour]))).toHaveLength(1);
  });

  it.each([
    ['mongodb outside its store', 'src/ledger/x.ts', 'mongodb'],
    ['SQLite outside store and view', 'src/ledger/x.ts', '@photostructure/sqlite'],
    ['Apollo outside graphql', 'src/web/x.ts', '@apollo/server/plugin/disabled'],
    ['React in the node', 'src/web/x.ts', 'react'],
    ['a test oracle in the node', 'src/conditions/x.ts', 'five-bells-condition'],
    ['a package nobody named', 'src/codec/x.ts', 'left-pad'],
    ['the disk in a pure file', 'src/model/x.ts', 'node:fs'],
    ['timers by import', 'src/ledger/x.ts', 'node:timers/promises'],
    ['the process by import', 'src/web/x.ts', 'node:process'],
  ])('%s', (_name, path, from) => {
    expect(importFindings(planted(path, `import * as a from '${from}';`))).toHaveLength(1);
  });

  it('a cycle, also of types only', () => {
    const files = [
      readFacts('src/model/a.ts', "import type { b } from './b.js';"),
      readFacts('src/model/b.ts', "import type { c } from './c.js';"),
      readFacts('src/model/c.ts', "import type { a } from './a.js';"),
    ];
    expect(report(importFindings(files))).toEqual([
      'src/model/a.ts:1 imports itself: src/model/a.ts -> src/model/b.ts -> src/model/c.ts -> src/model/a.ts',
    ]);
  });

  it.each([
    ['Date.now', 'const a = Date.now();'],
    ['new Date()', 'const a = new Date();'],
    ['Math.random', 'const a = Math.random();'],
    ['setTimeout', 'setTimeout(() => a, 1);'],
    ['setImmediate', 'globalThis.setImmediate(a);'],
    ['process', 'const a = process.env;'],
    ['process', 'const { env } = process;'],
    ['random bytes', 'const a = crypto.randomBytes(1);'],
    ['random bytes', "import { randomUUID } from 'node:crypto';"],
    ['random bytes', "import { generateKeyPair } from 'node:crypto';"],
    ['JSON.parse', 'const a = JSON.parse(b);'],
    ['any', 'const a: any = 1;'],
    ['any', 'function a(...b: readonly any[]) {}'],
    ['as unknown as', 'const a = b as unknown as string;'],
    ['!', 'const a = b!.c;'],
    ['console', 'console.log(1);'],
    ['export default', 'export default 1;'],
    ['leftover', `// ${'TO'}${'DO'}: later`],
  ])('%s', (what, text) => {
    const findings = report(banFindings(planted('src/ledger/x.ts', text)));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain(`src/ledger/x.ts:1 ${what} is banned here: `);
  });

  it('a long function, a long file, a barrel, a file name', () => {
    const long = `export function a() {\n${'a();\n'.repeat(70)}}\n`;
    expect(report(shapeFindings(planted('src/ledger/x.ts', long)))).toEqual([
      'src/ledger/x.ts:1 a has 72 lines: split it (at most 70)',
    ]);
    expect(shapeFindings(planted('src/ledger/x.ts', 'a();\n'.repeat(401)))).toHaveLength(1);
    expect(shapeFindings(planted('src/ledger/x.ts', "export * from './y.js';\n"))).toHaveLength(1);
    expect(shapeFindings(planted('src/ledger/index.ts', 'a();\n'))).toHaveLength(1);
    expect(shapeFindings(planted('src/ledger/someName.ts', 'a();\n'))).toHaveLength(1);
  });

  it.each([
    ['a home folder', `see ${['', 'home', 'ann', 'x'].join('/')}`],
    ['a registry host', `https://registry.${'example'}.org/x`],
    ['a path to the outside', `read ${'..'}/shared/x.md`],
  ])('%s in any file', (_name, text) => {
    expect(repositoryTextFindings([{ path: 'README.md', text }])).toHaveLength(1);
  });
});

describe('what is allowed is not reported', () => {
  it('arrows to the left, members of the same name, and the owners of time', () => {
    const files = [
      readFacts(
        'src/ledger/x.ts',
        "import { a } from '../model/a.js';\nimport { createHash } from 'node:crypto';",
      ),
      readFacts('src/model/a.ts', 'this.process(); const a = { console: 1 }; b.setTimeout(1); new Date(5);'),
      readFacts(
        'src/cli/x.ts',
        "import { generateKeyPair } from '../config/key-pair.js';\ngenerateKeyPair();",
      ),
      readFacts('src/config/key-pair.ts', 'export const a = 1;'),
      readFacts('src/runtime/clock.ts', 'export const a = Date.now();'),
      readFacts(
        'src/dashboard/pages/x.tsx',
        "import { createRoot } from 'react-dom/client';\nimport { Y } from './y.js';\nimport '../styles/y.css';",
      ),
      readFacts(
        'src/dashboard/pages/y.tsx',
        "export { a as Y } from '../../model/a.js'; export const b = 1;",
      ),
    ];
    expect(report([...importFindings(files), ...banFindings(files), ...shapeFindings(files)])).toEqual([]);
  });
});
