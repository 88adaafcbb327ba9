/** Help for clients without a driver: what they send and get. No private key is ever asked for. */

import { Field, InputType, Int, ObjectType } from 'type-graphql';
import type { JsonValue } from '../../codec/json-value.js';
import { JsonScalar } from '../json-scalar.js';
import {
  AmountScalar,
  ConditionUriScalar,
  PublicKeyScalar,
  SignatureScalar,
  TransactionIdScalar,
} from '../scalars.js';
import { TransactionLinkInput } from './filters.js';
import { TransactionProblem } from './submission.js';

@InputType({ description: 'An output to make.' })
export class PrepareOutputInput {
  @Field(() => [PublicKeyScalar], { description: 'Who will own it.' })
  publicKeys!: string[];

  @Field(() => Int, {
    nullable: true,
    description: 'How many of the owners must sign to spend it; all when left out.',
  })
  threshold?: number | null;

  @Field(() => AmountScalar, { nullable: true, defaultValue: '1', description: 'How many shares it holds.' })
  amount?: string | null;
}

@InputType({ description: 'A CREATE transaction to prepare.' })
export class PrepareCreateInput {
  @Field(() => JsonScalar, { nullable: true, description: 'What the asset is: an object, or null.' })
  data?: JsonValue;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What to attach to the transaction: an object that is not empty, or null.',
  })
  metadata?: JsonValue;

  @Field(() => [PublicKeyScalar], { description: 'Who creates it; all of them must sign.' })
  owners!: string[];

  @Field(() => [PrepareOutputInput], {
    nullable: true,
    description: 'Who will hold it; left out: one share for the owners together.',
  })
  outputs?: PrepareOutputInput[] | null;
}

@InputType({ description: 'A TRANSFER transaction to prepare.' })
export class PrepareTransferInput {
  @Field(() => [TransactionLinkInput], { description: 'The outputs to spend, all of one asset.' })
  spends!: TransactionLinkInput[];

  @Field(() => [PrepareOutputInput], {
    description: 'Who will hold the shares; the sum must be that of what is spent.',
  })
  outputs!: PrepareOutputInput[];

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What to attach to the transaction: an object that is not empty, or null.',
  })
  metadata?: JsonValue;
}

@InputType({ description: 'A signature over the message of a prepared transaction.' })
export class SignatureInput {
  @Field(() => Int, { description: 'The input that it is for, from 0 on.' })
  input!: number;

  @Field(() => PublicKeyScalar, { description: 'Whose signature it is.' })
  publicKey!: string;

  @Field(() => SignatureScalar, { description: 'The Ed25519 signature over the UTF-8 bytes of the message.' })
  signature!: string;
}

@ObjectType({ description: 'Whose signatures an input needs.' })
export class RequiredSigner {
  @Field(() => Int, { description: 'The input, from 0 on.' })
  readonly input: number;

  @Field(() => [PublicKeyScalar], {
    description: 'The keys that may sign; for nested conditions all keys at all levels.',
  })
  readonly publicKeys: readonly string[];

  @Field(() => Int, {
    description:
      'How many of the outermost conditions must be fulfilled; for plain keys: how many must sign.',
  })
  readonly threshold: number;

  constructor(input: number, publicKeys: readonly string[], threshold: number) {
    this.input = input;
    this.publicKeys = publicKeys;
    this.threshold = threshold;
  }
}

@ObjectType({ description: 'A transaction that only lacks its signatures.' })
export class PreparedTransaction {
  @Field(() => JsonScalar, {
    description: 'The transaction with every fulfillment null; hand it to `assembleTransaction`.',
  })
  readonly transaction: JsonValue;

  @Field(() => TransactionIdScalar, { description: 'Its id, which the signatures do not change.' })
  readonly id: string;

  @Field(() => String, { description: 'The text to sign: its UTF-8 bytes, unhashed, with Ed25519.' })
  readonly message: string;

  @Field(() => [RequiredSigner], { description: 'Who has to sign, input by input.' })
  readonly signers: readonly RequiredSigner[];

  constructor(parts: {
    readonly transaction: JsonValue;
    readonly id: string;
    readonly message: string;
    readonly signers: readonly RequiredSigner[];
  }) {
    this.transaction = parts.transaction;
    this.id = parts.id;
    this.message = parts.message;
    this.signers = parts.signers;
  }
}

@ObjectType({ description: 'A transaction with the signatures that were given.' })
export class AssembledTransaction {
  @Field(() => JsonScalar, { description: 'The transaction; fulfillments that are not complete are null.' })
  readonly transaction: JsonValue;

  @Field(() => Boolean, { description: 'Whether every input is signed: then it can be submitted.' })
  readonly complete: boolean;

  @Field(() => [RequiredSigner], { description: 'What is still missing, input by input.' })
  readonly missing: readonly RequiredSigner[];

  constructor(transaction: JsonValue, missing: readonly RequiredSigner[]) {
    this.transaction = transaction;
    this.missing = missing;
    this.complete = missing.length === 0;
  }
}

@ObjectType({ description: 'How one input stands.' })
export class InputReport {
  @Field(() => Int, { description: 'Its place, from 0 on.' })
  readonly index: number;

  @Field(() => ConditionUriScalar, {
    nullable: true,
    description:
      'The condition to fulfill: that of the output it spends, or for a CREATE that of its own signatures; null where unknown.',
  })
  readonly conditionUri: string | null;

  @Field(() => Boolean, { description: 'Whether its signatures verify and fulfill that condition.' })
  readonly satisfied: boolean;

  @Field(() => [PublicKeyScalar], {
    description: 'Keys of the condition whose signature it does not carry; for m of n not all are needed.',
  })
  readonly missingSignatures: readonly string[];

  constructor(parts: {
    readonly index: number;
    readonly conditionUri: string | null;
    readonly satisfied: boolean;
    readonly missingSignatures: readonly string[];
  }) {
    this.index = parts.index;
    this.conditionUri = parts.conditionUri;
    this.satisfied = parts.satisfied;
    this.missingSignatures = parts.missingSignatures;
  }
}

@ObjectType({
  description: 'What this node would say to a transaction if it were submitted now. Nothing is submitted.',
})
export class ValidationReport {
  @Field(() => Boolean, { description: 'Whether it would be accepted.' })
  readonly valid: boolean;

  @Field(() => [TransactionProblem], {
    description: 'The first thing that is wrong with it; empty when it is valid.',
  })
  readonly problems: readonly TransactionProblem[];

  @Field(() => TransactionIdScalar, {
    nullable: true,
    description: 'The id that belongs to its body; null when it has not the shape of a transaction.',
  })
  readonly expectedId: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The exact text whose SHA3-256 is the id; compare it with your own.',
  })
  readonly canonical: string | null;

  @Field(() => String, { nullable: true, description: 'The exact text to sign; compare it with your own.' })
  readonly signedMessage: string | null;

  @Field(() => [InputReport], {
    description: 'Its inputs, one by one; empty when it has not the shape of a transaction.',
  })
  readonly inputs: readonly InputReport[];

  constructor(parts: {
    readonly problems: readonly TransactionProblem[];
    readonly expectedId: string | null;
    readonly canonical: string | null;
    readonly signedMessage: string | null;
    readonly inputs: readonly InputReport[];
  }) {
    this.valid = parts.problems.length === 0;
    this.problems = parts.problems;
    this.expectedId = parts.expectedId;
    this.canonical = parts.canonical;
    this.signedMessage = parts.signedMessage;
    this.inputs = parts.inputs;
  }
}
