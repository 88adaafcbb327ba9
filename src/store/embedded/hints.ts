/** Followers of one store and the hints they get: at most one per turn, however many writes it stands for. */

import type { StoreHint, WriteResult } from '../store.js';
import type { Changes } from './counters.js';
import type { OperationName } from './facts.js';

export class Hints {
  private readonly followers = new Set<(hint: StoreHint) => void>();
  private pending: StoreHint | null = null;

  get followed(): boolean {
    return this.followers.size > 0;
  }

  follow(onHint: (hint: StoreHint) => void): () => void {
    // A wrapper of its own: the same function may follow twice and stop once.
    const follower = (hint: StoreHint) => onHint(hint);
    this.followers.add(follower);
    return () => {
      this.followers.delete(follower);
    };
  }

  /** Adds to the hint of this turn; writes of this process and of others in one turn make one that is not `own`. */
  add(changes: Changes, own: boolean): void {
    if (!this.followed) return;
    const earlier = this.pending;
    this.pending = {
      backlog: changes.backlog || (earlier?.backlog ?? false),
      blocks: changes.blocks || (earlier?.blocks ?? false),
      votes: changes.votes || (earlier?.votes ?? false),
      rejections: changes.rejections || (earlier?.rejections ?? false),
      own: own && (earlier?.own ?? true),
    };
    if (earlier === null) queueMicrotask(() => this.deliver());
  }

  private deliver(): void {
    const hint = this.pending;
    this.pending = null;
    if (hint === null) return;
    for (const follower of [...this.followers]) {
      if (this.followers.has(follower)) follower(hint);
    }
  }
}

const NOTHING: Changes = { backlog: false, blocks: false, votes: false, rejections: false };

/** What a write changed, by its own answer; null for nothing (reads included). */
export function changesOf(method: OperationName, answer: unknown): Changes | null {
  switch (method) {
    case 'addBacklog':
      return wrote(answer, ['ok', 'duplicate', 'unknown']) ? { ...NOTHING, backlog: true } : null;
    case 'reassignBacklog':
    case 'removeBacklog':
      return answer !== 0 ? { ...NOTHING, backlog: true } : null;
    case 'claimHeight':
      return wrote([answer], ['ok', 'unknown']) ? { ...NOTHING, blocks: true } : null;
    case 'addVotes':
      return wrote(answer, ['ok', 'unknown']) ? { ...NOTHING, votes: true } : null;
    case 'addRejections':
      return wrote(answer, ['ok', 'unknown']) ? { ...NOTHING, rejections: true } : null;
    default:
      return null;
  }
}

function wrote(answers: unknown, changing: readonly WriteResult[]): boolean {
  return Array.isArray(answers) && answers.some((answer) => changing.includes(answer));
}
