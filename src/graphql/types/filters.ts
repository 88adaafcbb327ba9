/** What lists and subscriptions are narrowed by. All given conditions must hold. */

import { Field, InputType, Int } from 'type-graphql';
import type { JsonValue } from '../../codec/json-value.js';
import { JsonScalar } from '../json-scalar.js';
import {
  AmountScalar,
  BlockIdScalar,
  PublicKeyScalar,
  TransactionIdScalar,
  UnixTimeScalar,
} from '../scalars.js';
import { BlockStatusEnum, OperationEnum, TransactionStatusEnum } from './enums.js';

@InputType({
  description:
    'A condition on asset data or metadata. Exactly one operator beside `path`, or one of `and`, `or`, `not` alone. At most 20 conditions, 5 deep. Numbers compare by value, strings by code points; values of different kinds are unequal and have no order.',
})
export class PayloadFilter {
  @Field(() => [String], {
    nullable: true,
    description: 'Keys from the root of the payload, decimal indexes for arrays; none = the root itself.',
  })
  path?: string[] | null;

  @Field(() => JsonScalar, { nullable: true, description: 'The value equals this.' })
  eq?: JsonValue;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'The value does not equal this, or there is none.',
  })
  ne?: JsonValue;

  @Field(() => [JsonScalar], { nullable: true, description: 'The value equals one of these.' })
  in?: JsonValue[] | null;

  @Field(() => JsonScalar, { nullable: true, description: 'The value is less than this.' })
  lt?: JsonValue;

  @Field(() => JsonScalar, { nullable: true, description: 'The value is at most this.' })
  lte?: JsonValue;

  @Field(() => JsonScalar, { nullable: true, description: 'The value is greater than this.' })
  gt?: JsonValue;

  @Field(() => JsonScalar, { nullable: true, description: 'The value is at least this.' })
  gte?: JsonValue;

  @Field(() => String, { nullable: true, description: 'The value is a string that starts with this.' })
  prefix?: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'An array has an element equal to this, a string has this part, an object has at least these members.',
  })
  contains?: JsonValue;

  @Field(() => Boolean, { nullable: true, description: 'Whether there is a value at all.' })
  exists?: boolean | null;

  @Field(() => [PayloadFilter], { nullable: true, description: 'All of these hold.' })
  and?: PayloadFilter[] | null;

  @Field(() => [PayloadFilter], { nullable: true, description: 'At least one of these holds.' })
  or?: PayloadFilter[] | null;

  @Field(() => PayloadFilter, { nullable: true, description: 'This does not hold.' })
  not?: PayloadFilter | null;
}

@InputType({ description: 'Which transactions to list. Valid ones, unless `status` says otherwise.' })
export class TransactionFilter {
  @Field(() => [TransactionIdScalar], { nullable: true, description: 'One of these; at most 100.' })
  ids?: string[] | null;

  @Field(() => OperationEnum, { nullable: true, description: 'What they do.' })
  operation?: 'CREATE' | 'TRANSFER' | 'GENESIS' | null;

  @Field(() => TransactionIdScalar, {
    nullable: true,
    description: 'The CREATE of this asset and every TRANSFER of it.',
  })
  assetId?: string | null;

  @Field(() => TransactionStatusEnum, {
    nullable: true,
    description:
      'VALID when left out. UNDECIDED: those in blocks this node knows of now. BACKLOG and REJECTED have no order in the ledger and are refused here: see `Ledger.backlog` and `Subscription.rejections`.',
  })
  status?: string | null;

  @Field(() => PublicKeyScalar, {
    nullable: true,
    description: 'Stands in an output, or in `ownersBefore` of an input.',
  })
  publicKey?: string | null;

  @Field(() => BlockIdScalar, { nullable: true, description: 'Stands in this block.' })
  blockId?: string | null;

  @Field(() => UnixTimeScalar, {
    nullable: true,
    description: 'The signed time of the block is later than this.',
  })
  timestampAfter?: string | null;

