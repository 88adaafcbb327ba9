/**
 * What a document may be, whatever its variables: bytes, tokens, depth, aliases, directives, root fields. Looked at
 * before validation, because validating a hostile document is work too; so fragments may be missing, cyclic, or spread
 * so often that their fields would fill memory. Every fragment is measured once and its figures are added up.
 */

import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { limitExceeded } from './errors.js';
import type { GraphqlLimits } from './options.js';

/** Field nesting is counted no further than this: the limits are far below. */
const FIGURE_MAX = 1_000_000;

interface Measure {
  /** Fields inside one another. */
  readonly depth: number;
  /** Fields at the top by response name, fragments spread: how often each. */
  readonly names: ReadonlyMap<string, number>;
  /** All of them. */
  readonly top: number;
  /** All fields, fragments spread. */
  readonly fields: number;
  /** Asks about the schema at the top. */
  readonly introspects: boolean;
}

const NOTHING: Measure = { depth: 0, names: new Map(), top: 0, fields: 0, introspects: false };

/** The text as a document within the limits. Throws GraphQLError: LIMIT_EXCEEDED, or a syntax error. */
export function readDocument(source: string, limits: GraphqlLimits): DocumentNode {
  if (Buffer.byteLength(source) > limits.documentBytesMax) {
    throw limitExceeded('maxDocumentBytes', `A query text has at most ${limits.documentBytesMax} bytes.`);
  }
  const document = parseBounded(source, limits.tokensMax);
  checkFlat(document, limits);
  const measurer = new Measurer(document, limits);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) checkOperation(measurer, definition, limits);
  }
  return document;
}

function parseBounded(source: string, tokensMax: number): DocumentNode {
  try {
    return parse(source, { maxTokens: tokensMax });
  } catch (error) {
    if (error instanceof GraphQLError && error.message.includes('Parsing aborted')) {
      throw limitExceeded('maxTokens', `A query has at most ${tokensMax} tokens.`);
    }
    throw error;
  }
}

/** Aliases and directives, as they are written. */
function checkFlat(document: DocumentNode, limits: GraphqlLimits): void {
  let aliases = 0;
  let directives = 0;
  const walk = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD && selection.alias !== undefined) aliases += 1;
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet !== undefined)
        walk(selection.selectionSet);
    }
  };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION)
      continue;
    directives += definition.directives?.length ?? 0;
    walk(definition.selectionSet);
  }
  if (aliases > limits.aliasesMax) {
    throw limitExceeded('maxAliases', `A query has at most ${limits.aliasesMax} aliases.`);
  }
  if (directives > limits.directivesMax) {
    throw limitExceeded('maxDirectives', `A query has at most ${limits.directivesMax} directives.`);
  }
}

function checkOperation(measurer: Measurer, operation: OperationDefinitionNode, limits: GraphqlLimits): void {
  const measure = measurer.of(operation.selectionSet);
  const depthMax = measure.introspects ? limits.introspectionDepthMax : limits.depthMax;
  if (measure.depth > depthMax) {
    throw limitExceeded('maxDepth', `A query nests at most ${depthMax} fields.`);
  }
  if (measure.top > limits.rootFieldsMax) {
    throw limitExceeded(
      'maxRootFields',
      `An operation has at most ${limits.rootFieldsMax} fields at its root.`,
    );
  }
  if (measure.fields > limits.costMax) {
    throw limitExceeded('maxCost', `A query selects at most ${limits.costMax} fields, fragments spread.`);
  }
}

/**
 * Validation compares the fields of a selection with each other, pair by pair and down into what they select, which
 * takes time with the square of their number: so a selection is bounded, and so is how often one name stands in it.
 */
class Measurer {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  /** `NOTHING` stands for a fragment that is being measured: a cycle, which validation refuses. */
  private readonly measured = new Map<string, Measure>();

  constructor(
    document: DocumentNode,
    private readonly limits: GraphqlLimits,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
  }

  of(set: SelectionSetNode): Measure {
    const names = new Map<string, number>();
    let { depth, top, fields, introspects } = NOTHING;
    for (const selection of set.selections) {
      const part = this.ofSelection(selection);
      for (const [name, count] of part.names) this.count(names, name, count);
      depth = Math.max(depth, part.depth);
      top += part.top;
      fields = Math.min(fields + part.fields, FIGURE_MAX);
      introspects ||= part.introspects;
      if (top > this.limits.selectionFieldsMax) {
        throw limitExceeded(
          'maxSelectionFields',
          `One selection has at most ${this.limits.selectionFieldsMax} fields.`,
        );
      }
    }
    return { depth, names, top, fields, introspects };
  }

  private ofSelection(selection: SelectionNode): Measure {
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.of(selection.selectionSet);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.ofFragment(selection.name.value);
    const below = selection.selectionSet === undefined ? NOTHING : this.of(selection.selectionSet);
    const name = selection.name.value;
    return {
      depth: below.depth + 1,
      names: new Map([[selection.alias?.value ?? name, 1]]),
      top: 1,
      fields: below.fields + 1,
      introspects: name === '__schema' || name === '__type',
    };
  }

  private count(names: Map<string, number>, name: string, more: number): void {
    const count = (names.get(name) ?? 0) + more;
    const { repeatedFieldsMax } = this.limits;
    if (count > repeatedFieldsMax) {
      throw limitExceeded(
        'maxRepeatedFields',
        `One selection names a field at most ${repeatedFieldsMax} times.`,
      );
    }
    names.set(name, count);
  }

  private ofFragment(name: string): Measure {
    const known = this.measured.get(name);
    if (known !== undefined) return known;
    const fragment = this.fragments.get(name);
    if (fragment === undefined) return NOTHING;
    this.measured.set(name, NOTHING);
    const measure = this.of(fragment.selectionSet);
    this.measured.set(name, measure);
    return measure;
  }
}
