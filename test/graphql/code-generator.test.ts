/**
 * Danger: the tools that people point at a GraphQL server, GraphiQL and code generators, are refused by its limits, or
 * make of its schema what does not compile.
 * Method: the introspection they send, over HTTP; a generator makes types of the schema that comes back and of the
 * operations that README shows; the compiler takes the result, and refuses a use of it that is wrong.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIntrospectionQuery, type IntrospectionOptions } from 'graphql';
import { fencedBlocks } from '../tidy/readme-blocks.js';
import { ROOT, readText } from '../tidy/source-files.js';
import { query } from './support/clients.js';
import { type GraphqlNode, startGraphqlNode } from './support/graphql-node.js';

/** All that introspection can be asked for, as GraphiQL and the loaders of code generators do. */
const EVERYTHING: IntrospectionOptions = {
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
};

let node: GraphqlNode;

beforeAll(async () => {
  node = await startGraphqlNode({});
});
afterAll(() => node.close());

/** README writes them as strings in shell commands: of JSON, and of a script. */
function operationsOfReadme(): string[] {
  const texts = fencedBlocks(readText('README.md'))
    .filter(({ marks }) => marks.includes('walk'))
    .flatMap(({ text }) => [...text.matchAll(/(?:"query": |query = )("(?:[^"\\]|\\.)*")/g)])
    .map(([, string = '']) => JSON.parse(string.replaceAll('\\$', '$')) as string);
  // Generators want names.
  return texts.map((text, index) =>
    text.replace(
      /^(query|mutation|subscription)?\s*(?=[({])/,
      (_, kind = 'query') => `${kind} Readme${index} `,
    ),
  );
}

/** Files by name. Throws what the generator refuses. */
function generate(introspection: unknown, operations: readonly string[]): Record<string, string> {
  const made = spawnSync(process.execPath, [join(__dirname, 'support/generate-types.mjs')], {
    input: JSON.stringify({ introspection, operations }),
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  if (made.status !== 0) throw new Error(made.stderr);
  return JSON.parse(made.stdout) as Record<string, string>;
}

/** What the compiler says of these files, by name, in a folder of their own. */
function compilerSays(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'bigchaindb-generated-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--types', ''];
    const names = Object.keys(files).map((name) => join(folder, name));
    const compiler = join(ROOT, 'node_modules/.bin/tsc');
    const said = spawnSync(compiler, ['--ignoreConfig', ...options, ...names], { encoding: 'utf8' });
    return `${said.stdout}${said.stderr}`.replaceAll(`${folder}/`, '');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a code generator', () => {
  let generated: Record<string, string> = {};
  let operations: string[] = [];

  beforeAll(async () => {
    const { data, errors } = await query(node.port, getIntrospectionQuery(EVERYTHING));
    expect(errors).toEqual([]);
    operations = operationsOfReadme();
    generated = generate(data, operations);
  });

  it('makes types of the schema and of every operation that README shows', () => {
    expect(operations.length).toBeGreaterThanOrEqual(3);
    for (const index of operations.keys())
      expect(generated['operations.ts']).toMatch(
        new RegExp(`export type Readme${index}(Query|Mutation|Subscription) =`),
      );
    const use = `import type { SubmitTransactionInput, Transaction } from './types.ts';
      import type { Readme0Subscription } from './operations.ts';
      const input: SubmitTransactionInput = { transaction: {} };
      export const id = (read: Transaction): string => read.id;
      export const height = (told: Readme0Subscription) => told.validTransactions.block?.height;
      export { input };`;
    expect(compilerSays({ ...generated, 'use.ts': use })).toBe('');
  });

  it('makes types that refuse a field which was not asked for', () => {
    const use = `import type { Readme0Subscription } from './operations.ts';
      export const data = (told: Readme0Subscription) => told.validTransactions.transaction.metadata;`;
    expect(compilerSays({ ...generated, 'use.ts': use })).toContain("Property 'metadata' does not exist");
  });

  it('is told of an operation that the schema does not allow', async () => {
    const { data } = await query(node.port, getIntrospectionQuery(EVERYTHING));
    const wrong = 'query Wrong { transaction(id: "") { colour } }';
    expect(() => generate(data, [wrong])).toThrow('colour');
  });
});
