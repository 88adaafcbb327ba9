/**
 * One wrong transaction of every class that a door must refuse, made from something that is right: each is wrong in one
 * way only. None of them may ever be acknowledged or stand in a valid block.
 */

import type { JsonObject } from '../../src/codec/json-value.js';
import {
  create,
  documentOf,
  inputsOf,
  outputsOf,
  resigned,
  spend,
  textOf,
  to,
  transfer,
} from '../support/transactions.js';
import type { Holding } from './actors.js';

export interface WrongTransaction {
  readonly what: string;
  readonly text: string;
}

/** `holding` is an output of a transaction that the ledger may or may not know yet. */
type Make = (holding: Holding, serial: number) => string;

const NOBODY = 'f'.repeat(64);

function resignedBy(document: JsonObject, { owners, threshold, transaction, index }: Holding): string {
  return textOf(
    resigned(document, owners.slice(0, threshold), transaction.outputs[index]?.condition.details),
  );
}

/** A right transfer of the whole holding. */
function right({ transaction, index, owners, threshold, assetId, amount }: Holding, serial: number) {
  const input = spend(transaction, index, owners.slice(0, threshold));
  return transfer(assetId, [input], [to('mallory', amount)], { wrong: serial });
}

/** The right transfer with some of its document changed, signed again. */
function changed(change: (document: JsonObject) => void): Make {
  return (holding, serial) => {
    const document = documentOf(right(holding, serial));
    change(document);
    return resignedBy(document, holding);
  };
}

const WRONG: Readonly<Record<string, Make>> = {
  'no JSON': () => '{"id": ',
  'an empty object': () => '{}',
  'another id': (holding, serial) => textOf({ ...documentOf(right(holding, serial)), id: NOBODY }),
  'an unknown operation': changed((document) => {
    document.operation = 'SPEND';
  }),
  'a GENESIS from outside': (_holding, serial) => {
    const document = documentOf(create({ data: { wrong: serial } }));
    return textOf(resigned({ ...document, operation: 'GENESIS' }));
  },
  'an amount of nothing': changed((document) => {
    for (const output of outputsOf(document)) output.amount = '0';
  }),
  'more than there was': changed((document) => {
    for (const output of outputsOf(document)) output.amount = String(Number(output.amount) + 1);
  }),
  'less than there was': (holding, serial) => {
    const { transaction, index, owners, threshold, assetId, amount } = holding;
    const input = spend(transaction, index, owners.slice(0, threshold));
    const outputs = amount === 1 ? [to('mallory', 2)] : [to('mallory', amount - 1)];
    return transfer(assetId, [input], outputs, { wrong: serial }).text;
  },
  'another asset': changed((document) => {
    document.asset = { id: NOBODY };
  }),
  'an unknown input': changed((document) => {
    for (const input of inputsOf(document)) input.fulfills = { transaction_id: NOBODY, output_index: 0 };
  }),
  'an output that does not exist': changed((document) => {
    for (const input of inputsOf(document)) {
      const link = input.fulfills as JsonObject;
      input.fulfills = { ...link, output_index: 99 };
    }
  }),
  'one input twice': changed((document) => {
    const [input] = inputsOf(document);
    if (input !== undefined) document.inputs = [input, input];
  }),
  'a signature of another': (holding, serial) => {
    const { transaction, index, assetId, amount } = holding;
    const input = { ...spend(transaction, index, 'mallory'), details: spend(create(), 0, 'alice').details };
    const stranger = spend(create({ by: 'mallory' }), 0, 'mallory');
    const { transaction_id, output_index } = input;
    return transfer(assetId, [{ ...stranger, transaction_id, output_index }], [to('mallory', amount)], {
      wrong: serial,
    }).text;
  },
  'a signature of something else': (holding, serial) => {
    const [one, other] = [right(holding, serial), right(holding, serial + 1_000_000)].map(documentOf);
    if (one === undefined || other === undefined) throw new Error('two documents are needed');
    return textOf({ ...one, inputs: other.inputs ?? [] });
  },
};

/** The classes of what is wrong. */
export const WRONG_KINDS = Object.keys(WRONG);

/** Makes one of a class. */
export function wrongTransaction(what: string, holding: Holding, serial: number): WrongTransaction {
  const make = WRONG[what];
  if (make === undefined) throw new Error(`there is no class of wrong transactions «${what}»`);
  return { what, text: make(holding, serial) };
}
