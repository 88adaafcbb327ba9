/** The 1.0.1 doors on real sockets before a ledger in memory; with the ledger of the vectors when asked. */

import type { RestLists } from '../../../rest-compat/lists.js';
import { createRestDoors } from '../../../rest-compat/rest-door.js';
import { DOOR } from '../../../src/config/limits.js';
import { LedgerEvents } from '../../../src/events/head-events.js';
import { createDirectChecker } from '../../../src/ledger/checker-direct.js';
import type { SubmitOutcome, SubmittedText } from '../../../src/ledger/ledger.js';
import { type LedgerQuestions, validateTransfer } from '../../../src/ledger/validate-transaction.js';
import type { Problem } from '../../../src/model/errors.js';
import { readAssetAndOutputs, readTransactionDocument } from '../../../src/model/outputs.js';
import { createWebServer, type WebServer } from '../../../src/web/web-server.js';
import { FakeLedger } from './fake-ledger.js';
import { MemoryLists } from './memory-lists.js';
import { type QuietRuntime, quietRuntime } from './quiet-runtime.js';
import { vectorLedger } from './vector-ledger.js';

export interface StartedDoor {
  readonly ledger: FakeLedger;
  readonly lists: RestLists;
  readonly events: LedgerEvents;
  readonly runtime: QuietRuntime;
  readonly server: WebServer;
  readonly port: number;
  readonly streamPort: number;
}

export const STREAM_URL = 'ws://localhost:9985/api/v1/streams/valid_transactions';

/** `ledger` is what the door is shown. */
export async function startDoor(
  ledger = new FakeLedger(),
  requestBytesMax: number = DOOR.requestBytesMax,
  queries?: RestLists,
): Promise<StartedDoor> {
  const events = new LedgerEvents(ledger.view.height(), (error) => {
    throw error;
  });
  const runtime = quietRuntime();
  const lists = queries ?? new MemoryLists(ledger.view);
  const settings = { requestBytesMax, streamUrl: STREAM_URL };
  const { rest, stream } = createRestDoors({ ledger, lists, runtime, settings }, events);
  const local = { host: '127.0.0.1', port: 0 };
  const server = createWebServer({
    mounted: [],
    rest,
    stream,
    settings: { bind: local, wsserver: local, requestBytesMax },
    runtime,
    ledger,
  });
  const addresses = await server.listen();
  const streamPort = addresses.stream?.port ?? 0;
  return { ledger, lists, events, runtime, server, port: addresses.http.port, streamPort };
}

/** The ledger of the vectors. What is submitted is checked and judged by the real rules, and kept nowhere. */
export function vectorFakeLedger(): FakeLedger {
  const vectors = vectorLedger();
  const ledger = new FakeLedger();
  ledger.publicKey = vectors.node;
  ledger.members = [vectors.node];
  ledger.heights.push(...vectors.decided);
  ledger.undecided = [...vectors.undecided];
  for (const [id, text] of vectors.backlog) ledger.backlogTexts.set(id, text);
  const checker = createDirectChecker(quietRuntime());
  ledger.onSubmit = async (texts) => {
    const checked = await checker.checkTransactions(texts, DOOR);
    return checked.map(({ result, notJson }): SubmitOutcome => {
      const { transaction } = result;
      const broken = transaction === undefined ? null : validateTransfer(transaction, questions(ledger));
      const problem = broken ?? (result.ok ? null : result.problem);
      if (transaction !== undefined && problem === null) {
        const { id, operation, text } = transaction;
        return { accepted: true, id, operation, text };
      }
      return { accepted: false, id: null, problem: problem as Problem, retryable: false, notJson };
    });
  };
  return ledger;
}

function questions(ledger: FakeLedger): LedgerQuestions {
  return {
    outputsOf: (id) => {
      const state = ledger.transactionState(id);
      if (state === null || state.text === null) return null;
      return state.status === 'valid' ? readAssetAndOutputs(state.text) : 'pending';
    },
    otherSpender: (transactionId, outputIndex, byId) => {
      const decided = ledger.heights.flatMap(({ block }) =>
        block?.status === 'valid' ? block.transactions : [],
      );
      const undecided = ledger.undecided.flatMap((block) => block.transactions);
      const spender = [...decided, ...undecided].find(
        ({ id, text }) =>
          id !== byId &&
          readTransactionDocument(text).inputs.some(
            ({ fulfills }) =>
              fulfills?.transaction_id === transactionId && fulfills.output_index === outputIndex,
          ),
      );
      return spender?.id ?? null;
    },
  };
}

/** For tests that count or time requests: accepts whatever comes, without a look at it. */
export function acceptAnything(texts: readonly SubmittedText[]): SubmitOutcome[] {
  return texts.map((text) => ({
    accepted: true,
    id: 'f'.repeat(64),
    operation: 'CREATE',
    text: typeof text === 'string' ? text : Buffer.from(text).toString(),
  }));
}
