/**
 * Every target there is. A group is loaded when one of its targets runs: V8 looks at all functions that are loaded when
 * it is asked for the coverage, so the whole of GraphQL would slow down the search in a reader of numbers.
 */

import type { FuzzTarget } from '../target.js';

interface Group {
  readonly names: readonly string[];
  readonly load: () => Promise<readonly FuzzTarget[]>;
}

const GROUPS: readonly Group[] = [
  {
    names: ['json-reader', 'json-writer', 'base58', 'ed25519'],
    load: async () => (await import('./codec.js')).codecTargets,
  },
  {
    names: ['der', 'fulfillment', 'condition-uri', 'condition-details'],
    load: async () => (await import('./conditions.js')).conditionTargets,
  },
  {
    names: ['transaction', 'block', 'vote', 'rejection'],
    load: async () => (await import('./model.js')).modelTargets,
  },
  {
    names: ['graphql-guard', 'query-parameters', 'http', 'websocket'],
    load: async () => (await import('./doors.js')).doorTargets,
  },
  {
    names: ['store-file', 'view-file'],
    load: async () => (await import('./files.js')).fileTargets,
  },
];

export const TARGET_NAMES: readonly string[] = GROUPS.flatMap(({ names }) => names);

/** Throws for a name that is not in the list. */
export async function loadTarget(name: string): Promise<FuzzTarget> {
  const targets = await GROUPS.find(({ names }) => names.includes(name))?.load();
  const target = targets?.find((each) => each.name === name);
  if (target === undefined) throw new Error(`there is no fuzz target ${name}`);
  return target;
}
