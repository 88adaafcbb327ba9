/** Generated from schema/schema.graphql and data/documents; test/support/write-operations.ts writes it anew. */

import type { JsonFloat, JsonValue } from '../../codec/json-value.js';

/** The text of an operation that takes `V` and is answered with `R`. */
export type TypedText<R, V> = string & { readonly __types?: (variables: V) => R };

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** The time that `activity` looks back over. */
export type ActivityWindow =
  /** The last day, in slices of fifteen minutes. */
  | 'DAY'
  /** The last hour, minute by minute. */
  | 'HOUR'
  /** The last minute, second by second. */
  | 'MINUTE';

/** What the federation decided about a block. */
export type BlockStatus =
  /** At least half of the federation did not find it valid. This never changes. */
  | 'INVALID'
  /** Not decided yet; for ever so for the genesis block, which is never voted on. */
  | 'UNDECIDED'
  /** A majority of the federation found it valid. This never changes. */
  | 'VALID';

/** What a transaction does. */
export type Operation =
  /** Makes an asset and its first outputs. */
  | 'CREATE'
  /** The one transaction of the first block; it never becomes valid and is never spent. */
  | 'GENESIS'
  /** Spends outputs of one asset and makes new ones of the same sum. */
  | 'TRANSFER';

/** What a process does for the federation. */
export type Role =
  /** Has no key: follows the ledger, answers and submits, never votes. */
  | 'GATEWAY'
  /** Has a key pair: makes blocks and votes. */
  | 'NODE';

/** Which transactions to be told of. */
export type TransactionEventFilter = {
  /** The CREATE of this asset and every TRANSFER of it. */
  readonly assetId?: string | null | undefined;
  /** What they do. */
  readonly operation?: Operation | null | undefined;
  /** Stands in an output, or in `ownersBefore` of an input. */
  readonly publicKey?: string | null | undefined;
};

/** Every way a transaction can be wrong or not be taken; switch on these, never on messages. */
export type TransactionProblemCode =
  /** An amount is out of range, or the sums of inputs and outputs differ. */
  | 'AMOUNT_ERROR'
  /** An input belongs to another asset. */
  | 'ASSET_ID_MISMATCH'
  /** This node takes no more transactions now. Send it again later. */
  | 'BACKLOG_FULL'
  /** An output that it spends is spent already, or by another waiting transaction. */
  | 'DOUBLE_SPEND'
  /** The same transaction stands in the ledger. */
  | 'DUPLICATE_TRANSACTION'
  /** Nobody may submit a GENESIS transaction. */
  | 'GENESIS_NOT_ALLOWED'
  /** It spends an output of a transaction that nobody knows. */
  | 'INPUT_DOES_NOT_EXIST'
  /** The id is not the hash of the body. */
  | 'INVALID_HASH'
  /** A signature is missing, does not verify, or is not that of the owner. */
  | 'INVALID_SIGNATURE'
  /** It is not in canonical form: its id would change when it is rebuilt. */
  | 'NOT_CANONICAL'
  /** It may or may not have been stored. Send the same transaction again. */
  | 'OUTCOME_UNKNOWN'
  /** The document has not the shape of a transaction. */
  | 'SCHEMA_VALIDATION'
  /** This node cannot reach its store now. Send it again later. */
  | 'STORE_UNAVAILABLE'
  /** A condition nests too many thresholds. */
  | 'THRESHOLD_TOO_DEEP'
  /** The decision did not come in time; the transaction is accepted all the same. */
  | 'TIMEOUT'
  /** The transaction is larger than this node takes. */
  | 'TOO_LARGE'
  /** It spends an output of a transaction that is not valid yet. Wait and send it again. */
  | 'TRANSACTION_NOT_IN_VALID_BLOCK';

/** How far a transaction has come. VALID is final. */
export type TransactionStatus =
  /** Accepted and on stable storage; in no block yet that could become valid. */
  | 'BACKLOG'
  /** Refused for good, with a reason. Sent again it is judged anew. */
  | 'REJECTED'
  /** In a block that the federation has not decided yet. */
  | 'UNDECIDED'
  /** In a block that was decided valid. This never changes. */
  | 'VALID';

