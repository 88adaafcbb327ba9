/**
 * The lossless JSON scalar. Values are those of `codec/json-value`: integers of any size and floats with their
 * spelling come in and go out as they are, through variables and literals alike.
 */

import { GraphQLScalarType, Kind, type ObjectValueNode, type ValueNode } from 'graphql';
import { parseJson } from '../codec/json-reader.js';
import { JsonFloat, type JsonObject, type JsonValue } from '../codec/json-value.js';
import { badInput } from './errors.js';

type Variables = { readonly [name: string]: unknown };

export const JsonScalar = new GraphQLScalarType<JsonValue, JsonValue>({
  name: 'JSON',
  description:
    'Any JSON value, without loss: integers keep every digit, `1.0` stays `1.0`. Read answers with a parser that does the same where that matters. A literal may be written in GraphQL’s syntax for objects and lists.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  serialize: readJson,
  parseValue: readJson,
  parseLiteral: (node, variables) => literalValue(node, variables ?? {}),
});

/** Variables and results come from the lossless reader; the rest of their tree is not walked again. */
function readJson(value: unknown): JsonValue {
  if (isJson(value)) return value;
  throw badInput('JSON must be a JSON value.');
}

function isJson(value: unknown): value is JsonValue {
  if (value === null || value instanceof JsonFloat || Array.isArray(value)) return true;
  return ['string', 'number', 'boolean', 'bigint', 'object'].includes(typeof value);
}

function literalValue(node: ValueNode, variables: Variables): JsonValue {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return numberValue(node.value);
    case Kind.LIST:
      return node.values.map((each) => literalValue(each, variables));
    case Kind.OBJECT:
      return objectValue(node, variables);
    case Kind.VARIABLE: {
      const value = variables[node.name.value];
      return value === undefined ? null : readJson(value);
    }
    default:
      throw badInput('JSON has no enum values: write a string.');
  }
}

/** GraphQL writes numbers as JSON does, so the reader keeps their digits. */
function numberValue(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    throw badInput('JSON has no such number.');
  }
}

function objectValue(node: ObjectValueNode, variables: Variables): JsonObject {
  const object: JsonObject = Object.create(null);
  for (const field of node.fields) object[field.name.value] = literalValue(field.value, variables);
  return object;
}
