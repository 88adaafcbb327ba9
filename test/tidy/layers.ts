/**
 * The import rule of the architecture (section 3) as data and one pure function:
 *
 *   runtime, config <- codec <- conditions <- model <- store/store.ts, view <- ledger <- pipelines, events
 *     <- graphql | rest-compat <- web <- node.ts <- main.ts, cli
 *
 * Arrows point left only, no cycles, and third-party types stop at the edge. `src/dashboard` runs in browsers: it shares
 * the document model with the node and nothing else.
 */

import { posix } from 'node:path';
import type { FileFacts } from './syntax.js';

/** Folders and files from left to right; what stands in one row does not import its neighbours. */
const LAYERS: readonly (readonly string[])[] = [
  ['src/runtime/', 'src/config/'],
  ['src/codec/'],
  ['src/conditions/'],
  ['src/model/'],
  ['src/store/', 'src/view/'],
  ['src/ledger/'],
  ['src/pipelines/', 'src/events/'],
  ['src/graphql/', 'rest-compat/'],
  ['src/web/'],
  ['src/node.ts', 'src/node/'],
  ['src/main.ts', 'src/cli/'],
  ['src/dashboard/'],
];

/** Pairs inside one row that may look left all the same. */
const WITHIN_ROW: Readonly<Record<string, readonly string[]>> = {
  'src/main.ts': ['src/cli/'],
  'src/node.ts': ['src/node/'],
};

/** Folders that some layer to their right still may not import. */
const NEVER: readonly { readonly from: RegExp; readonly to: RegExp; readonly why: string }[] = [
  {
    from: /^(src\/graphql|rest-compat)\//,
    to: /^src\/pipelines\//,
    why: 'doors never import pipelines: they submit through ledger/ledger.ts',
  },
  {
    from: /^(?!src\/node(\.ts|\/)|src\/store\/)/,
    to: /^src\/store\/(embedded|mongodb)\//,
    why: 'only node.ts knows a concrete store: use the port in store/store.ts',
  },
  {
    from: /^src\/store\/embedded\//,
    to: /^src\/store\/mongodb\//,
    why: 'stores never know each other',
  },
  {
    from: /^src\/store\/mongodb\//,
    to: /^src\/store\/embedded\//,
    why: 'stores never know each other',
  },
  {
    from: /^src\/dashboard\//,
    to: /^(?!src\/(dashboard|codec|conditions|model)\/|src\/config\/limits\.ts$)/,
    why: 'the dashboard shares only codec, conditions, model and limits with the node: ask it by GraphQL',
  },
];

/** The audit is a second opinion: it reads the document model and itself, and nothing else of the node. */
const AUDIT = /^src\/ledger\/audit(-(?!view)[a-z-]+)?\.ts$/;
const AUDIT_MAY_IMPORT = /^src\/(codec|conditions|model|config)\/|^src\/ledger\/audit/;

/** Where each third-party package may be imported. A package that is not named here may be imported nowhere. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  mongodb: ['src/store/mongodb/'],
  '@photostructure/sqlite': ['src/store/embedded/', 'src/view/'],
  '@apollo/server': ['src/graphql/'],
  'type-graphql': ['src/graphql/'],
  graphql: ['src/graphql/'],
  'graphql-scalars': ['src/graphql/'],
  'graphql-ws': ['src/graphql/', 'src/dashboard/'],
  react: ['src/dashboard/'],
  'react-dom': ['src/dashboard/'],
  graphiql: ['src/dashboard/graphiql/'],
  '@graphiql/toolkit': ['src/dashboard/graphiql/'],
  '@noble/curves': ['src/dashboard/crypto/platform/'],
  '@noble/hashes': ['src/dashboard/crypto/platform/'],
  dataloader: ['src/graphql/'],
  'reflect-metadata': ['src/graphql/'],
  ws: ['src/graphql/', 'rest-compat/', 'src/web/'],
  pino: ['src/runtime/'],
  commander: ['src/main.ts', 'src/cli/'],
  bs58: ['src/codec/'],
  'sodium-native': ['src/codec/'],
};

/** No input, no output, no clock: nothing of Node but hashes and bytes, and nothing of `runtime/`. */
const PURE = /^src\/(codec|conditions|model)\/|^src\/ledger\/(voting|audit(-(?!view)[a-z-]+)?)\.ts$/;
const PURE_MAY_IMPORT = new Set(['node:crypto', 'node:buffer', 'node:util', 'node:assert', 'node:module']);

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** Every breach of the import rule among `files`, with the line and what to do instead. */
export function importFindings(files: readonly FileFacts[]): Finding[] {
  const known = new Set(files.map((file) => file.path));
  const findings = files.flatMap((file) =>
    file.imports.flatMap((edge) => {
      const message = edge.from.startsWith('.')
        ? relativeProblem(file.path, edge.from, known)
        : packageProblem(file.path, edge.from);
      return message === null ? [] : [{ path: file.path, line: edge.line, message }];
    }),
  );
  return [...findings, ...cycleFindings(files)];
}

