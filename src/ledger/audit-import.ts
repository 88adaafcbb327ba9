/**
 * Imported heights, for the audit: the record's own signature, 1.0.1's election (1.0.1: section 3.4) counted anew, and the
 * digest over all of them. Shares no line with `imported-heights.ts` and `block-election.ts`, which it is the second
 * opinion of.
 */

import { isClaimed } from '../model/block.js';
import type { CheckedBlock } from '../model/block-types.js';
import {
  FIRST_DIGEST,
  type ImportedStatus,
  importDigest,
  type ReadImport,
  readImport,
  verifyImport,
} from '../model/import-record.js';
import { parseObject } from '../model/parse-object.js';
import { readVote, verifyVote } from '../model/vote.js';
import { voteViolation } from '../model/vote-schema.js';
import { statusOf } from './audit-election.js';
import type { BlockFact, Report, VoteFact } from './audit-types.js';

/** The record of an import; null when the text is none, or not signed by the node that it names. */
export function readAuditedImport(text: string): AuditedImport | null {
  const record = readImport(text);
  return record !== null && verifyImport(record) ? new AuditedImport(record) : null;
}

/** Which heights of a ledger were imported, and whether its record is right. */
export class ImportAudit {
  private imported: AuditedImport | null = null;

  constructor(private readonly report: Report) {}

  /** Takes the text of the record, before the first block. */
  record(text: string): void {
    this.imported = readAuditedImport(text);
    if (this.imported === null)
      this.breach('', 'the record of the import is none, or was not signed by the node it names');
  }

  /**
   * Looks at the genesis block: one that was claimed began here, whatever a record says. `members`: of all later lists.
   */
  begin(genesis: BlockFact, members: readonly string[]): AuditedImport | null {
    const { imported } = this;
    if (isClaimed(genesis)) {
      if (imported !== null)
        this.breach(genesis.id, 'there is a record of an import, but the ledger began here');
      this.imported = null;
    } else if (imported === null)
      this.breach(genesis.id, 'the genesis block was neither claimed nor imported');
    else if (![...imported.federation, ...members].includes(imported.node))
      this.breach(genesis.id, `the record of the import was signed by ${imported.node}, no member`);
    return this.imported;
  }

  /** The import that covers a height; null for a height of this ledger's own. */
  at(height: number): AuditedImport | null {
    return this.imported?.covers(height) ? this.imported : null;
  }

  /** Takes note of what stands at an imported height, in order. */
  take(height: number, id: string, status: ImportedStatus): void {
    if (this.at(height)?.take(height, id, status) ?? true) return;
    const message = 'the imported heights are not what the record of the import says';
    this.report({ invariant: 'I22', severity: 'breach', height, id, message });
  }

  private breach(id: string, message: string): void {
    const height = id === '' ? null : 0;
    this.report({ invariant: 'I8', severity: 'breach', height, id, message });
  }
}

export class AuditedImport {
  private digest = FIRST_DIGEST;

  constructor(private readonly imported: ReadImport) {}

  get federation(): readonly string[] {
    return this.imported.federation;
  }

  /** Who signed the record. */
  get node(): string {
    return this.imported.node;
  }

  covers(height: number): boolean {
    return height <= this.imported.lastHeight;
  }

  /** What 1.0.1 decides about a block, by the votes that it could hold: one of each node. */
  statusOf(block: CheckedBlock, votes: readonly VoteFact[]): ImportedStatus {
    if (block.height === 0) return 'undecided';
    const members = new Set(this.federation.filter((key) => block.voters.includes(key)));
    const voted = new Set<string>();
    const previous: string[] = [];
    for (const { text } of votes) {
      const vote = readVote(text);
      if (vote === null || vote.blockId !== block.id || !members.has(vote.node)) continue;
      if (voted.has(vote.node) || !verifyVote(vote)) continue;
      voted.add(vote.node);
      // 1.0.1 judged what is not signed of a vote, too.
      if (voteViolation(parseObject(text)) !== null) continue;
      if (vote.content?.is_block_valid === true) previous.push(vote.content.previous_block);
    }
    // All but those that agree with most about the block before count against it.
    const valid = Math.max(0, ...previous.map((id) => previous.filter((other) => other === id).length));
    return statusOf({
      valid,
      invalid: voted.size - valid,
      voters: voted.size,
      members: members.size,
    });
  }

  /** Takes note of a height, in order; false at the last one when all of them are not what was imported. */
  take(height: number, blockId: string, status: ImportedStatus): boolean {
    this.digest = importDigest(this.digest, height, blockId, status);
    return height !== this.imported.lastHeight || this.digest === this.imported.digest;
  }
}
