/**
 * Feeds the audit: blocks are checked ahead in the checker's threads, so that all cores verify signatures, and are
 * taken by the audit in order of height.
 */

import type { Audit } from '../ledger/audit.js';
import type { AuditedHeight } from '../ledger/audit-types.js';
import type { Checker } from '../ledger/checker.js';
import type { CheckedBlock } from '../model/block-types.js';
import type { VotedBlock } from '../store/facts-reader.js';

/** What is checked ahead at a time. */
const BLOCKS_AHEAD_MAX = 64;
const CHARACTERS_AHEAD_MAX = 8 * 1024 * 1024;

interface Ahead extends VotedBlock {
  readonly checked: Promise<CheckedBlock | null>;
}

/** A queue of blocks between a source, the checker and the audit; bounded in number and in text. */
export class AuditRun {
  private readonly ahead: Ahead[] = [];
  private characters = 0;

  constructor(
    private readonly audit: Audit,
    private readonly checker: Checker,
    /** Told every height that the audit has taken, in order. */
    private readonly onHeight: (height: AuditedHeight) => void,
  ) {}

  /** Takes the block at the next height; resolves when there is room for another one. */
  async add({ block, votes }: VotedBlock): Promise<void> {
    const checked = this.checker.checkBlock(block, []);
    // Awaited in turn; until then a failure of the checker must not count as unhandled.
    checked.catch(() => undefined);
    this.ahead.push({ block, votes, checked });
    this.characters += block.text.length;
    while (this.ahead.length >= BLOCKS_AHEAD_MAX || this.characters > CHARACTERS_AHEAD_MAX)
      await this.takeFirst();
  }

  /** Resolves when everything added has been audited. */
  async settled(): Promise<void> {
    while (this.ahead.length > 0) await this.takeFirst();
  }

  private async takeFirst(): Promise<void> {
    const first = this.ahead.shift();
    if (first === undefined) return;
    this.characters -= first.block.text.length;
    const audited = this.audit.block(first.block, first.votes, await first.checked);
    if (audited !== null) this.onHeight(audited);
  }
}
