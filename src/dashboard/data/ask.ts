/** Queries and mutations over HTTP. Answers are read without loss: the ledger's numbers keep every digit. */

import { compactJson } from '../../codec/json-writer.js';
import { readJson } from '../crypto/read-json.js';
import type { TypedText } from '../generated/operations.js';

/** Longer than a node takes for a query; beyond it the network is to blame. */
const TIMEOUT_MS = 40_000;

/** What went wrong, in a sentence that can be shown. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  constructor(
    message: string,
    /** `extensions.code` of the first error; UNREACHABLE when no answer came. */
    readonly code: string,
  ) {
    super(message);
  }
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
}

/** Runs one operation. Throws `RequestFailed`, or the signal's reason when it was aborted. */
export async function ask<R, V>(text: TypedText<R, V>, variables: V, signal?: AbortSignal): Promise<R> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const joined = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const { status, body } = await post(compactJson({ query: text, variables }), joined, signal);
  const answer = readAnswer(body);
  const [error] = answer?.errors ?? [];
  if (error !== undefined) throw new RequestFailed(error.message, error.extensions?.code ?? 'UNKNOWN');
  if (answer?.data === undefined || answer.data === null) {
    throw new RequestFailed(`The node answered with status ${status} and no data.`, 'UNREACHABLE');
  }
  return answer.data as R;
}

async function post(
  body: string,
  limit: AbortSignal,
  given: AbortSignal | undefined,
): Promise<{ readonly status: number; readonly body: string }> {
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
      signal: limit,
      credentials: 'omit',
    });
    return { status: response.status, body: await response.text() };
  } catch {
    given?.throwIfAborted();
    const slow = limit.aborted ? 'The node did not answer in time.' : 'The node cannot be reached.';
    throw new RequestFailed(slow, 'UNREACHABLE');
  }
}

function readAnswer(body: string): Answer | null {
  try {
    const answer = readJson(body);
    return typeof answer === 'object' && answer !== null ? (answer as Answer) : null;
  } catch {
    return null;
  }
}