/** What a vote counted for in the election of its block. */
export type VoteStanding =
  /** It counted. */
  | 'COUNTED'
  /** Its node signed contradicting votes for this block; it counts on both sides. */
  | 'EQUIVOCATION'
  /** Its node was no member of the federation in force at that height, or its signature is wrong. */
  | 'INELIGIBLE'
  /** Signed by a member, but not of the form of a vote: counted as invalid. */
  | 'MALFORMED';

export type AccountQueryVariables = Exact<{
  publicKey: string;
}>;


export type AccountQuery = { readonly ledger: { readonly cursor: string }, readonly account: { readonly publicKey: string, readonly balances: { readonly nodes: ReadonlyArray<{ readonly amount: string, readonly outputs: number, readonly publicKeys: ReadonlyArray<string>, readonly asset: { readonly id: string } }>, readonly pageInfo: { readonly hasNextPage: boolean } }, readonly created: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly data: JsonValue | null, readonly amount: string | null }>, readonly pageInfo: { readonly hasNextPage: boolean } } } };

export type AccountOutputsQueryVariables = Exact<{
  publicKey: string;
  spent: boolean;
  after?: string | null | undefined;
}>;


export type AccountOutputsQuery = { readonly account: { readonly outputs: { readonly nodes: ReadonlyArray<{ readonly index: number, readonly amount: string, readonly publicKeys: ReadonlyArray<string>, readonly spent: boolean, readonly asset: { readonly id: string }, readonly transaction: { readonly id: string, readonly operation: Operation, readonly decidedAt: string | null }, readonly spentBy: { readonly transaction: { readonly id: string, readonly decidedAt: string | null } } | null, readonly condition:
          | { readonly uri: string, readonly details: JsonValue }
          | { readonly uri: string, readonly details: JsonValue }
         }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } };

export type OutputLineFragment = { readonly index: number, readonly amount: string, readonly publicKeys: ReadonlyArray<string>, readonly spent: boolean, readonly asset: { readonly id: string }, readonly transaction: { readonly id: string, readonly operation: Operation, readonly decidedAt: string | null }, readonly spentBy: { readonly transaction: { readonly id: string, readonly decidedAt: string | null } } | null, readonly condition:
    | { readonly uri: string, readonly details: JsonValue }
    | { readonly uri: string, readonly details: JsonValue }
   };

export type AssetQueryVariables = Exact<{
  id: string;
}>;


export type AssetQuery = { readonly ledger: { readonly cursor: string }, readonly asset: { readonly id: string, readonly data: JsonValue | null, readonly amount: string | null, readonly createdBy: { readonly id: string, readonly status: TransactionStatus | null, readonly acceptedAt: string | null, readonly decidedAt: string | null, readonly inputs: ReadonlyArray<{ readonly ownersBefore: ReadonlyArray<string> }> } | null, readonly holders: { readonly nodes: ReadonlyArray<{ readonly publicKeys: ReadonlyArray<string>, readonly amount: string, readonly outputs: number }>, readonly pageInfo: { readonly hasNextPage: boolean } }, readonly history: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly id: string, readonly operation: Operation, readonly status: TransactionStatus | null, readonly decidedAt: string | null, readonly asset: { readonly id: string }, readonly block: { readonly height: number } | null, readonly inputs: ReadonlyArray<{ readonly ownersBefore: ReadonlyArray<string> }>, readonly outputs: ReadonlyArray<{ readonly amount: string, readonly publicKeys: ReadonlyArray<string> }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type AssetHistoryQueryVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type AssetHistoryQuery = { readonly asset: { readonly history: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly operation: Operation, readonly status: TransactionStatus | null, readonly decidedAt: string | null, readonly asset: { readonly id: string }, readonly block: { readonly height: number } | null, readonly inputs: ReadonlyArray<{ readonly ownersBefore: ReadonlyArray<string> }>, readonly outputs: ReadonlyArray<{ readonly amount: string, readonly publicKeys: ReadonlyArray<string> }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type ProvenanceQueryVariables = Exact<{
  id: string;
}>;


export type ProvenanceQuery = { readonly asset: { readonly provenance: { readonly truncated: boolean, readonly steps: ReadonlyArray<{ readonly distance: number, readonly transaction: { readonly id: string, readonly operation: Operation, readonly status: TransactionStatus | null, readonly decidedAt: string | null, readonly inputs: ReadonlyArray<{ readonly fulfills: { readonly transactionId: string, readonly outputIndex: number } | null }>, readonly outputs: ReadonlyArray<{ readonly index: number, readonly amount: string, readonly publicKeys: ReadonlyArray<string>, readonly spent: boolean }> } }> } } | null };

export type ValidTransactionsSubscriptionVariables = Exact<{
  filter?: TransactionEventFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type ValidTransactionsSubscription = { readonly validTransactions: { readonly cursor: string } };

export type BlockQueryVariables = Exact<{
  id?: string | null | undefined;
  height?: number | null | undefined;
}>;


export type BlockQuery = { readonly block: { readonly id: string, readonly height: number, readonly status: BlockStatus, readonly timestamp: string, readonly decidedAt: string | null, readonly transactionCount: number, readonly signature: string, readonly voters: ReadonlyArray<string>, readonly creator: { readonly publicKey: string, readonly isMe: boolean, readonly inFederation: boolean }, readonly election: { readonly status: BlockStatus, readonly eligibleVoters: number, readonly validVotes: number, readonly invalidVotes: number, readonly previousBlockId: string | null, readonly awaiting: ReadonlyArray<string> }, readonly votes: ReadonlyArray<{ readonly signature: string, readonly isBlockValid: boolean, readonly invalidReason: string | null, readonly previousBlockId: string | null, readonly timestamp: string | null, readonly standing: VoteStanding, readonly late: boolean, readonly node: { readonly publicKey: string, readonly isMe: boolean, readonly inFederation: boolean } }>, readonly transactions: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly operation: Operation, readonly status: TransactionStatus | null, readonly position: number | null, readonly asset: { readonly id: string }, readonly outputs: ReadonlyArray<{ readonly amount: string, readonly publicKeys: ReadonlyArray<string> }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type BlockTransactionsPageQueryVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type BlockTransactionsPageQuery = { readonly block: { readonly transactions: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly operation: Operation, readonly status: TransactionStatus | null, readonly position: number | null, readonly asset: { readonly id: string }, readonly outputs: ReadonlyArray<{ readonly amount: string, readonly publicKeys: ReadonlyArray<string> }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type BlockListQueryVariables = Exact<{
  after?: string | null | undefined;
  status?: BlockStatus | null | undefined;
}>;


export type BlockListQuery = { readonly blocks: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly height: number, readonly status: BlockStatus, readonly timestamp: string, readonly decidedAt: string | null, readonly transactionCount: number, readonly creator: { readonly publicKey: string, readonly isMe: boolean }, readonly election: { readonly eligibleVoters: number, readonly validVotes: number, readonly invalidVotes: number } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type BlockTransactionsFragment = { readonly nodes: ReadonlyArray<{ readonly id: string, readonly operation: Operation, readonly status: TransactionStatus | null, readonly position: number | null, readonly asset: { readonly id: string }, readonly outputs: ReadonlyArray<{ readonly amount: string, readonly publicKeys: ReadonlyArray<string> }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } };

export type VoteLineFragment = { readonly signature: string, readonly isBlockValid: boolean, readonly invalidReason: string | null, readonly previousBlockId: string | null, readonly timestamp: string | null, readonly standing: VoteStanding, readonly late: boolean, readonly node: { readonly publicKey: string, readonly isMe: boolean, readonly inFederation: boolean } };

export type SpendableOutputsQueryVariables = Exact<{
  publicKey: string;
}>;


export type SpendableOutputsQuery = { readonly ledger: { readonly cursor: string }, readonly account: { readonly outputs: { readonly nodes: ReadonlyArray<{ readonly index: number, readonly amount: string, readonly publicKeys: ReadonlyArray<string>, readonly condition:
          | { readonly details: JsonValue }
          | { readonly details: JsonValue }
        , readonly asset: { readonly id: string, readonly data: JsonValue | null }, readonly transaction: { readonly id: string } }>, readonly pageInfo: { readonly hasNextPage: boolean } } } };

export type SubmitMutationVariables = Exact<{
  transaction: JsonValue;
}>;


export type SubmitMutation = { readonly submitTransaction: { readonly id: string | null, readonly status: TransactionStatus | null, readonly retryable: boolean, readonly problems: ReadonlyArray<{ readonly code: TransactionProblemCode, readonly message: string }> } };

export type FederationQueryVariables = Exact<{ [key: string]: never; }>;


export type FederationQuery = { readonly ledger: { readonly height: number }, readonly federation: { readonly me: { readonly publicKey: string } | null, readonly members: ReadonlyArray<{ readonly publicKey: string, readonly isMe: boolean, readonly inFederation: boolean, readonly lastVotedAt: string | null, readonly heightsBehind: number | null, readonly lastVote: { readonly blockId: string, readonly isBlockValid: boolean, readonly block: { readonly height: number, readonly status: BlockStatus } | null } | null, readonly evidence: ReadonlyArray<{ readonly blockId: string, readonly votes: ReadonlyArray<JsonValue> }> }> }, readonly against: { readonly nodes: ReadonlyArray<{ readonly signature: string, readonly blockId: string, readonly isBlockValid: boolean, readonly standing: VoteStanding, readonly late: boolean, readonly timestamp: string | null, readonly node: { readonly publicKey: string }, readonly block: { readonly height: number, readonly status: BlockStatus } | null }> }, readonly invalid: { readonly nodes: ReadonlyArray<{ readonly votes: ReadonlyArray<{ readonly signature: string, readonly blockId: string, readonly isBlockValid: boolean, readonly standing: VoteStanding, readonly late: boolean, readonly timestamp: string | null, readonly node: { readonly publicKey: string }, readonly block: { readonly height: number, readonly status: BlockStatus } | null }> }> } };

export type JudgedVoteFragment = { readonly signature: string, readonly blockId: string, readonly isBlockValid: boolean, readonly standing: VoteStanding, readonly late: boolean, readonly timestamp: string | null, readonly node: { readonly publicKey: string }, readonly block: { readonly height: number, readonly status: BlockStatus } | null };

export type NodeStatusQueryVariables = Exact<{ [key: string]: never; }>;


export type NodeStatusQuery = { readonly status: { readonly version: string, readonly role: Role, readonly publicKey: string | null, readonly ready: boolean, readonly reasons: ReadonlyArray<string>, readonly store: string, readonly viewHeight: number, readonly storeHeight: number, readonly queues: ReadonlyArray<{ readonly name: string, readonly length: number, readonly limit: number }> }, readonly ledger: { readonly height: number, readonly transactionCount: number, readonly blockCount: number, readonly voteCount: number, readonly assetCount: number, readonly genesis: { readonly id: string, readonly timestamp: string } | null, readonly backlog: { readonly count: number, readonly oldestSeconds: number | JsonFloat | null } } };

export type ServiceConfigQueryVariables = Exact<{ [key: string]: never; }>;


export type ServiceConfigQuery = { readonly serviceConfig: { readonly maxTransactionBytes: number, readonly maxTransactionsPerSubmit: number, readonly maxRequestBytes: number, readonly requestTimeoutMs: number, readonly defaultPageSize: number, readonly maxPageSize: number, readonly maxCost: number, readonly maxDepth: number, readonly maxTokens: number, readonly maxDocumentBytes: number, readonly maxAliases: number, readonly maxRootFields: number, readonly maxSubscriptionsPerConnection: number, readonly payloadIndexes: ReadonlyArray<string> } };

export type NowQueryVariables = Exact<{
  blocks: number;
}>;


export type NowQuery = { readonly ledger: { readonly height: number, readonly cursor: string, readonly transactionCount: number, readonly assetCount: number, readonly backlog: { readonly count: number, readonly oldestSeconds: number | JsonFloat | null } }, readonly blocks: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly height: number, readonly status: BlockStatus, readonly timestamp: string, readonly decidedAt: string | null, readonly transactionCount: number, readonly creator: { readonly publicKey: string, readonly isMe: boolean }, readonly election: { readonly eligibleVoters: number, readonly validVotes: number, readonly invalidVotes: number } }> } };

export type BlockAtHeightQueryVariables = Exact<{
  height: number;
}>;


export type BlockAtHeightQuery = { readonly block: { readonly id: string, readonly height: number, readonly status: BlockStatus, readonly timestamp: string, readonly decidedAt: string | null, readonly transactionCount: number, readonly creator: { readonly publicKey: string, readonly isMe: boolean }, readonly election: { readonly eligibleVoters: number, readonly validVotes: number, readonly invalidVotes: number } } | null };

export type ActivityQueryVariables = Exact<{
  window: ActivityWindow;
}>;


export type ActivityQuery = { readonly activity: ReadonlyArray<{ readonly from: string, readonly transactions: number, readonly blocks: number, readonly rejections: number, readonly acceptedToValidMs: number | JsonFloat | null }> };

export type LatestRejectionsQueryVariables = Exact<{ [key: string]: never; }>;


export type LatestRejectionsQuery = { readonly rejections: ReadonlyArray<{ readonly cursor: string, readonly transactionId: string, readonly rejection: { readonly code: TransactionProblemCode, readonly message: string, readonly at: string } }> };

export type LatestTransactionsQueryVariables = Exact<{ [key: string]: never; }>;


export type LatestTransactionsQuery = { readonly transactions: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly operation: Operation, readonly status: TransactionStatus | null, readonly decidedAt: string | null, readonly asset: { readonly id: string }, readonly block: { readonly height: number } | null, readonly inputs: ReadonlyArray<{ readonly ownersBefore: ReadonlyArray<string> }>, readonly outputs: ReadonlyArray<{ readonly amount: string, readonly publicKeys: ReadonlyArray<string> }> }> } };

export type BlocksSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type BlocksSubscription = { readonly blocks: { readonly cursor: string | null, readonly block: { readonly id: string, readonly height: number, readonly status: BlockStatus, readonly timestamp: string, readonly decidedAt: string | null, readonly transactionCount: number, readonly creator: { readonly publicKey: string, readonly isMe: boolean }, readonly election: { readonly eligibleVoters: number, readonly validVotes: number, readonly invalidVotes: number } } } };

export type BacklogSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type BacklogSubscription = { readonly backlog: { readonly count: number, readonly oldestSeconds: number | JsonFloat | null } };

export type RejectionsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type RejectionsSubscription = { readonly rejections: { readonly cursor: string, readonly transactionId: string } };

export type StripBlockFragment = { readonly id: string, readonly height: number, readonly status: BlockStatus, readonly timestamp: string, readonly decidedAt: string | null, readonly transactionCount: number, readonly creator: { readonly publicKey: string, readonly isMe: boolean }, readonly election: { readonly eligibleVoters: number, readonly validVotes: number, readonly invalidVotes: number } };

export type TransactionLineFragment = { readonly id: string, readonly operation: Operation, readonly status: TransactionStatus | null, readonly decidedAt: string | null, readonly asset: { readonly id: string }, readonly block: { readonly height: number } | null, readonly inputs: ReadonlyArray<{ readonly ownersBefore: ReadonlyArray<string> }>, readonly outputs: ReadonlyArray<{ readonly amount: string, readonly publicKeys: ReadonlyArray<string> }> };

export type SearchQueryVariables = Exact<{
  text: string;
}>;


export type SearchQuery = { readonly search: ReadonlyArray<
    | { readonly __typename: 'Account', readonly publicKey: string }
    | { readonly __typename: 'Asset', readonly data: JsonValue | null, readonly amount: string | null, readonly assetId: string }
    | { readonly __typename: 'Block', readonly height: number, readonly transactionCount: number, readonly blockId: string, readonly blockStatus: BlockStatus }
    | { readonly __typename: 'Transaction', readonly id: string, readonly operation: Operation, readonly status: TransactionStatus | null }
  > };

export type TransactionQueryVariables = Exact<{
  id: string;
}>;


export type TransactionQuery = { readonly transaction: { readonly id: string, readonly version: string, readonly operation: Operation, readonly status: TransactionStatus | null, readonly acceptedAt: string | null, readonly decidedAt: string | null, readonly position: number | null, readonly document: JsonValue, readonly asset: { readonly id: string }, readonly block: { readonly id: string, readonly height: number, readonly status: BlockStatus, readonly timestamp: string, readonly decidedAt: string | null, readonly election: { readonly eligibleVoters: number, readonly validVotes: number, readonly invalidVotes: number } } | null, readonly blocks: ReadonlyArray<{ readonly id: string, readonly height: number, readonly status: BlockStatus }>, readonly inputs: ReadonlyArray<{ readonly index: number, readonly ownersBefore: ReadonlyArray<string>, readonly fulfills: { readonly transactionId: string, readonly outputIndex: number } | null, readonly spends: { readonly amount: string, readonly publicKeys: ReadonlyArray<string> } | null }>, readonly outputs: ReadonlyArray<{ readonly index: number, readonly amount: string, readonly publicKeys: ReadonlyArray<string>, readonly spent: boolean, readonly spentBy: { readonly transaction: { readonly id: string } } | null, readonly condition:
        | { readonly uri: string, readonly details: JsonValue }
        | { readonly uri: string, readonly details: JsonValue }
       }> } | null, readonly rejection: { readonly code: TransactionProblemCode, readonly message: string, readonly at: string, readonly node: string } | null };

export type AssetDataQueryVariables = Exact<{
  id: string;
}>;


export type AssetDataQuery = { readonly asset: { readonly data: JsonValue | null } | null };

export type DocumentsQueryVariables = Exact<{
  ids: ReadonlyArray<string> | string;
}>;


export type DocumentsQuery = { readonly transactionsById: ReadonlyArray<{ readonly id: string, readonly document: JsonValue } | null> };

export type TransactionStatusSubscriptionVariables = Exact<{
  id: string;
}>;


export type TransactionStatusSubscription = { readonly transactionStatus: { readonly status: TransactionStatus, readonly rejection: { readonly code: TransactionProblemCode, readonly message: string } | null } };

export type WholeTransactionFragment = { readonly id: string, readonly version: string, readonly operation: Operation, readonly status: TransactionStatus | null, readonly acceptedAt: string | null, readonly decidedAt: string | null, readonly position: number | null, readonly document: JsonValue, readonly asset: { readonly id: string }, readonly block: { readonly id: string, readonly height: number, readonly status: BlockStatus, readonly timestamp: string, readonly decidedAt: string | null, readonly election: { readonly eligibleVoters: number, readonly validVotes: number, readonly invalidVotes: number } } | null, readonly blocks: ReadonlyArray<{ readonly id: string, readonly height: number, readonly status: BlockStatus }>, readonly inputs: ReadonlyArray<{ readonly index: number, readonly ownersBefore: ReadonlyArray<string>, readonly fulfills: { readonly transactionId: string, readonly outputIndex: number } | null, readonly spends: { readonly amount: string, readonly publicKeys: ReadonlyArray<string> } | null }>, readonly outputs: ReadonlyArray<{ readonly index: number, readonly amount: string, readonly publicKeys: ReadonlyArray<string>, readonly spent: boolean, readonly spentBy: { readonly transaction: { readonly id: string } } | null, readonly condition:
      | { readonly uri: string, readonly details: JsonValue }
      | { readonly uri: string, readonly details: JsonValue }
     }> };

export const AccountText: TypedText<AccountQuery, AccountQueryVariables> =
  "query Account($publicKey:PublicKey!){ledger{cursor}account(publicKey:$publicKey){publicKey balances(first:50){nodes{amount outputs publicKeys asset{id}}pageInfo{hasNextPage}}created(first:10){nodes{id data amount}pageInfo{hasNextPage}}}}";
export const AccountOutputsText: TypedText<AccountOutputsQuery, AccountOutputsQueryVariables> =
  "query AccountOutputs($publicKey:PublicKey!$spent:Boolean!$after:Cursor){account(publicKey:$publicKey){outputs(spent:$spent first:25 after:$after){nodes{...OutputLine}pageInfo{hasNextPage endCursor}}}}fragment OutputLine on Output{index amount publicKeys spent asset{id}transaction{id operation decidedAt}spentBy{transaction{id decidedAt}}condition{uri details}}";
export const AssetText: TypedText<AssetQuery, AssetQueryVariables> =
  "query Asset($id:TransactionId!){ledger{cursor}asset(id:$id){id data amount createdBy{id status acceptedAt decidedAt inputs{ownersBefore}}holders(first:100){nodes{publicKeys amount outputs}pageInfo{hasNextPage}}history(first:20){nodes{...TransactionLine}totalCount pageInfo{hasNextPage endCursor}}}}fragment TransactionLine on Transaction{id operation status decidedAt asset{id}block{height}inputs{ownersBefore}outputs{amount publicKeys}}";
export const AssetHistoryText: TypedText<AssetHistoryQuery, AssetHistoryQueryVariables> =
  "query AssetHistory($id:TransactionId!$after:Cursor){asset(id:$id){history(first:100 after:$after){nodes{...TransactionLine}pageInfo{hasNextPage endCursor}}}}fragment TransactionLine on Transaction{id operation status decidedAt asset{id}block{height}inputs{ownersBefore}outputs{amount publicKeys}}";
export const ProvenanceText: TypedText<ProvenanceQuery, ProvenanceQueryVariables> =
  "query Provenance($id:TransactionId!){asset(id:$id){provenance(direction:DESCENDANTS depth:100){truncated steps{distance transaction{id operation status decidedAt inputs{fulfills{transactionId outputIndex}}outputs{index amount publicKeys spent}}}}}}";
export const ValidTransactionsText: TypedText<ValidTransactionsSubscription, ValidTransactionsSubscriptionVariables> =
  "subscription ValidTransactions($filter:TransactionEventFilter$after:Cursor){validTransactions(filter:$filter after:$after){cursor}}";
export const BlockText: TypedText<BlockQuery, BlockQueryVariables> =
  "query Block($id:BlockId$height:Count){block(id:$id height:$height){id height status timestamp decidedAt transactionCount signature voters creator{publicKey isMe inFederation}election{status eligibleVoters validVotes invalidVotes previousBlockId awaiting}votes{...VoteLine}transactions(first:100){...BlockTransactions}}}fragment VoteLine on Vote{signature isBlockValid invalidReason previousBlockId timestamp standing late node{publicKey isMe inFederation}}fragment BlockTransactions on TransactionConnection{nodes{id operation status position asset{id}outputs{amount publicKeys}}pageInfo{hasNextPage endCursor}}";
export const BlockTransactionsPageText: TypedText<BlockTransactionsPageQuery, BlockTransactionsPageQueryVariables> =
  "query BlockTransactionsPage($id:BlockId!$after:Cursor){block(id:$id){transactions(first:100 after:$after){...BlockTransactions}}}fragment BlockTransactions on TransactionConnection{nodes{id operation status position asset{id}outputs{amount publicKeys}}pageInfo{hasNextPage endCursor}}";
export const BlockListText: TypedText<BlockListQuery, BlockListQueryVariables> =
  "query BlockList($after:Cursor$status:BlockStatus){blocks(first:50 after:$after filter:{status:$status}){nodes{...StripBlock}pageInfo{hasNextPage endCursor}}}fragment StripBlock on Block{id height status timestamp decidedAt transactionCount creator{publicKey isMe}election{eligibleVoters validVotes invalidVotes}}";
export const SpendableOutputsText: TypedText<SpendableOutputsQuery, SpendableOutputsQueryVariables> =
  "query SpendableOutputs($publicKey:PublicKey!){ledger{cursor}account(publicKey:$publicKey){outputs(spent:false first:100){nodes{index amount publicKeys condition{details}asset{id data}transaction{id}}pageInfo{hasNextPage}}}}";
export const SubmitText: TypedText<SubmitMutation, SubmitMutationVariables> =
  "mutation Submit($transaction:JSON!){submitTransaction(input:{transaction:$transaction wait:ACCEPTED}){id status retryable problems{code message}}}";
export const FederationText: TypedText<FederationQuery, FederationQueryVariables> =
  "query Federation{ledger{height}federation{me{publicKey}members{publicKey isMe inFederation lastVotedAt heightsBehind lastVote{blockId isBlockValid block{height status}}evidence{blockId votes}}}against:votes(filter:{isBlockValid:false}first:100){nodes{...JudgedVote}}invalid:blocks(filter:{status:INVALID}first:20){nodes{votes{...JudgedVote}}}}fragment JudgedVote on Vote{signature blockId isBlockValid standing late timestamp node{publicKey}block{height status}}";
export const NodeStatusText: TypedText<NodeStatusQuery, NodeStatusQueryVariables> =
  "query NodeStatus{status{version role publicKey ready reasons store viewHeight storeHeight queues{name length limit}}ledger{height transactionCount blockCount voteCount assetCount genesis{id timestamp}backlog{count oldestSeconds}}}";
export const ServiceConfigText: TypedText<ServiceConfigQuery, ServiceConfigQueryVariables> =
  "query ServiceConfig{serviceConfig{maxTransactionBytes maxTransactionsPerSubmit maxRequestBytes requestTimeoutMs defaultPageSize maxPageSize maxCost maxDepth maxTokens maxDocumentBytes maxAliases maxRootFields maxSubscriptionsPerConnection payloadIndexes}}";
export const NowText: TypedText<NowQuery, NowQueryVariables> =
  "query Now($blocks:Int!){ledger{height cursor transactionCount assetCount backlog{count oldestSeconds}}blocks(first:$blocks){nodes{...StripBlock}}}fragment StripBlock on Block{id height status timestamp decidedAt transactionCount creator{publicKey isMe}election{eligibleVoters validVotes invalidVotes}}";
export const BlockAtHeightText: TypedText<BlockAtHeightQuery, BlockAtHeightQueryVariables> =
  "query BlockAtHeight($height:Count!){block(height:$height){...StripBlock}}fragment StripBlock on Block{id height status timestamp decidedAt transactionCount creator{publicKey isMe}election{eligibleVoters validVotes invalidVotes}}";
export const ActivityText: TypedText<ActivityQuery, ActivityQueryVariables> =
  "query Activity($window:ActivityWindow!){activity(window:$window){from transactions blocks rejections acceptedToValidMs}}";
export const LatestRejectionsText: TypedText<LatestRejectionsQuery, LatestRejectionsQueryVariables> =
  "query LatestRejections{rejections(first:6){cursor transactionId rejection{code message at}}}";
export const LatestTransactionsText: TypedText<LatestTransactionsQuery, LatestTransactionsQueryVariables> =
  "query LatestTransactions{transactions(first:8){nodes{...TransactionLine}}}fragment TransactionLine on Transaction{id operation status decidedAt asset{id}block{height}inputs{ownersBefore}outputs{amount publicKeys}}";
export const BlocksText: TypedText<BlocksSubscription, BlocksSubscriptionVariables> =
  "subscription Blocks($after:Cursor){blocks(after:$after filter:{includeUndecided:true}){cursor block{...StripBlock}}}fragment StripBlock on Block{id height status timestamp decidedAt transactionCount creator{publicKey isMe}election{eligibleVoters validVotes invalidVotes}}";
export const BacklogText: TypedText<BacklogSubscription, BacklogSubscriptionVariables> =
  "subscription Backlog{backlog{count oldestSeconds}}";
export const RejectionsText: TypedText<RejectionsSubscription, RejectionsSubscriptionVariables> =
  "subscription Rejections($after:Cursor){rejections(after:$after){cursor transactionId}}";
export const SearchText: TypedText<SearchQuery, SearchQueryVariables> =
  "query Search($text:String!){search(text:$text first:20){__typename ...on Transaction{id operation status}...on Block{blockId:id height blockStatus:status transactionCount}...on Asset{assetId:id data amount}...on Account{publicKey}}}";
export const TransactionText: TypedText<TransactionQuery, TransactionQueryVariables> =
  "query Transaction($id:TransactionId!){transaction(id:$id){...WholeTransaction}rejection(id:$id){code message at node}}fragment WholeTransaction on Transaction{id version operation status acceptedAt decidedAt position document asset{id}block{id height status timestamp decidedAt election{eligibleVoters validVotes invalidVotes}}blocks{id height status}inputs{index ownersBefore fulfills{transactionId outputIndex}spends{amount publicKeys}}outputs{index amount publicKeys spent spentBy{transaction{id}}condition{uri details}}}";
export const AssetDataText: TypedText<AssetDataQuery, AssetDataQueryVariables> =
  "query AssetData($id:TransactionId!){asset(id:$id){data}}";
export const DocumentsText: TypedText<DocumentsQuery, DocumentsQueryVariables> =
  "query Documents($ids:[TransactionId!]!){transactionsById(ids:$ids){id document}}";
export const TransactionStatusText: TypedText<TransactionStatusSubscription, TransactionStatusSubscriptionVariables> =
  "subscription TransactionStatus($id:TransactionId!){transactionStatus(id:$id){status rejection{code message}}}";
