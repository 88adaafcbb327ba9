/**
 * The ledger of `test/vectors/transactions.json` on this project's own parts: its blocks get heights and claims, the
 * valid and invalid ones are decided, the undecided one stays pending, the backlog is a mirror. What a door of a node
 * on that ledger answers, `submit` here answers.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../src/codec/canonical-json.js';
import { parseJson } from '../../src/codec/json-reader.js';
import type { JsonObject, JsonValue } from '../../src/codec/json-value.js';
import { DOOR } from '../../src/config/limits.js';
import { Backlog } from '../../src/ledger/backlog.js';
import { createDirectChecker } from '../../src/ledger/checker-direct.js';
import { LedgerState } from '../../src/ledger/ledger-state.js';
import { Stamps } from '../../src/ledger/stamps.js';
import { Submit } from '../../src/ledger/submit.js';
import { makeClaim } from '../../src/model/block.js';
import type { CheckedBlock } from '../../src/model/block-types.js';
import { createDirectStore } from '../../src/store/embedded/direct.js';
import type { StoredBlock } from '../../src/store/store.js';
import type { DecidedHeight } from '../../src/view/view.js';
import { keyPairOf } from './keys.js';
import { MemoryView } from './memory-view.js';
import { createSimulatedWorld, type SimulatedWorld } from './simulated-runtime.js';

type Status = 'valid' | 'invalid' | 'undecided';

export interface VectorCase {
  readonly name: string;
  readonly quirk: boolean;
  readonly requestBody: string;
  readonly outcome: string;
  readonly exception: string | null;
  readonly message: string | null;
}

/** A file of vectors, read without loss. */
export function readVector(name: string): JsonObject {
  return parseJson(readFileSync(join(__dirname, '../vectors', name), 'utf8')) as JsonObject;
}

export function readTransactionVectors(): JsonObject {
  return readVector('transactions.json');
}

export function vectorCases(vectors: JsonObject): VectorCase[] {
  return (vectors.cases as JsonObject[]).map((each) => {
    const expected = each.expected as JsonObject;
    return {
      name: each.name as string,
      quirk: each.quirk === true,
      requestBody: each.request_body as string,
      outcome: expected.outcome as string,
      exception: (expected.exception ?? null) as string | null,
      message: (expected.message ?? null) as string | null,
    };
  });
}

export interface VectorBlock {
  readonly stored: StoredBlock;
  readonly status: Status;
  /** Documents. */
  readonly votes: readonly JsonObject[];
}

/** The blocks of the ledger with heights: genesis, valid, valid, invalid, undecided. */
export function vectorBlocks(vectors: JsonObject): VectorBlock[] {
  const ledger = vectors.ledger as JsonObject;
  const listed = ledger.blocks as JsonObject[];
  const genesis = { block: ledger.genesis_block as JsonValue, status: 'undecided', votes: [] };
  let parent = '';
  return [genesis, ...listed].map((each, height) => {
    const document = each.block as JsonObject;
    const id = document.id as string;
    const stored = {
      height,
      id,
      text: canonicalJson(document.block as JsonValue),
      signature: document.signature as string,
      parent,
      claimSignature: makeClaim(keyPairOf('node'), { blockId: id, height, parent }),
    };
    parent = id;
    return { stored, status: each.status as Status, votes: each.votes as JsonObject[] };
  });
}

export interface VectorLedger {
  readonly world: SimulatedWorld;
  readonly submit: Submit;
}

/** A fresh copy of the ledger; nothing that one case leaves behind meets another. */
export async function openVectorLedger(vectors: JsonObject): Promise<VectorLedger> {
  const world = createSimulatedWorld(1);
  const { runtime } = world.node('node');
  const checker = createDirectChecker(runtime);
  const view = new MemoryView();
  const checkedBlocks: { block: CheckedBlock; status: Status }[] = [];
  for (const { stored, status } of vectorBlocks(vectors)) {
    const block = await checker.checkBlock(stored, []);
    if (block === null) throw new Error(`the vectors' block at height ${stored.height} holds no block`);
    checkedBlocks.push({ block, status });
  }
  const undecided = checkedBlocks.filter(({ block, status }) => status === 'undecided' && block.height > 0);
  await view.apply(checkedBlocks.filter((each) => !undecided.includes(each)).map(decided));
  const state = new LedgerState(view, runtime.clock);
  for (const { block } of undecided) state.place(block);
  const backlog = new Backlog(keyPairOf('node').publicKey);
  const submit = new Submit({
    store: createDirectStore({ path: ':memory:' }),
    checker,
    state,
    backlog,
    runtime,
    stamps: new Stamps(runtime.random),
    limits: { transactionBytesMax: DOOR.transactionBytesMax, signaturesMax: DOOR.signaturesMax },
    checksQueuedMax: 1000,
    chooseAssignee: () => keyPairOf('node').publicKey,
    look: async () => undefined,
    onAccepted: () => undefined,
  });
  await submit.submit(((vectors.ledger as JsonObject).backlog as JsonObject[]).map(waitingText));
  return { world, submit };
}

/** A backlog row without what 1.0.1 adds to it. */
function waitingText(row: JsonObject): string {
  const { assignee: _assignee, assignment_timestamp: _timestamp, ...transaction } = row;
  return canonicalJson(transaction);
}

function decided({ block, status }: { block: CheckedBlock; status: Status }): DecidedHeight {
  return {
    height: block.height,
    decidedAtMs: 0,
    block: {
      ...block,
      status,
      invalidReason: null,
      transactions: block.transactions.map((result, position) => ({
        id: result.ok ? result.transaction.id : (result.id ?? ''),
        text: block.transactionTexts[position] ?? '',
        acceptedAtMs: null,
      })),
      votes: [],
    },
  };
}
