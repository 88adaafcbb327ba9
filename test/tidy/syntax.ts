/**
 * Reads one TypeScript file with swc's parser and reports what the tidy rules ask about: imports, uses of names that
 * are banned somewhere, exports and the length of functions. Knows nothing of folders or of what is allowed where.
 */

import { parseSync } from '@swc/core';

/** Something the file does that a rule may forbid. `what` is one of the names in `bans.ts`. */
export interface Use {
  readonly what: string;
  readonly line: number;
}

export interface ImportEdge {
  /** The specifier as written. */
  readonly from: string;
  readonly line: number;
}

export interface FunctionLength {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

export interface FileFacts {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly ImportEdge[];
  readonly uses: readonly Use[];
  readonly functions: readonly FunctionLength[];
  /** Every statement is a re-export: a barrel. */
  readonly onlyReExports: boolean;
}

interface Node {
  readonly type: string;
  readonly span?: { readonly start: number; readonly end: number };
  readonly [key: string]: unknown;
}

interface Walk {
  readonly lineOf: (span: Node['span']) => number;
  readonly imports: ImportEdge[];
  readonly uses: Use[];
  readonly functions: FunctionLength[];
}

const BANNED_GLOBALS = new Set(['setTimeout', 'setInterval', 'setImmediate', 'process', 'console']);
/** Names that yield random bytes, however they were imported. */
const RANDOM_NAMES = new Set([
  'randomBytes',
  'randomFill',
  'randomFillSync',
  'randomInt',
  'randomUUID',
  'getRandomValues',
  'generateKeyPairSync',
  'generateKeySync',
  'randombytes_buf',
  'randombytes_random',
  'crypto_sign_keypair',
]);
const BANNED_MEMBERS = new Set([
  'Date.now',
  'Math.random',
  'performance.now',
  'JSON.parse',
  'JSON.stringify',
]);
const FUNCTION_TYPES = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
  'MethodProperty',
]);

/** Parses `text`; throws where it is not TypeScript. */
export function readFacts(path: string, text: string): FileFacts {
  const module = parseSync(text, {
    syntax: 'typescript',
    decorators: true,
    tsx: path.endsWith('x'),
    target: 'es2022',
  });
  const walk: Walk = { lineOf: lineFinder(text), imports: [], uses: [], functions: [] };
  const body = module.body as unknown as Node[];
  for (const statement of body) visit(statement, walk, '');
  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: walk.imports,
    uses: [...walk.uses, ...usesInText(text)],
    functions: walk.functions,
    onlyReExports:
      body.length > 0 &&
      body.every(
        (statement) =>
          statement.type === 'ExportAllDeclaration' ||
          (statement.type === 'ExportNamedDeclaration' && isNode(statement.source)),
      ),
  };
}

