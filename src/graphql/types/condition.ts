/** Conditions: who may spend an output. */

import { Field, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { JsonValue } from '../../codec/json-value.js';
import { conditionFromDetails } from '../../conditions/condition.js';
import type { ConditionDetails } from '../../model/transaction-types.js';
import { JsonScalar } from '../json-scalar.js';
import { ConditionUriScalar, PublicKeyScalar } from '../scalars.js';

@InterfaceType({
  description: 'Who may spend an output: one key, or a number of several conditions.',
  resolveType: (value: Condition) => value.typeName,
})
export abstract class Condition {
  /** Name of the object type. */
  abstract readonly typeName: string;

  constructor(protected readonly tree: ConditionDetails) {}

  @Field(() => ConditionUriScalar, {
    description: 'The condition as a URI; equal conditions have equal URIs.',
  })
  get uri(): string {
    return conditionFromDetails(this.tree).uri;
  }

  @Field(() => JsonScalar, { description: 'The condition as it stands in the transaction.' })
  get details(): JsonValue {
    return detailsJson(this.tree);
  }
}

@ObjectType({ implements: Condition, description: 'Fulfilled by a signature of one key.' })
export class Ed25519Condition extends Condition {
  readonly typeName = 'Ed25519Condition';

  @Field(() => PublicKeyScalar, { description: 'The key that has to sign.' })
  get publicKey(): string {
    return this.tree.type === 'ed25519-sha-256' ? this.tree.public_key : '';
  }
}

@ObjectType({ implements: Condition, description: 'Fulfilled when enough of several conditions are.' })
export class ThresholdCondition extends Condition {
  readonly typeName = 'ThresholdCondition';

  @Field(() => Int, { description: 'How many of the subconditions have to be fulfilled.' })
  get threshold(): number {
    return this.tree.type === 'threshold-sha-256' ? this.tree.threshold : 0;
  }

  @Field(() => [Condition], { description: 'The conditions to choose from.' })
  get subconditions(): readonly Condition[] {
    return this.tree.type === 'threshold-sha-256' ? this.tree.subconditions.map(conditionOf) : [];
  }
}

/** The GraphQL object of `details`. */
export function conditionOf(details: ConditionDetails): Condition {
  return details.type === 'ed25519-sha-256' ? new Ed25519Condition(details) : new ThresholdCondition(details);
}

function detailsJson(details: ConditionDetails): JsonValue {
  if (details.type === 'ed25519-sha-256') return { ...details };
  return { ...details, subconditions: details.subconditions.map(detailsJson) };
}
