/**
 * Runs the code generator in a process of its own, as its users do (parts of it are modules that jest cannot load).
 * Standard input: JSON of the introspection result and the operations; standard output: JSON of the
 * files made.
 */

import { readFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { buildClientSchema, parse, printSchema } from 'graphql';

const SCALARS = {
  BigInt: 'string',
  DateTime: 'string',
  JSON: 'unknown',
  PublicKey: 'string',
  TransactionId: 'string',
};

const { introspection, operations } = JSON.parse(readFileSync(0, 'utf8'));
const schema = parse(printSchema(buildClientSchema(introspection)));
const documents = operations.map((text, index) => ({ location: `README-${index}`, document: parse(text) }));
const generate = (filename, name, plugin) =>
  codegen({
    schema,
    documents,
    filename,
    config: { enumsAsTypes: true, defaultScalarType: 'string', scalars: SCALARS },
    plugins: [{ [name]: {} }],
    pluginMap: { [name]: plugin },
  });
const types = await generate('types.ts', 'typescript', typescript);
const operationTypes = await generate('operations.ts', 'typescript-operations', typescriptOperations);
process.stdout.write(JSON.stringify({ 'types.ts': types, 'operations.ts': operationTypes }));
