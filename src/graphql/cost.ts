/**
 * What an operation will cost, known before it runs: every field that yields objects costs one, times the entries of
 * each list around it. A list's size is what its arguments ask for, with the variables filled in, else what a page has
 * by default. Fields that compute more say so (`complexity`).
 */

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { GRAPHQL_DOOR } from '../config/limits.js';
import type { GraphqlLimits } from './options.js';

type Variables = { readonly [name: string]: unknown };

/** Arguments that say how many entries a list has: a number, or a list whose entries are answered one by one. */
const SIZE_ARGUMENTS = ['first', 'last'];
const LIST_ARGUMENTS = ['ids', 'transactions', 'input'];

/** What `operation` costs with these variables. The document has been validated. */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
  limits: GraphqlLimits,
): number {
  const root = schema.getRootType(operation.operation);
  if (root === null || root === undefined) return 0;
  const defaults: Record<string, unknown> = {};
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const given = variables[name];
    defaults[name] = given === undefined ? sizeOfLiteral(definition.defaultValue, {}) : given;
  }
  return new Coster(schema, document, defaults, limits).ofSet(operation.selectionSet, root);
}

class Coster {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly known = new Map<string, number>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: Variables,
    private readonly limits: GraphqlLimits,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
  }

  ofSet(set: SelectionSetNode, parent: GraphQLNamedType): number {
    let cost = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) cost += this.ofField(selection, parent);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const name = selection.typeCondition?.name.value;
        cost += this.ofSet(selection.selectionSet, this.typeNamed(name) ?? parent);
      } else cost += this.ofFragment(selection.name.value);
    }
    return cost;
  }

  private ofFragment(name: string): number {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const fragment = this.fragments.get(name);
    const type = this.typeNamed(fragment?.typeCondition.name.value);
    if (fragment === undefined || type === undefined) return 0;
    const cost = this.ofSet(fragment.selectionSet, type);
    this.known.set(name, cost);
    return cost;
  }

  private ofField(node: FieldNode, parent: GraphQLNamedType): number {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return 0;
    const field = parent.getFields()[node.name.value];
    // `__typename` and the schema's own fields, which the depth limit bounds.
    if (field === undefined) return 0;
    const own = ownCost(field);
    const type = getNamedType(field.type);
    if (node.selectionSet === undefined || !isCompositeType(type)) return own;
    return own + this.sizeOf(field, node) * Math.max(1, this.ofSet(node.selectionSet, type));
  }

  /** How many objects the selection below `node` is resolved for. */
  private sizeOf(field: GraphQLField<unknown, unknown>, node: FieldNode): number {
    if (field.args.some((argument) => argument.name === 'first')) {
      const asked = SIZE_ARGUMENTS.map((name) => this.argument(node, name)).find(
        (value) => typeof value === 'number',
      );
      return Math.max(1, typeof asked === 'number' ? asked : this.limits.pageSizeDefault);
    }
    const list = LIST_ARGUMENTS.map((name) => listLength(this.argument(node, name))).find(
      (length) => length > 0,
    );
    if (list !== undefined) return list;
    const fixed = field.extensions.listSize;
    if (typeof fixed === 'number') return fixed;
    // Edges and nodes of a page are counted where the page is asked for.
    if (field.name === 'edges' || field.name === 'nodes' || field.name === 'results') return 1;
    return isList(field.type) ? GRAPHQL_DOOR.assumedListSize : 1;
  }

  private argument(node: FieldNode, name: string): unknown {
    const argument = node.arguments?.find((each) => each.name.value === name);
    return sizeOfLiteral(argument?.value, this.variables);
  }

  private typeNamed(name: string | undefined): GraphQLNamedType | undefined {
    return name === undefined ? undefined : this.schema.getType(name);
  }
}

function ownCost(field: GraphQLField<unknown, unknown>): number {
  const { complexity } = field.extensions;
  return typeof complexity === 'number' ? complexity : 0;
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}

/** A number, or an array of the literal's length, or what the variable holds; anything else is of no size. */
function sizeOfLiteral(node: ValueNode | undefined, variables: Variables): unknown {
  switch (node?.kind) {
    case Kind.INT:
      return Number(node.value);
    case Kind.LIST:
      return node.values;
    case Kind.VARIABLE:
      return variables[node.name.value];
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map((each) => [each.name.value, sizeOfLiteral(each.value, variables)]),
      );
    default:
      return undefined;
  }
}

/** Entries of an array, or of the longest array among the members of an input object. */
function listLength(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>(
    (longest, each) => (Array.isArray(each) ? Math.max(longest, each.length) : longest),
    0,
  );
}