/** swc's positions are UTF-8 byte offsets that start at 1. */
function lineFinder(text: string): (span: Node['span']) => number {
  const bytes = Buffer.from(text, 'utf8');
  const starts = [0];
  for (let index = bytes.indexOf(10); index >= 0; index = bytes.indexOf(10, index + 1))
    starts.push(index + 1);
  return (span) => {
    const offset = (span?.start ?? 1) - 1;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

function usesInText(text: string): Use[] {
  // The words are put together here so that this file does not hold them.
  const leftover = new RegExp(`\\b(${['TO', 'FIX'].map((a, i) => a + ['DO', 'ME'][i]).join('|')}|X{3})\\b`);
  return text
    .split('\n')
    .flatMap((line, index) => (leftover.test(line) ? [{ what: 'leftover', line: index + 1 }] : []));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

function visit(node: Node, walk: Walk, name: string): void {
  noteImport(node, walk);
  noteUse(node, walk);
  noteFunction(node, walk, name);
  const childName = nameOf(node) || (FUNCTION_TYPES.has(node.type) ? '' : name);
  for (const [key, value] of Object.entries(node)) {
    // The names of members and properties are not uses of a global: `this.process()`, `{ console: 1 }`.
    if ((key === 'property' || key === 'key') && isNode(value) && value.type === 'Identifier') continue;
    if (Array.isArray(value)) {
      for (const item of value) visitWrapped(item, walk, childName);
    } else visitWrapped(value, walk, childName);
  }
}

/** swc wraps some children, e.g. call arguments as `{spread, expression}`. */
function visitWrapped(value: unknown, walk: Walk, name: string): void {
  if (isNode(value)) visit(value, walk, name);
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) {
      if (isNode(inner)) visit(inner, walk, name);
      else if (Array.isArray(inner)) for (const item of inner) visitWrapped(item, walk, name);
    }
  }
}

function nameOf(node: Node): string {
  for (const key of ['identifier', 'key', 'id']) {
    const named = node[key];
    if (isNode(named) && typeof named.value === 'string') return named.value;
  }
  return '';
}

function noteImport(node: Node, walk: Walk): void {
  const source =
    node.type === 'CallExpression' ? calledSource(node) : isNode(node.source) ? node.source : null;
  if (source === null || typeof source.value !== 'string') return;
  walk.imports.push({ from: source.value, line: walk.lineOf(node.span) });
}

/** The literal argument of `import(...)` and `require(...)`. */
function calledSource(node: Node): Node | null {
  const callee = node.callee;
  if (!isNode(callee)) return null;
  const loads = callee.type === 'Import' || (callee.type === 'Identifier' && callee.value === 'require');
  const first = (node.arguments as { expression: unknown }[] | undefined)?.[0]?.expression;
  return loads && isNode(first) && first.type === 'StringLiteral' ? first : null;
}

function noteUse(node: Node, walk: Walk): void {
  for (const what of usesOf(node)) walk.uses.push({ what, line: walk.lineOf(node.span) });
}

function usesOf(node: Node): string[] {
  switch (node.type) {
    case 'MemberExpression':
      return memberUses(node);
    case 'ImportDeclaration':
      return makesKeys(node) ? ['random bytes'] : [];
    case 'NewExpression':
      return isNamed(node.callee, 'Date') && isEmpty(node.arguments) ? ['new Date()'] : [];
    case 'CallExpression':
      return isNamed(node.callee, 'Date') ? ['Date()'] : [];
    case 'Identifier':
      return identifierUses(String(node.value));
    case 'TsKeywordType':
      return node.kind === 'any' ? ['any'] : [];
    case 'TsAsExpression':
      return castUses(node);
    case 'TsNonNullExpression':
      return ['!'];
    case 'ExportDefaultDeclaration':
    case 'ExportDefaultExpression':
      return ['export default'];
    default:
      return [];
  }
}

function memberUses(node: Node): string[] {
  const object = node.object;
  const property = node.property;
  if (!isNode(object) || !isNode(property)) return [];
  const name = String(property.value);
  if (RANDOM_NAMES.has(name)) return ['random bytes'];
  if (object.type !== 'Identifier') return [];
  if (/^(globalThis|global)$/.test(String(object.value)) && BANNED_GLOBALS.has(name)) return [name];
  const member = `${String(object.value)}.${name}`;
  return BANNED_MEMBERS.has(member) ? [member] : [];
}

/** `generateKeyPair` is also the name of a function of our own; only that of Node is meant. */
function makesKeys(node: Node): boolean {
  const source = node.source as Node;
  const specifiers = node.specifiers as readonly Node[];
  return (
    /crypto$/.test(String(source.value)) && specifiers.some((each) => isNamed(each.local, 'generateKeyPair'))
  );
}

function identifierUses(name: string): string[] {
  if (BANNED_GLOBALS.has(name)) return [name];
  return RANDOM_NAMES.has(name) ? ['random bytes'] : [];
}

function castUses(node: Node): string[] {
  const inner = node.expression;
  if (!isNode(inner) || inner.type !== 'TsAsExpression') return [];
  const type = inner.typeAnnotation;
  return isNode(type) && type.type === 'TsKeywordType' && type.kind === 'unknown' ? ['as unknown as'] : [];
}

function isNamed(node: unknown, name: string): boolean {
  return isNode(node) && node.type === 'Identifier' && node.value === name;
}

function isEmpty(list: unknown): boolean {
  return !Array.isArray(list) || list.length === 0;
}

function noteFunction(node: Node, walk: Walk, name: string): void {
  if (!FUNCTION_TYPES.has(node.type) || node.span === undefined) return;
  const line = walk.lineOf(node.span);
  const last = walk.lineOf({ start: node.span.end - 1, end: node.span.end });
  walk.functions.push({ name: nameOf(node) || name || '(anonymous)', line, lines: last - line + 1 });
}
