/**
 * Makes `src/dashboard/generated/operations.ts` from the schema and the dashboard's documents: the types of every
 * operation's variables and answer, and its text with just the fragments that it spreads.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as operationTypes from '@graphql-codegen/typescript-operations';
import {
  buildSchema,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql';

export const OPERATIONS_FILE = 'src/dashboard/generated/operations.ts';
const DOCUMENTS = 'src/dashboard/data/documents';

const HEAD = `/** Generated from schema/schema.graphql and data/documents; test/support/write-operations.ts writes it anew. */

import type { JsonFloat, JsonValue } from '../../codec/json-value.js';

/** The text of an operation that takes \`V\` and is answered with \`R\`. */
export type TypedText<R, V> = string & { readonly __types?: (variables: V) => R };
`;

/** Every number that JSON can say, as the lossless reader gives it. */
const SCALARS = {
  ID: 'string',
  String: 'string',
  Boolean: 'boolean',
  Int: 'number',
  Float: { input: 'number', output: 'number | JsonFloat' },
  JSON: 'JsonValue',
  Count: 'number',
};

/** The text of the file. Throws when a document does not fit the schema. */
export async function operationsText(): Promise<string> {
  const names = readdirSync(DOCUMENTS).filter((name) => name.endsWith('.graphql'));
  const documents = names.sort().map((name) => {
    const location = join(DOCUMENTS, name);
    return { location, document: parse(readFileSync(location, 'utf8')) };
  });
  const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
  const ownScalars = Object.values(schema.getTypeMap())
    .filter((type) => type.astNode?.kind === Kind.SCALAR_TYPE_DEFINITION)
    .map((type) => [type.name, 'string']);
  const types = await codegen({
    schema: parse(readFileSync('schema/schema.graphql', 'utf8')),
    documents,
    filename: OPERATIONS_FILE,
    config: {
      scalars: { ...Object.fromEntries(ownScalars), ...SCALARS },
      strictScalars: true,
      skipTypename: true,
      immutableTypes: true,
      enumType: 'string-literal',
      preResolveTypes: true,
    },
    plugins: [{ types: {} }],
    pluginMap: { types: operationTypes },
  });
  return `${HEAD}\n${types.trim()}\n\n${texts(documents.map(({ document }) => document))}`;
}

function texts(documents: readonly DocumentNode[]): string {
  const definitions = documents.flatMap((document) => document.definitions);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of definitions)
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  return definitions
    .flatMap((each) => (each.kind === Kind.OPERATION_DEFINITION ? [textOf(each, fragments)] : []))
    .join('');
}

function textOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): string {
  const name = operation.name?.value ?? '';
  const kind = operation.operation.charAt(0).toUpperCase() + operation.operation.slice(1);
  const spread = new Map<string, FragmentDefinitionNode>();
  collectFragments(operation, fragments, spread);
  const whole = [operation, ...spread.values()].map((node) => print(node)).join('\n');
  const text = JSON.stringify(stripIgnoredCharacters(whole));
  return `export const ${name}Text: TypedText<${name}${kind}, ${name}${kind}Variables> =\n  ${text};\n`;
}

function collectFragments(
  node: OperationDefinitionNode | FragmentDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  spread: Map<string, FragmentDefinitionNode>,
): void {
  visit(node, {
    FragmentSpread({ name: { value } }) {
      const fragment = fragments.get(value);
      if (fragment === undefined) throw new Error(`the fragment ${value} stands in no document`);
      if (spread.has(value)) return;
      spread.set(value, fragment);
      collectFragments(fragment, fragments, spread);
    },
  });
}
