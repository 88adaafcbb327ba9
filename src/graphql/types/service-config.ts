/** The limits, published. */

import { Field, Int, ObjectType } from 'type-graphql';
import type { Scope } from '../scope.js';

@ObjectType({ description: 'Every limit that a client can run into.' })
export class ServiceConfig {
  constructor(readonly scope: Scope) {}

  @Field(() => Int, { description: 'UTF-8 bytes of a query text.' })
  get maxDocumentBytes(): number {
    return this.limits.documentBytesMax;
  }
  @Field(() => Int, { description: 'Tokens of a query text.' })
  get maxTokens(): number {
    return this.limits.tokensMax;
  }
  @Field(() => Int, { description: 'Fields inside one another.' })
  get maxDepth(): number {
    return this.limits.depthMax;
  }
  @Field(() => Int, { description: 'Fields inside one another in a query that asks about the schema.' })
  get maxIntrospectionDepth(): number {
    return this.limits.introspectionDepthMax;
  }
  @Field(() => Int, { description: 'Aliases in a document.' })
  get maxAliases(): number {
    return this.limits.aliasesMax;
  }
  @Field(() => Int, { description: 'Directives in a document.' })
  get maxDirectives(): number {
    return this.limits.directivesMax;
  }
  @Field(() => Int, { description: 'Fields in one selection, fragments spread.' })
  get maxSelectionFields(): number {
    return this.limits.selectionFieldsMax;
  }
  @Field(() => Int, { description: 'How often one name may stand in a selection, fragments spread.' })
  get maxRepeatedFields(): number {
    return this.limits.repeatedFieldsMax;
  }
  @Field(() => Int, { description: 'Fields at the root of an operation.' })
  get maxRootFields(): number {
    return this.limits.rootFieldsMax;
  }
  @Field(() => Int, {
    description: 'What an operation may cost; `extensions.cost` of every answer says what it did.',
  })
  get maxCost(): number {
    return this.limits.costMax;
  }
  @Field(() => Int, { description: 'Entries on a page when neither `first` nor `last` is given.' })
  get defaultPageSize(): number {
    return this.limits.pageSizeDefault;
  }
  @Field(() => Int, { description: 'The most that `first` and `last` take.' })
  get maxPageSize(): number {
    return this.limits.pageSizeMax;
  }
  @Field(() => Int, {
    description: 'UTF-8 bytes of a transaction’s canonical text, as this node takes them.',
  })
  get maxTransactionBytes(): number {
    return this.scope.parts.settings.transactionBytesMax;
  }
  @Field(() => Int, { description: 'Transactions in one `submitTransactions`.' })
  get maxTransactionsPerSubmit(): number {
    return this.scope.parts.settings.transactionsPerSubmitMax;
  }
  @Field(() => Int, { description: 'Operations at a time on one WebSocket.' })
  get maxSubscriptionsPerConnection(): number {
    return this.limits.subscriptionsPerConnectionMax;
  }
  @Field(() => Int, { description: 'Bytes of a request body or a WebSocket message.' })
  get maxRequestBytes(): number {
    return this.scope.parts.settings.requestBytesMax;
  }
  @Field(() => Int, {
    description: 'Milliseconds that a query may take; a mutation has 30 s more, to wait for a decision.',
  })
  get requestTimeoutMs(): number {
    return this.limits.operationTimeoutMs;
  }
  @Field(() => [String], { description: 'Paths in asset data and metadata that filters find fast.' })
  get payloadIndexes(): readonly string[] {
    return this.scope.parts.settings.payloadIndexes;
  }

  private get limits() {
    return this.scope.parts.limits;
  }
}
