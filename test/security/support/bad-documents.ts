/** What the tables of documents have in common: a body that is wrong in one way, sent over REST and over GraphQL. */

import { JsonFloat, type JsonObject, type JsonValue } from '../../../src/codec/json-value.js';
import { compactJson } from '../../../src/codec/json-writer.js';
import { create, documentOf, outputsOf, resigned, textOf } from '../../support/transactions.js';
import { type BadInput, oneOf, type Target } from './target.js';

/** A body and what becomes of it: a status, and for refusals a pattern of the message. */
export interface BadDocument {
  readonly item: number;
  readonly name: string;
  readonly body: string | Buffer;
  readonly status: number;
  readonly message: RegExp;
}

/** What every refused transaction is told over REST. */
export const REFUSED = /^Invalid transaction/;
export const SCHEMA = /^Invalid transaction schema: /;

export function refused(
  item: number,
  name: string,
  document: JsonObject,
  message: RegExp = REFUSED,
  status = 400,
): BadDocument {
  return { item, name, body: textOf(document), status, message };
}

/** A right CREATE that `change` makes wrong; its id and signature are those of the right one. */
export function changed(change: (document: JsonObject) => void): JsonObject {
  const document = documentOf(create());
  change(document);
  return document;
}

/** The same with the id and the signature of the changed one. */
export function changedAndSigned(change: (document: JsonObject) => void): JsonObject {
  return resigned(changed(change));
}

export function outputOf(document: JsonObject): JsonObject {
  return outputsOf(document)[0] as JsonObject;
}

export function conditionOf(document: JsonObject): JsonObject {
  return outputOf(document).condition as JsonObject;
}

/** For names: a value as a person would say it. */
export function spoken(value: JsonValue): string {
  if (value instanceof JsonFloat) return `the float ${value.value}`;
  return compactJson(value).slice(0, 40);
}

export function overRest({ item, name, body, status, message }: BadDocument): BadInput {
  return {
    item,
    name: `REST: ${name}`,
    check: async (target) => {
      const answer = await target.exchange({ method: 'POST', path: '/api/v1/transactions', body });
      oneOf(answer.status, [status], answer.body);
      const said = String((JSON.parse(answer.body) as { message: unknown }).message);
      if (!message.test(said)) throw new Error(`says ${said.slice(0, 300)}`);
      // 1.0.1 quoted whatever came; here the answer to a large body is small.
      if (answer.body.length > 100_000) throw new Error(`answers ${answer.body.length} characters`);
    },
  };
}

const SUBMIT =
  'mutation ($t: [JSON!]!) { submitTransactions(input: { transactions: $t }) { accepted results { problems { code message } } } }';

interface Submitted {
  readonly submitTransactions: {
    readonly accepted: number;
    readonly results: readonly { readonly problems: readonly { readonly code: string }[] }[];
  };
}

/** As an exact text in a variable: it is told its problem as data, and the good one beside it is taken. */
export function overGraphql({ item, name, body }: BadDocument): BadInput {
  return {
    item,
    name: `GraphQL: ${name}`,
    check: async (target) => {
      const { text, accepted, problems } = await submitted(target, [String(body), create().text]);
      if (problems[0] === undefined || accepted !== 1) throw new Error(`answered ${text.slice(0, 300)}`);
    },
  };
}

async function submitted(
  target: Target,
  texts: readonly string[],
): Promise<{ text: string; accepted: number; problems: readonly (string | undefined)[] }> {
  const answer = await target.query(SUBMIT, { t: [...texts] });
  if (answer.data === null) throw new Error(`answered ${answer.text.slice(0, 300)}`);
  const { accepted, results } = (answer.data as unknown as Submitted).submitTransactions;
  return { text: answer.text, accepted, problems: results.map((each) => each.problems[0]?.code) };
}
