/** The schema, built from the decorated classes, and its text. */

import 'reflect-metadata';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { AccountFields, AssetFields, BalanceFields } from './fields/asset-fields.js';
import { BlockFields, VoteFields } from './fields/block-fields.js';
import { FederationMemberFields, LedgerFields } from './fields/ledger-fields.js';
import { OutputFields } from './fields/output-fields.js';
import { InputFields, TransactionFields } from './fields/transaction-fields.js';
import { LedgerQueries } from './resolvers/ledger-queries.js';
import { PreparationQueries } from './resolvers/preparation-queries.js';
import { SubmitMutations } from './resolvers/submit-mutations.js';
import { Subscriptions } from './resolvers/subscriptions.js';
import { TransactionQueries } from './resolvers/transaction-queries.js';

/** Every subscription brings its own source; type-graphql wants one of these all the same. */
const UNUSED_PUB_SUB: PubSub = {
  publish: () => {
    throw new Error('nothing is published here');
  },
  subscribe: () => {
    throw new Error('every subscription has its own source');
  },
};

let built: GraphQLSchema | null = null;

/** The same schema every time: it holds no state of a node. */
export function graphqlSchema(): GraphQLSchema {
  built ??= buildSchemaSync({
    resolvers: [
      TransactionQueries,
      LedgerQueries,
      PreparationQueries,
      SubmitMutations,
      Subscriptions,
      TransactionFields,
      InputFields,
      OutputFields,
      AssetFields,
      BalanceFields,
      AccountFields,
      BlockFields,
      VoteFields,
      LedgerFields,
      FederationMemberFields,
    ],
    validate: false,
    pubSub: UNUSED_PUB_SUB,
  });
  return built;
}

/** The contract as text, sorted, as it stands in `schema/schema.graphql`. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(graphqlSchema()))}\n`;
}
