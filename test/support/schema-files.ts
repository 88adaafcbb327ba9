/**
 * The files below `schema/` that are made from code: the GraphQL contract and the example transactions. A test compares
 * them with what stands there; `write-schema.ts` writes them anew.
 */

import { parseJson } from '../../src/codec/json-reader.js';
import { prettyJson } from '../../src/codec/json-writer.js';
import { schemaText } from '../../src/graphql/schema.js';
import { create, to, transferTo } from './transactions.js';

/** Texts by their paths from the root of the repository. */
export function schemaFiles(): Map<string, string> {
  const made = create({
    data: { name: 'Concert ticket', serial: 'A-0042' },
    metadata: { issuedBy: 'alice' },
    outputs: [to('alice', 3)],
  });
  const moved = transferTo(made, 'alice', 'bob');
  return new Map([
    ['schema/schema.graphql', schemaText()],
    ['schema/examples/create.json', example(made.text)],
    ['schema/examples/transfer.json', example(moved.text)],
  ]);
}

/** Indented for people; no string in it needs an escape and no comma ends a line with a space. */
function example(text: string): string {
  return `${prettyJson(parseJson(text)).replaceAll(/, $/gm, ',')}\n`;
}
