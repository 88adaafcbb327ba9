/** Who signed an input and who did not, as the tree of its condition. */

import { encodeBase58 } from '../../codec/base58.js';
import { conditionFromDetails } from '../../conditions/condition.js';
import type { FulfillmentSignature } from '../../conditions/fulfillment.js';
import type { ConditionDetails } from '../../model/transaction-types.js';

export type SignatureState = 'valid' | 'invalid' | 'missing';

export type SignatureNode =
  | { readonly kind: 'ed25519'; readonly publicKey: string; readonly state: SignatureState }
  | {
      readonly kind: 'threshold';
      readonly threshold: number;
      readonly satisfied: boolean;
      readonly children: readonly SignatureNode[];
    }
  /** A condition of which only the URI is known. `uri` is null when the fulfillment cannot be read. */
  | { readonly kind: 'unknown'; readonly uri: string | null };

/** Whether `node` is fulfilled by the signatures in it. */
export function isSatisfied(node: SignatureNode): boolean {
  if (node.kind === 'threshold') return node.satisfied;
  return node.kind === 'ed25519' && node.state === 'valid';
}

/** The state of each signature, by public key in base58. Of two by one key the bad one counts. */
export function signatureStates(
  signatures: readonly FulfillmentSignature[],
  verifies: (signature: FulfillmentSignature) => boolean,
): Map<string, SignatureState> {
  const states = new Map<string, SignatureState>();
  for (const each of signatures) {
    const publicKey = encodeBase58(each.publicKey);
    if (!verifies(each)) states.set(publicKey, 'invalid');
    else if (!states.has(publicKey)) states.set(publicKey, 'valid');
  }
  return states;
}

/** The tree of a condition with the state of every key in it. `details` must describe a condition. */
export function treeOfDetails(
  details: ConditionDetails,
  states: ReadonlyMap<string, SignatureState>,
): SignatureNode {
  if (details.type === 'ed25519-sha-256') {
    const publicKey = details.public_key;
    return { kind: 'ed25519', publicKey, state: states.get(publicKey) ?? 'missing' };
  }
  const children = details.subconditions.map((each) => treeOfDetails(each, states));
  const { threshold } = details;
  const satisfied = children.filter(isSatisfied).length >= threshold;
  return { kind: 'threshold', threshold, satisfied, children };
}

/**
 * The tree where nobody said what the condition is made of: a single key shows itself, and of a threshold its
 * fulfillment tells only the branches that were signed.
 */
export function treeOfStates(uri: string, states: ReadonlyMap<string, SignatureState>): SignatureNode {
  for (const [publicKey, state] of states) {
    const single = { type: 'ed25519-sha-256', public_key: publicKey } as const;
    if (conditionFromDetails(single).uri === uri) return { kind: 'ed25519', publicKey, state };
  }
  const children: SignatureNode[] = [...states].map(([publicKey, state]) => ({
    kind: 'ed25519',
    publicKey,
    state,
  }));
  const satisfied = children.every(isSatisfied);
  return {
    kind: 'threshold',
    threshold: children.length,
    satisfied,
    children: [...children, { kind: 'unknown', uri }],
  };
}
