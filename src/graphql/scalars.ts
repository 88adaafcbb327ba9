/**
 * The custom scalars. Each one knows its exact form, checks the length before anything else, refuses what is malformed
 * with BAD_USER_INPUT and names the specification of its form. What the node itself gives out is not checked again.
 */

import { GraphQLScalarType, Kind, type GraphQLScalarType as Scalar, type ValueNode } from 'graphql';
import { decodeBase58, decodeKey } from '../codec/base58.js';
import { SIGNATURE_BYTES } from '../codec/ed25519.js';
import { isConditionUri, isHex64 } from '../model/text-patterns.js';
import { badInput } from './errors.js';

interface TextForm {
  readonly name: string;
  readonly description: string;
  readonly specifiedByURL: string;
  /** What a value must be, for the refusal. */
  readonly form: string;
  readonly lengthMax: number;
  readonly accepts: (text: string) => boolean;
}

/** A scalar that is a JSON string of one exact form, coming in and going out. */
function textScalar(text: TextForm): Scalar<string, string> {
  const read = (value: unknown): string => {
    if (typeof value === 'string' && value.length <= text.lengthMax && text.accepts(value)) return value;
    throw badInput(`${text.name} must be ${text.form}.`);
  };
  return new GraphQLScalarType<string, string>({
    name: text.name,
    description: text.description,
    specifiedByURL: text.specifiedByURL,
    serialize: (value) => String(value),
    parseValue: read,
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : null),
  });
}

const SHA3 = 'https://doi.org/10.6028/NIST.FIPS.202';
const BASE58 = 'https://datatracker.ietf.org/doc/html/draft-msporny-base58-03';
const CONDITIONS = 'https://datatracker.ietf.org/doc/html/draft-thomas-crypto-conditions-02';

export const TransactionIdScalar = textScalar({
  name: 'TransactionId',
  description:
    'Id of a transaction: 64 lower-case hexadecimal digits, the SHA3-256 of `Transaction.canonical`.',
  specifiedByURL: SHA3,
  form: '64 lower-case hexadecimal digits',
  lengthMax: 64,
  accepts: isHex64,
});

export const BlockIdScalar = textScalar({
  name: 'BlockId',
  description: "Id of a block: 64 lower-case hexadecimal digits, the SHA3-256 of the block's canonical text.",
  specifiedByURL: SHA3,
  form: '64 lower-case hexadecimal digits',
  lengthMax: 64,
  accepts: isHex64,
});

export const PublicKeyScalar = textScalar({
  name: 'PublicKey',
  description: 'Ed25519 public key: 32 bytes in base58, 43 or 44 characters as a rule.',
  specifiedByURL: BASE58,
  form: 'an Ed25519 public key, 32 bytes in base58',
  lengthMax: 44,
  accepts: (text) => decodeKey(text) !== null,
});

export const SignatureScalar = textScalar({
  name: 'Signature',
  description: 'Ed25519 signature: 64 bytes in base58.',
  specifiedByURL: BASE58,
  form: 'an Ed25519 signature, 64 bytes in base58',
  lengthMax: 88,
  accepts: (text) => decodeBase58(text, SIGNATURE_BYTES)?.length === SIGNATURE_BYTES,
});

const AMOUNT = /^[1-9][0-9]*$/;

export const AmountScalar = textScalar({
  name: 'Amount',
  description:
    'A number of shares as a decimal string, because it may exceed what a JSON number holds: one output has 1 to 9000000000000000000, a sum may be larger. 0 only as a sum of nothing.',
  specifiedByURL: 'https://docs.bigchaindb.com/projects/server/en/v1.0.1/data-models/inputs-outputs.html',
  form: 'a decimal string from 1 on, without leading zeros',
  lengthMax: 40,
  accepts: (text) => AMOUNT.test(text),
});

const DIGITS = /^(0|[1-9][0-9]*)$/;

export const UnixTimeScalar = textScalar({
  name: 'UnixTime',
  description:
    'Seconds since 1970-01-01 UTC as a decimal string, as they stand in signed documents. The clock is the signer’s.',
  specifiedByURL: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap04.html#tag_04_16',
  form: 'a decimal string of seconds since 1970-01-01 UTC',
  lengthMax: 15,
  accepts: (text) => DIGITS.test(text),
});

export const ConditionUriScalar = textScalar({
  name: 'ConditionUri',
  description: 'URI of a crypto-condition: `ni:///sha-256;…?fpt=…&cost=…`.',
  specifiedByURL: CONDITIONS,
  form: 'the URI of an ed25519 or threshold condition',
  lengthMax: 1024,
  accepts: isConditionUri,
});

const FULFILLMENT = /^[A-Za-z0-9_-]+$/;

export const FulfillmentScalar = textScalar({
  name: 'Fulfillment',
  description: 'A crypto-condition’s fulfillment: strict DER in base64url without padding.',
  specifiedByURL: CONDITIONS,
  form: 'base64url without padding',
  lengthMax: 262_144,
  accepts: (text) => FULFILLMENT.test(text),
});

const DATE_TIME = /^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

export const DateTimeScalar = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description:
    'A time by this node’s own clock, never signed: RFC 3339 in UTC with milliseconds, like 2017-07-14T02:40:00.000Z.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => new Date(Number(value)).toISOString(),
  parseValue: readDateTime,
  parseLiteral: (node) => readDateTime(node.kind === Kind.STRING ? node.value : null),
});

function readDateTime(value: unknown): number {
  const ms = typeof value === 'string' && DATE_TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw badInput('DateTime must be RFC 3339 in UTC with milliseconds.');
  return ms;
}

export const CountScalar = new GraphQLScalarType<number, number>({
  name: 'Count',
  description: 'A whole JSON number from 0 to 2^53 - 1: heights and counts outgrow Int.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259#section-6',
  serialize: (value) => Number(value),
  parseValue: readCount,
  parseLiteral: (node: ValueNode) => readCount(node.kind === Kind.INT ? Number(node.value) : null),
});

function readCount(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw badInput('Count must be a whole number from 0 to 9007199254740991.');
}

const BASE64URL = /^[A-Za-z0-9_-]+$/;

export const CursorScalar = textScalar({
  name: 'Cursor',
  description:
    'A place in a list or in the order of the ledger. Opaque, and valid on every node: it is made of heights. Only the list it came from takes it; `Ledger.cursor` starts any subscription.',
  specifiedByURL: 'https://relay.dev/graphql/connections.htm#sec-Cursor',
  form: 'a cursor that this API gave out',
  lengthMax: 1024,
  accepts: (text) => BASE64URL.test(text),
});