  @Field(() => UnixTimeScalar, {
    nullable: true,
    description: 'The signed time of the block is earlier than this.',
  })
  timestampBefore?: string | null;

  @Field(() => PayloadFilter, { nullable: true, description: 'A condition on the metadata.' })
  metadata?: PayloadFilter | null;

  @Field(() => PayloadFilter, {
    nullable: true,
    description: 'A condition on the data of the asset it creates.',
  })
  asset?: PayloadFilter | null;
}

@InputType({ description: 'Which outputs of valid transactions to list.' })
export class OutputFilter {
  @Field(() => PublicKeyScalar, {
    nullable: true,
    description: 'This key is an owner, alone or with others.',
  })
  publicKey?: string | null;

  @Field(() => TransactionIdScalar, { nullable: true, description: 'Shares of this asset.' })
  assetId?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Spent, or not, by a valid transaction.' })
  spent?: boolean | null;

  @Field(() => TransactionIdScalar, { nullable: true, description: 'Made by this transaction.' })
  transactionId?: string | null;

  @Field(() => AmountScalar, { nullable: true, description: 'Holds at least this many shares.' })
  minimumAmount?: string | null;
}

@InputType({ description: 'Which decided blocks to list.' })
export class BlockFilter {
  @Field(() => BlockStatusEnum, {
    nullable: true,
    description: 'What was decided; UNDECIDED is the genesis block.',
  })
  status?: 'valid' | 'invalid' | 'undecided' | null;

  @Field(() => PublicKeyScalar, { nullable: true, description: 'Made by this node.' })
  creator?: string | null;

  @Field(() => TransactionIdScalar, { nullable: true, description: 'Holds this transaction.' })
  transactionId?: string | null;
}

@InputType({ description: 'Which votes to list or to follow.' })
export class VoteFilter {
  @Field(() => BlockIdScalar, { nullable: true, description: 'About this block.' })
  blockId?: string | null;

  @Field(() => PublicKeyScalar, { nullable: true, description: 'Of this node.' })
  node?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'For or against.' })
  isBlockValid?: boolean | null;
}

@InputType({ description: 'Which assets to list.' })
export class AssetFilter {
  @Field(() => [TransactionIdScalar], { nullable: true, description: 'One of these; at most 100.' })
  ids?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Words anywhere in the data: any word suffices, every "phrase" must stand, -word excludes. At most 200 characters.',
  })
  search?: string | null;

  @Field(() => PublicKeyScalar, { nullable: true, description: 'Created by this key.' })
  creator?: string | null;

  @Field(() => PayloadFilter, { nullable: true, description: 'A condition on the data.' })
  data?: PayloadFilter | null;
}

@InputType({ description: 'Which transactions to be told of.' })
export class TransactionEventFilter {
  @Field(() => OperationEnum, { nullable: true, description: 'What they do.' })
  operation?: string | null;

  @Field(() => TransactionIdScalar, {
    nullable: true,
    description: 'The CREATE of this asset and every TRANSFER of it.',
  })
  assetId?: string | null;

  @Field(() => PublicKeyScalar, {
    nullable: true,
    description: 'Stands in an output, or in `ownersBefore` of an input.',
  })
  publicKey?: string | null;
}

@InputType({ description: 'Which blocks to be told of.' })
export class BlockEventFilter {
  @Field(() => BlockStatusEnum, { nullable: true, description: 'What was decided.' })
  status?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Also blocks that are not decided yet, when they become known.',
  })
  includeUndecided?: boolean | null;
}

@InputType('TransactionLinkInput', { description: 'A pointer to an output of a transaction.' })
export class TransactionLinkInput {
  @Field(() => TransactionIdScalar, { description: 'The transaction that made the output.' })
  transactionId!: string;

  @Field(() => Int, { description: 'The place of the output in it, from 0 on.' })
  outputIndex!: number;
}
