/** `GET /api/v1/outputs`: outputs that name a public key, those of undecided blocks too (1.0.1: sections 5.4, 6.2). */

import type { OutputFilter, OutputRow } from '../src/view/list-queries.js';
import type { StreamedAnswer } from './answers.js';
import type { RestContext } from './context.js';
import { allPages, listPieces, type RestLists } from './lists.js';
import { booleanParameter, publicKeyParameter, type Query } from './parameters.js';
import {
  genesisOutputs,
  linkKey,
  type OutputLink,
  type UndecidedSpends,
  undecidedOutputs,
  undecidedSpends,
} from './undecided.js';

/** Strict. */
export async function listOutputs(
  { ledger, lists }: RestContext,
  _id: string,
  query: Query,
): Promise<StreamedAnswer> {
  const publicKey = publicKeyParameter('public_key', query.required('public_key'));
  const asked = query.optional('spent');
  const spent = asked === undefined ? null : booleanParameter('spent', asked);
  query.refuseUnknown(['public_key', 'spent']);
  // Read in one turn, so that no block is counted twice or not at all when it is decided meanwhile.
  const request: OutputRequest = {
    publicKey,
    spent,
    asOf: ledger.view.height(),
    genesis: genesisOutputs(ledger, publicKey),
    undecided: undecidedOutputs(ledger, publicKey),
    undecidedSpends: undecidedSpends(ledger),
  };
  return { pieces: listPieces(outputPages(lists, request)) };
}

interface OutputRequest {
  readonly publicKey: string;
  readonly spent: boolean | null;
  readonly asOf: number;
  readonly genesis: readonly OutputLink[];
  readonly undecided: readonly OutputLink[];
  readonly undecidedSpends: UndecidedSpends;
}

async function* outputPages(
  lists: RestLists,
  { publicKey, spent, asOf, genesis, undecided, undecidedSpends: spends }: OutputRequest,
): AsyncGenerator<readonly string[], void, void> {
  const wanted = (output: OutputLink, spentInValid: boolean): boolean =>
    spent === null || (spentInValid || spends.has(linkKey(output))) === spent;
  // Spent in an undecided block is unspent to the view, so only `false` narrows what the view is asked for.
  const filter: OutputFilter = { publicKey, spent: spent === false ? false : null };
  const bytesOf = (): number => OUTPUT_BYTES;
  yield genesis.filter((output) => wanted(output, false)).map(outputText);
  for await (const rows of allPages<OutputRow>(asOf, bytesOf, (page) => lists.outputs(filter, page))) {
    yield rows.filter((output) => wanted(output, output.spentBy !== null)).map(outputText);
  }
  yield undecided.filter((output) => wanted(output, false)).map(outputText);
}

/** About what one row of the view takes. */
const OUTPUT_BYTES = 1024;

function outputText({ transactionId, outputIndex }: OutputLink): string {
  return `{"transaction_id": "${transactionId}", "output_index": ${outputIndex}}`;
}
