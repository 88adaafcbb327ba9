/**
 * The thread that checks: raw bodies and blocks in, packed results out. It owns no state but the caches of `codec` and
 * `conditions`, and never opens a file or a connection.
 */

import { type Ed25519Name, setEd25519Implementation } from '../codec/ed25519.js';
import { checkBlock } from '../model/check-block.js';
import { checkTransaction } from '../model/check-transaction.js';
import { type CallOutcome, serveCalls, type WorkerCall, workerOptions } from '../runtime/worker-calls.js';
import { type Packed, packCheckedBlock, packChecks, unpackBlock, unpackTexts } from './checker-packing.js';

/** What the owner passes when it starts the thread. */
export interface CheckerThreadOptions {
  /** null: the best that loads. */
  readonly ed25519: Ed25519Name | null;
}

function answer(call: WorkerCall): CallOutcome {
  // Only `checker-worker` calls this thread.
  const argument = call.argument as Packed;
  try {
    return { value: call.method === 'block' ? checkedBlock(argument) : checkedTexts(argument) };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function checkedTexts(argument: Packed): Packed {
  const { texts, limits } = unpackTexts(argument);
  return packChecks(texts.map((text) => checkTransaction(text, limits)));
}

function checkedBlock(argument: Packed): Packed | null {
  const { block, known } = unpackBlock(argument);
  return packCheckedBlock(checkBlock(block, known));
}

const { ed25519 } = workerOptions<CheckerThreadOptions>();
if (ed25519 !== null) setEd25519Implementation(ed25519);
serveCalls(
  (calls) => calls.map(answer),
  () => undefined,
);
