/**
 * Notices a second process that works with this node's key pair: a vote or a block under this key, above the height at
 * which this life began, that this life did not make. Such a pair is harmless - equal votes count once, heights forbid
 * double inclusion - but it is never meant, so it is said loudly.
 */

import type { Clock, Logger } from '../runtime/runtime.js';

/** Signatures and ids of this life that are remembered: far more than can stand above the decided heights. */
const REMEMBERED_MAX = 4096;
const QUIET_MS = 60_000;

export class OwnKeyWatch {
  private readonly made = new Set<string>();
  /** Up to here an earlier life of this node may have written; null until it has read what the store held. */
  private beganAt: number | null = null;
  private warnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly publicKey: string | null,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** This node has read all that the store held; `head` is the last height of it. Only the first call counts. */
  begin(head: number): void {
    this.beganAt ??= head;
  }

  /** Remember before it is written: a vote's signature or a block's id. */
  remember(signatureOrId: string): void {
    this.made.add(signatureOrId);
    for (const oldest of this.made) {
      if (this.made.size <= REMEMBERED_MAX) break;
      this.made.delete(oldest);
    }
  }

  /** Something in the store that bears the key `by`, signature verified. Warns once a minute. */
  met(what: 'vote' | 'block', by: string, height: number, signatureOrId: string): void {
    if (by !== this.publicKey || this.beganAt === null || height <= this.beganAt) return;
    if (this.made.has(signatureOrId)) return;
    const now = this.clock.monotonicMs();
    if (now - this.warnedAtMs < QUIET_MS) return;
    this.warnedAtMs = now;
    this.log.warn('key_pair.used_elsewhere', {
      what,
      height,
      message: 'another process signs with the key pair of this node: stop one of them',
    });
  }
}
