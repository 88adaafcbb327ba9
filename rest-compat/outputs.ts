/** `GET /api/v1/outputs`: outputs that name a public key, those of undecided blocks too (1.0.1: sections 5.4, 6.2). */

import { REST } from '../src/config/limits.js';
import type { StreamedAnswer } from './answers.js';
import type { RestContext } from './context.js';
import type { ListedOutput, RestLists } from './lists.js';
import { booleanParameter, publicKeyParameter, type Query } from './parameters.js';
import { linkKey, type OutputLink, undecidedOutputs, undecidedSpends } from './undecided.js';

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
    undecided: undecidedOutputs(ledger, publicKey),
    undecidedSpends: undecidedSpends(ledger),
  };
  return { pieces: outputPieces(lists, request) };
}

interface OutputRequest {
  readonly publicKey: string;
  readonly spent: boolean | null;
  readonly asOf: number;
  readonly undecided: readonly OutputLink[];
  readonly undecidedSpends: ReadonlySet<string>;
}

async function* outputPieces(
  lists: RestLists,
  { publicKey, spent, asOf, undecided, undecidedSpends }: OutputRequest,
): AsyncGenerator<string, void, void> {
  const wanted = (output: OutputLink, spentInValid: boolean): boolean =>
    spent === null || (spentInValid || undecidedSpends.has(linkKey(output))) === spent;
  let separator = '[';
  const shown = (output: OutputLink): string => {
    const text = `${separator}{"transaction_id": "${output.transactionId}", "output_index": ${output.outputIndex}}`;
    separator = ', ';
    return text;
  };
  // Spent in an undecided block is unspent to the view, so the filter can only be narrowed there for `false`.
  const filter = spent === false ? false : null;
  let after: ListedOutput | null = null;
  for (;;) {
    const page: readonly ListedOutput[] = await lists.outputsOfKey({
      publicKey,
      spent: filter,
      asOf,
      after,
      limit: REST.rowsPerPage,
    });
    for (const output of page) if (wanted(output, output.spent)) yield shown(output);
    const last = page.at(-1);
    if (last === undefined || page.length < REST.rowsPerPage) break;
    after = last;
  }
  for (const output of undecided) if (wanted(output, false)) yield shown(output);
  yield separator === '[' ? '[]\n' : ']\n';
}
