/** The enums. Inside, every value is the word that the ledger itself uses. */

import { registerEnumType } from 'type-graphql';
import type { ProblemCode } from '../../model/errors.js';

export const OperationEnum = { CREATE: 'CREATE', TRANSFER: 'TRANSFER', GENESIS: 'GENESIS' } as const;
registerEnumType(OperationEnum, {
  name: 'Operation',
  description: 'What a transaction does.',
  valuesConfig: {
    CREATE: { description: 'Makes an asset and its first outputs.' },
    TRANSFER: { description: 'Spends outputs of one asset and makes new ones of the same sum.' },
    GENESIS: {
      description: 'The one transaction of the first block; it never becomes valid and is never spent.',
    },
  },
});

export const TransactionStatusEnum = {
  BACKLOG: 'backlog',
  UNDECIDED: 'undecided',
  VALID: 'valid',
  REJECTED: 'rejected',
} as const;
registerEnumType(TransactionStatusEnum, {
  name: 'TransactionStatus',
  description: 'How far a transaction has come. VALID is final.',
  valuesConfig: {
    BACKLOG: { description: 'Accepted and on stable storage; in no block yet that could become valid.' },
    UNDECIDED: { description: 'In a block that the federation has not decided yet.' },
    VALID: { description: 'In a block that was decided valid. This never changes.' },
    REJECTED: { description: 'Refused for good, with a reason. Sent again it is judged anew.' },
  },
});

export const BlockStatusEnum = { UNDECIDED: 'undecided', VALID: 'valid', INVALID: 'invalid' } as const;
registerEnumType(BlockStatusEnum, {
  name: 'BlockStatus',
  description: 'What the federation decided about a block.',
  valuesConfig: {
    UNDECIDED: {
      description: 'Not decided yet; for ever so for the genesis block, which is never voted on.',
    },
    VALID: { description: 'A majority of the federation found it valid. This never changes.' },
    INVALID: { description: 'At least half of the federation did not find it valid. This never changes.' },
  },
});

export const LedgerOrderEnum = { NEWEST_FIRST: 'NEWEST_FIRST', OLDEST_FIRST: 'OLDEST_FIRST' } as const;
registerEnumType(LedgerOrderEnum, {
  name: 'LedgerOrder',
  description:
    'Which end of the ledger a list starts from. The order is that of heights, the same on every node.',
  valuesConfig: {
    NEWEST_FIRST: { description: 'The highest first.' },
    OLDEST_FIRST: { description: 'The lowest first.' },
  },
});

export const AssetOrderEnum = { ...LedgerOrderEnum, RELEVANCE: 'RELEVANCE' } as const;
registerEnumType(AssetOrderEnum, {
  name: 'AssetOrder',
  description: 'Order of a list of assets.',
  valuesConfig: {
    NEWEST_FIRST: { description: 'The latest created first.' },
    OLDEST_FIRST: { description: 'The first created first.' },
    RELEVANCE: {
      description: 'The best match first; only together with `filter.search`, at most 1,000 hits.',
    },
  },
});

export const VoteStandingEnum = {
  COUNTED: 'counted',
  INELIGIBLE: 'ineligible',
  MALFORMED: 'malformed',
  EQUIVOCATION: 'equivocation',
} as const;
registerEnumType(VoteStandingEnum, {
  name: 'VoteStanding',
  description: 'What a vote counted for in the election of its block.',
  valuesConfig: {
    COUNTED: { description: 'It counted.' },
    INELIGIBLE: {
      description:
        'Its node was no member of the federation in force at that height, or its signature is wrong.',
    },
    MALFORMED: { description: 'Signed by a member, but not of the form of a vote: counted as invalid.' },
    EQUIVOCATION: {
      description: 'Its node signed contradicting votes for this block; it counts on both sides.',
    },
  },
});

export const ProvenanceDirectionEnum = { ANCESTORS: 'ANCESTORS', DESCENDANTS: 'DESCENDANTS' } as const;
registerEnumType(ProvenanceDirectionEnum, {
  name: 'ProvenanceDirection',
  description: 'Which way to follow outputs.',
  valuesConfig: {
    ANCESTORS: { description: 'Where the shares came from: from spending to spent transactions.' },
    DESCENDANTS: { description: 'Where the shares went: from spent to spending transactions.' },
  },
});

export const WaitForEnum = { ACCEPTED: 'accepted', DECIDED: 'decided' } as const;
registerEnumType(WaitForEnum, {
  name: 'WaitFor',
  description: 'How long a submission waits before it answers.',
  valuesConfig: {
    ACCEPTED: { description: 'Until the transaction is on stable storage.' },
    DECIDED: { description: 'Until it is VALID or REJECTED, or the time is up.' },
  },
});

export const RoleEnum = { NODE: 'node', GATEWAY: 'gateway' } as const;
registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What a process does for the federation.',
  valuesConfig: {
    NODE: { description: 'Has a key pair: makes blocks and votes.' },
    GATEWAY: { description: 'Has no key: follows the ledger, answers and submits, never votes.' },
  },
});

export const ActivityWindowEnum = { MINUTE: 'MINUTE', HOUR: 'HOUR', DAY: 'DAY' } as const;
registerEnumType(ActivityWindowEnum, {
  name: 'ActivityWindow',
  description: 'The time that `activity` looks back over.',
  valuesConfig: {
    MINUTE: { description: 'The last minute, second by second.' },
    HOUR: { description: 'The last hour, minute by minute.' },
    DAY: { description: 'The last day, in slices of fifteen minutes.' },
  },
});

const PROBLEMS: Record<ProblemCode, string> = {
  SCHEMA_VALIDATION: 'The document has not the shape of a transaction.',
  INVALID_HASH: 'The id is not the hash of the body.',
  INVALID_SIGNATURE: 'A signature is missing, does not verify, or is not that of the owner.',
  AMOUNT_ERROR: 'An amount is out of range, or the sums of inputs and outputs differ.',
  ASSET_ID_MISMATCH: 'An input belongs to another asset.',
  DOUBLE_SPEND: 'An output that it spends is spent already, or by another waiting transaction.',
  DUPLICATE_TRANSACTION: 'The same transaction stands in the ledger.',
  INPUT_DOES_NOT_EXIST: 'It spends an output of a transaction that nobody knows.',
  TRANSACTION_NOT_IN_VALID_BLOCK:
    'It spends an output of a transaction that is not valid yet. Wait and send it again.',
  THRESHOLD_TOO_DEEP: 'A condition nests too many thresholds.',
  GENESIS_NOT_ALLOWED: 'Nobody may submit a GENESIS transaction.',
  TOO_LARGE: 'The transaction is larger than this node takes.',
  NOT_CANONICAL: 'It is not in canonical form: its id would change when it is rebuilt.',
  BACKLOG_FULL: 'This node takes no more transactions now. Send it again later.',
  STORE_UNAVAILABLE: 'This node cannot reach its store now. Send it again later.',
  OUTCOME_UNKNOWN: 'It may or may not have been stored. Send the same transaction again.',
  TIMEOUT: 'The decision did not come in time; the transaction is accepted all the same.',
};

export const TransactionProblemCodeEnum = Object.fromEntries(
  Object.keys(PROBLEMS).map((code) => [code, code]),
) as { readonly [Code in ProblemCode]: Code };
registerEnumType(TransactionProblemCodeEnum, {
  name: 'TransactionProblemCode',
  description: 'Every way a transaction can be wrong or not be taken; switch on these, never on messages.',
  valuesConfig: Object.fromEntries(
    Object.entries(PROBLEMS).map(([code, description]) => [code, { description }]),
  ),
});
