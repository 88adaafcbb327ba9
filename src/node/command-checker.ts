/** The checker threads of a command that reads a whole ledger. */

import type { Settings } from '../config/settings.js';
import type { Checker } from '../ledger/checker.js';
import { createWorkerChecker } from '../ledger/checker-worker.js';

/**
 * Runs `use` with as many checker threads as there are cores, at most two, and ends them. Rejects when a thread dies:
 * its open calls are rejected.
 */
export async function withChecker<T>(
  settings: Settings,
  cores: number,
  use: (checker: Checker) => Promise<T>,
): Promise<T> {
  const { ed25519 } = settings.crypto;
  const checker = createWorkerChecker({
    threads: Math.min(2, Math.max(1, cores)),
    ed25519: ed25519 === 'auto' ? null : ed25519,
    onFailure: () => undefined,
  });
  try {
    return await use(checker);
  } finally {
    await checker.close();
  }
}
