/** Help for clients without a driver. None of these has an effect, none takes a private key. */

import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { JsonValue } from '../../codec/json-value.js';
import { type GraphqlContext } from '../context.js';
import { JsonScalar } from '../json-scalar.js';
import { assembleTransaction, prepareCreate, prepareTransfer } from '../prepare.js';
import {
  AssembledTransaction,
  PrepareCreateInput,
  PreparedTransaction,
  PrepareTransferInput,
  SignatureInput,
  ValidationReport,
} from '../types/preparation.js';
import { validationReport } from '../validate.js';

const COST = 20;

@Resolver()
export class PreparationQueries {
  @Query(() => PreparedTransaction, {
    complexity: COST,
    description: 'A CREATE transaction that only lacks its signatures.',
  })
  prepareCreate(
    @Arg('input', () => PrepareCreateInput, { description: 'What to create, for whom.' })
    input: PrepareCreateInput,
  ): PreparedTransaction {
    return prepareCreate(input);
  }

  @Query(() => PreparedTransaction, {
    complexity: COST,
    description: 'A TRANSFER transaction that only lacks its signatures.',
  })
  prepareTransfer(
    @Ctx() { scope }: GraphqlContext,
    @Arg('input', () => PrepareTransferInput, { description: 'What to spend, and who will hold it.' })
    input: PrepareTransferInput,
  ): Promise<PreparedTransaction> {
    return prepareTransfer(scope, input);
  }

  @Query(() => AssembledTransaction, {
    complexity: COST,
    description: 'A prepared transaction with signatures put in. Nothing is submitted.',
  })
  assembleTransaction(
    @Ctx() { scope }: GraphqlContext,
    @Arg('transaction', () => JsonScalar, {
      description: 'As `prepareCreate`, `prepareTransfer` or this query gave it.',
    })
    transaction: JsonValue,
    @Arg('signatures', () => [SignatureInput], { description: 'All signatures of an input at a time.' })
    signatures: SignatureInput[],
  ): Promise<AssembledTransaction> {
    return assembleTransaction(scope, transaction, signatures);
  }

  @Query(() => ValidationReport, {
    complexity: 2 * COST,
    description: 'What this node would say to a transaction if it were submitted now. Nothing is submitted.',
  })
  validateTransaction(
    @Ctx() { scope }: GraphqlContext,
    @Arg('transaction', () => JsonScalar, {
      description: 'The transaction: an object, or its exact JSON text as a string.',
    })
    transaction: JsonValue,
  ): Promise<ValidationReport> {
    return validationReport(scope, transaction);
  }
}
