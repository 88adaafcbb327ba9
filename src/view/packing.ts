/**
 * Decided heights on their way to the writer, in another thread or not: without the text of the block, which says
 * nothing that its transactions do not, but for its voters.
 */

import { canonicalJson } from '../codec/canonical-json.js';
import { JsonSyntaxError, parseJson } from '../codec/json-reader.js';
import type { JsonValue } from '../codec/json-value.js';
import type { DecidedHeight, StandingVote } from './view.js';

export type LateVote = StandingVote & { readonly height: number };

type DecidedBlock = NonNullable<DecidedHeight['block']>;
export type PackedTransaction = DecidedBlock['transactions'][number];

export interface PackedHeight {
  readonly height: number;
  readonly decidedAtMs: number;
  readonly block:
    | (Omit<DecidedBlock, 'text'> & {
        /** Canonical JSON of `voters`. */
        readonly voters: string;
      })
    | null;
}

/** For the same thread. */
export function packHeight({ height, decidedAtMs, block }: DecidedHeight): PackedHeight {
  if (block === null) return { height, decidedAtMs, block: null };
  const { text, ...rest } = block;
  return { height, decidedAtMs, block: { ...rest, voters: canonicalJson(readVoters(text)) } };
}

/** The same for another thread: many small strings cost more to hand over than one that is cut up again. */
export interface ShippedHeight extends Omit<PackedHeight, 'block'> {
  readonly block:
    | (Omit<NonNullable<PackedHeight['block']>, 'transactions'> & {
        readonly ids: readonly string[];
        readonly texts: string;
        readonly lengths: Uint32Array;
        /** NaN = null. */
        readonly acceptedAtMs: Float64Array;
      })
    | null;
}

export function shipHeight(decided: DecidedHeight): ShippedHeight {
  const { height, decidedAtMs, block } = packHeight(decided);
  if (block === null) return { height, decidedAtMs, block: null };
  const { transactions, ...rest } = block;
  return {
    height,
    decidedAtMs,
    block: {
      ...rest,
      ids: transactions.map(({ id }) => id),
      texts: transactions.map(({ text }) => text).join(''),
      lengths: Uint32Array.from(transactions, ({ text }) => text.length),
      acceptedAtMs: Float64Array.from(transactions, ({ acceptedAtMs }) => acceptedAtMs ?? Number.NaN),
    },
  };
}

export function unshipHeight({ height, decidedAtMs, block }: ShippedHeight): PackedHeight {
  if (block === null) return { height, decidedAtMs, block: null };
  const { ids, texts, lengths, acceptedAtMs, ...rest } = block;
  let start = 0;
  const transactions = ids.map((id, position) => {
    const end = start + (lengths[position] ?? 0);
    const text = texts.slice(start, end);
    start = end;
    const accepted = acceptedAtMs[position] ?? Number.NaN;
    return { id, text, acceptedAtMs: Number.isNaN(accepted) ? null : accepted };
  });
  return { height, decidedAtMs, block: { ...rest, transactions } };
}

const VOTERS_KEY = ',"voters":[';

/**
 * `voters` of a block's text; [] where it names none. In the canonical text of a well-formed block they come last,
 * and `,"` stands in no string, so there is no need to read up to twelve megabytes of transactions.
 */
export function readVoters(text: string): string[] {
  const start = text.lastIndexOf(VOTERS_KEY);
  const tail = start < 0 ? null : parsed(`{${text.slice(start + 1)}`);
  return votersOf(tail) ?? votersOf(parsed(text)) ?? [];
}

function votersOf(value: JsonValue): string[] | null {
  if (typeof value !== 'object' || value === null || !('voters' in value)) return null;
  const { voters } = value;
  if (!Array.isArray(voters)) return null;
  return voters.filter((voter) => typeof voter === 'string');
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return null;
    throw error;
  }
}
