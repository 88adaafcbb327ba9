/** Who may spend: a condition as a tree of keys and thresholds. */

import type { JsonObject, JsonValue } from '../../codec/json-value.js';
import { PublicKey } from './basics.js';

/** `details` of a condition, as it stands in a transaction. */
export function ConditionTree({ details }: { readonly details: JsonValue }) {
  return (
    <ul className="condition">
      <ConditionNode details={details} />
    </ul>
  );
}

function ConditionNode({ details }: { readonly details: JsonValue }) {
  const read = readCondition(details);
  if (read === null) return <li className="quiet">a condition of another kind</li>;
  if (read.kind === 'key') {
    return (
      <li>
        <PublicKey id={read.publicKey} />
      </li>
    );
  }
  return (
    <li>
      <span className="threshold">
        {read.threshold} of {read.parts.length}
      </span>
      <ul>
        {read.parts.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a signed document never move.
          <ConditionNode key={index} details={part} />
        ))}
      </ul>
    </li>
  );
}

export type ReadCondition =
  | { readonly kind: 'key'; readonly publicKey: string }
  | { readonly kind: 'threshold'; readonly threshold: number; readonly parts: readonly JsonValue[] };

/** Null for what is neither a key nor a threshold. */
export function readCondition(details: JsonValue): ReadCondition | null {
  if (typeof details !== 'object' || details === null || Array.isArray(details)) return null;
  const { type, public_key, threshold, subconditions } = details as JsonObject;
  if (type === 'ed25519-sha-256' && typeof public_key === 'string')
    return { kind: 'key', publicKey: public_key };
  if (type === 'threshold-sha-256' && Array.isArray(subconditions) && typeof threshold === 'number')
    return { kind: 'threshold', threshold, parts: subconditions };
  return null;
}
