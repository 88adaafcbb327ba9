/** Followers of one store and the hints they get: at most one per turn, however many writes it stands for. */

import type { StoreHint } from './store.js';

/** What changed, without the question of who did it. */
export type Changes = Omit<StoreHint, 'own'>;

export const NO_CHANGES: Changes = { backlog: false, blocks: false, votes: false, rejections: false };

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
