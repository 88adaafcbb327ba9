/** What a write of the embedded store changed, for the hints that its followers get. */

import { type Changes, NO_CHANGES } from '../hints.js';
import type { WriteResult } from '../store.js';
import type { OperationName } from './facts.js';

/** What a write changed, by its own answer; null for nothing (reads included). */
export function changesOf(method: OperationName, answer: unknown): Changes | null {
  switch (method) {
    case 'addBacklog':
      return wrote(answer, ['ok', 'duplicate', 'unknown']) ? { ...NO_CHANGES, backlog: true } : null;
    case 'reassignBacklog':
    case 'removeBacklog':
      return answer !== 0 ? { ...NO_CHANGES, backlog: true } : null;
    case 'claimHeight':
      return wrote([answer], ['ok', 'unknown']) ? { ...NO_CHANGES, blocks: true } : null;
    case 'addVotes':
      return wrote(answer, ['ok', 'unknown']) ? { ...NO_CHANGES, votes: true } : null;
    case 'addRejections':
      return wrote(answer, ['ok', 'unknown']) ? { ...NO_CHANGES, rejections: true } : null;
    default:
      return null;
  }
}

function wrote(answers: unknown, changing: readonly WriteResult[]): boolean {
  return Array.isArray(answers) && answers.some((answer) => changing.includes(answer));
}
