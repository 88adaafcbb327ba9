/** Transactions, their inputs and what can be said of them from their own text. */

import { Field, Int, ObjectType } from 'type-graphql';
import { sha3Hex } from '../../codec/hash.js';
import { parseJson } from '../../codec/json-reader.js';
import type { JsonValue } from '../../codec/json-value.js';
import type { TransactionStatus } from '../../ledger/ledger.js';
import { readTransactionDocument } from '../../model/outputs.js';
import { TransactionTexts } from '../../model/transaction-texts.js';
import type { InputDocument, TransactionDocument, TransactionLink } from '../../model/transaction-types.js';
import { JsonScalar } from '../json-scalar.js';
import { DateTimeScalar, FulfillmentScalar, PublicKeyScalar, TransactionIdScalar } from '../scalars.js';
import type { Scope } from '../scope.js';
import { OperationEnum, TransactionProblemCodeEnum } from './enums.js';

/** What is known of a transaction's whereabouts where it was found. */
export interface TransactionRow {
  readonly id: string;
  /** Canonical text. */
  readonly text: string;
  /** Null = it was met in a block that says nothing about it; ask the ledger. */
  readonly status: TransactionStatus | null;
  /** Of the valid block, else of the newest undecided one. */
  readonly height: number | null;
  readonly position: number | null;
  readonly acceptedAtMs: number | null;
}

@ObjectType('TransactionLink', { description: 'A pointer to an output of a transaction.' })
export class TransactionLinkObject {
  @Field(() => TransactionIdScalar, { description: 'The transaction that made the output.' })
  readonly transactionId: string;

  @Field(() => Int, { description: 'The place of the output in it, from 0 on.' })
  readonly outputIndex: number;

  constructor(link: TransactionLink) {
    this.transactionId = link.transaction_id;
    this.outputIndex = link.output_index;
  }
}

@ObjectType({ description: 'Why a transaction was refused for good.' })
export class Rejection {
  @Field(() => TransactionProblemCodeEnum, { description: 'What is wrong with it.' })
  readonly code: string;

  @Field(() => String, { description: 'A sentence for people.' })
  readonly message: string;

  @Field(() => DateTimeScalar, { description: 'When the node that refused it did so, by that node’s clock.' })
  readonly at: number;

  @Field(() => PublicKeyScalar, { description: 'The node that refused it, and signed so.' })
  readonly node: string;

  constructor(row: {
    readonly code: string;
    readonly message: string;
    readonly atMs: number;
    readonly node: string;
  }) {
    this.code = row.code;
    this.message = row.message;
    this.at = row.atMs;
    this.node = row.node;
  }
}

@ObjectType({ description: 'A signed document that makes an asset or moves shares of one.' })
export class Transaction {
  private parsed: TransactionDocument | null = null;
  private written: TransactionTexts | null = null;

  constructor(
    readonly scope: Scope,
    readonly row: TransactionRow,
  ) {}

  /** The parsed text. Throws for a text that is no transaction; see `isReadable`. */
  get shape(): TransactionDocument {
    this.parsed ??= readTransactionDocument(this.row.text);
    return this.parsed;
  }

  /** The same transaction, already parsed, for another request. */
  in(scope: Scope): Transaction {
    const same = new Transaction(scope, this.row);
    same.parsed = this.shape;
    return same;
  }

  /** An invalid block may hold anything in a transaction's place. */
  get isReadable(): boolean {
    try {
      return this.shape.id === this.row.id;
    } catch {
      return false;
    }
  }

  /** The asset it makes or moves. */
  get assetId(): string {
    const { operation, asset, id } = this.shape;
    return operation === 'TRANSFER' && typeof asset.id === 'string' ? asset.id : id;
  }

  @Field(() => TransactionIdScalar, { description: 'SHA3-256 of `canonical`.' })
  get id(): string {
    return this.row.id;
  }

  @Field(() => String, { description: 'Version of the format: 1.0.' })
  get version(): string {
    return this.shape.version;
  }

  @Field(() => OperationEnum, { description: 'What it does.' })
  get operation(): string {
    return this.shape.operation;
  }

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What its makers attached to it; null when nothing.',
  })
  get metadata(): JsonValue {
    return this.shape.metadata;
  }

  @Field(() => JsonScalar, { description: 'The whole transaction, exactly as clients exchange it.' })
  get document(): JsonValue {
    this.checkIntact();
    return parseJson(this.row.text);
  }

  @Field(() => String, { description: 'The exact text whose SHA3-256 is the id: no id, no fulfillments.' })
  get canonical(): string {
    return this.texts.hashed();
  }

  @Field(() => String, {
    description: 'The exact text that the owner of every input signs: no fulfillments.',
  })
  get signedMessage(): string {
    return this.texts.message(this.row.id);
  }

  /** What was valid when it was written and does not fit its id now has been damaged since; it is never served. */
  private checkIntact(): void {
    const { id, status } = this.row;
    if (status !== 'valid' || sha3Hex(this.texts.hashed()) === id) return;
    throw new Error(`the view's copy of transaction ${id} is damaged: rebuild the view`);
  }

  private get texts(): TransactionTexts {
    this.written ??= new TransactionTexts(this.shape);
    return this.written;
  }
}

@ObjectType({ description: 'One input of a transaction: who signs, and what is spent.' })
export class Input {
  constructor(
    readonly transaction: Transaction,
    readonly place: number,
    readonly input: InputDocument,
  ) {}

  @Field(() => Int, { description: 'Its place in the transaction, from 0 on.' })
  get index(): number {
    return this.place;
  }

  @Field(() => [PublicKeyScalar], {
    description:
      'The keys that the client named as owners before. As in 1.0.1 they are compared with nothing; who really signed is in `fulfillment`.',
  })
  get ownersBefore(): readonly string[] {
    return this.input.owners_before;
  }

  @Field(() => FulfillmentScalar, { description: 'The signatures, as a crypto-condition’s fulfillment.' })
  get fulfillment(): string {
    return this.input.fulfillment;
  }

  @Field(() => TransactionLinkObject, {
    nullable: true,
    description: 'The output that it spends; null for CREATE and GENESIS.',
  })
  get fulfills(): TransactionLinkObject | null {
    return this.input.fulfills === null ? null : new TransactionLinkObject(this.input.fulfills);
  }
}