/** Imported as they are; no code. */
const DATA_FILE = /\.(json|css)$/;

/**
 * The repository path behind a relative specifier, or null when it does not end in `.js`. Of components, which end in
 * `.tsx`, `known` tells.
 */
export function targetOf(path: string, from: string, known: { has(path: string): boolean }): string | null {
  const target = posix.join(posix.dirname(path), from);
  if (DATA_FILE.test(from)) return target;
  if (!from.endsWith('.js')) return null;
  const component = target.replace(/\.js$/, '.tsx');
  return known.has(component) ? component : target.replace(/\.js$/, '.ts');
}

function layerOf(path: string): { row: number; folder: string } | null {
  for (const [row, folders] of LAYERS.entries()) {
    const folder = folders.find((each) => (each.endsWith('/') ? path.startsWith(each) : path === each));
    if (folder !== undefined) return { row, folder };
  }
  return null;
}

function relativeProblem(path: string, from: string, known: ReadonlySet<string>): string | null {
  const target = targetOf(path, from, known);
  if (target === null) return `"${from}" must end in ".js"`;
  if (DATA_FILE.test(target)) return null;
  if (!known.has(target)) return `"${from}" leads to ${target}, which is no file of src/ or rest-compat/`;
  const here = layerOf(path);
  const there = layerOf(target);
  if (here === null) return `${path} stands in no layer: put it into a folder of the architecture`;
  if (there === null) return `${target} stands in no layer`;
  const never = NEVER.find((rule) => rule.from.test(path) && rule.to.test(target));
  if (never !== undefined) return `imports ${target}: ${never.why}`;
  if (PURE.test(path) && there.folder === 'src/runtime/')
    return `imports ${target}: this file has no clock, chance or input; take values as arguments`;
  if (AUDIT.test(path) && !AUDIT_MAY_IMPORT.test(target))
    return `imports ${target}: the audit shares only the document model with the rest`;
  if (here.folder === there.folder || there.row < here.row) return null;
  if ((WITHIN_ROW[here.folder] ?? []).includes(there.folder)) return null;
  return `imports ${target}: arrows point left only (${there.folder} is not left of ${here.folder})`;
}

function packageProblem(path: string, from: string): string | null {
  if (from.startsWith('node:')) return nodeProblem(path, from);
  const name = from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : (from.split('/')[0] ?? from);
  const allowed = PACKAGES[name];
  if (allowed === undefined) return `imports the package ${name}, which no folder of the node may import`;
  if (allowed.some((each) => path.startsWith(each))) return null;
  return `imports ${name}, which stops at the edge: only ${allowed.join(', ')} may`;
}

function nodeProblem(path: string, from: string): string | null {
  if (PURE.test(path) && !PURE_MAY_IMPORT.has(from))
    return `imports ${from}: this file does no input or output; take values as arguments`;
  if (/^node:(timers|process|perf_hooks)/.test(from) && !/^src\/(runtime|config|cli|main)/.test(path))
    return `imports ${from}: take time, timers and the process from runtime/runtime.ts`;
  return from === 'node:sqlite'
    ? 'imports node:sqlite, which Node 20 lacks: use @photostructure/sqlite'
    : null;
}

/** One finding for each cycle of files, type-only imports included. */
function cycleFindings(files: readonly FileFacts[]): Finding[] {
  const known = new Set(files.map((file) => file.path));
  const targets = new Map(
    files.map((file) => [
      file.path,
      file.imports.map((edge) => (edge.from.startsWith('.') ? targetOf(file.path, edge.from, known) : null)),
    ]),
  );
  const state = new Map<string, 'open' | 'done'>();
  const findings: Finding[] = [];
  const enter = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      const cycle = [...trail.slice(trail.indexOf(path)), path];
      findings.push({ path, line: 1, message: `imports itself: ${cycle.join(' -> ')}` });
      return;
    }
    state.set(path, 'open');
    for (const target of targets.get(path) ?? [])
      if (target !== null && targets.has(target)) enter(target, [...trail, path]);
    state.set(path, 'done');
  };
  for (const file of files) enter(file.path, []);
  return findings;
}
