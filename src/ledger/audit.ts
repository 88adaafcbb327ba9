/**
 * The audit: a slow, independent reading of a store's facts. It holds them to the ledger's promises: one order of
 * heights, ids and signatures, elections over the federation in force, no output spent twice, nothing made or lost.
 * It never asks a view and shares nothing with the node's own judgement but the document model; no input, no output, no
 * clock. Whoever feeds it reads the facts and may check blocks elsewhere (`check-block` is the model's own).
 *
 * Memory: `audit-outputs`, about 100 bytes a transaction; nothing else grows with the ledger but the keys of faulty
 * creators.
 */

import { sha256Hex } from '../codec/hash.js';
import type { CheckedBlock } from '../model/block-types.js';
import { checkBlock } from '../model/check-block.js';
import { parseObject } from '../model/parse-object.js';
import { readRejection, verifyRejection } from '../model/rejection.js';
import { type BlockFault, faultOf, genesisFault, importedFault, votersOf } from './audit-blocks.js';
import { countVotes, hasMajority, statusOf, type VoteCount } from './audit-election.js';
import { type AuditedImport, ImportAudit } from './audit-import.js';
import { AuditedOutputs } from './audit-outputs.js';
import { auditTransactions } from './audit-transactions.js';
import type {
  AuditedHeight,
  AuditSummary,
  BlockFact,
  Finding,
  Invariant,
  MembersFrom,
  Report,
  TextFact,
  VoteFact,
} from './audit-types.js';

export interface AuditOptions {
  /** The setting `federation.changes`; height 0 is the genesis block's own list. */
  readonly federationChanges: readonly MembersFrom[];
  readonly report: Report;
}

/** Any fact, in the order in which the audit takes them. Blocks come in order of height. */
export type Fact =
  /** Before the first block. */
  | { readonly kind: 'import'; readonly text: string }
  | { readonly kind: 'block'; readonly block: BlockFact; readonly votes: readonly VoteFact[] }
  /** Votes about a block that the store does not hold. */
  | { readonly kind: 'strayVotes'; readonly blockId: string; readonly votes: readonly VoteFact[] }
  | { readonly kind: 'rejection'; readonly rejection: TextFact }
  | { readonly kind: 'backlog'; readonly entry: TextFact };

/** Audits `facts` to their end and returns the summary; findings come as they are found. */
export function* auditFacts(
  facts: Iterable<Fact>,
  federationChanges: readonly MembersFrom[],
): Generator<Finding, AuditSummary> {
  const found: Finding[] = [];
  const audit = new Audit({ federationChanges, report: (finding) => found.push(finding) });
  for (const fact of facts) {
    take(audit, fact);
    yield* found.splice(0);
  }
  const summary = audit.finish();
  yield* found.splice(0);
  return summary;
}

const NOTHING_KNOWN = new Set<string>();

function take(audit: Audit, fact: Fact): void {
  if (fact.kind === 'import') audit.importRecord(fact.text);
  else if (fact.kind === 'block') audit.block(fact.block, fact.votes, checkBlock(fact.block, NOTHING_KNOWN));
  else if (fact.kind === 'strayVotes') audit.strayVotes(fact.blockId, fact.votes);
  else if (fact.kind === 'rejection') audit.rejection(fact.rejection);
  else audit.backlogEntry(fact.entry);
}

/** Takes facts one by one: all blocks in order of height, then the rest in any order, then `finish`. */
export class Audit {
  private readonly ledger = new AuditedOutputs();
  private readonly lists: MembersFrom[];
  private readonly report: Report;
  private readonly imports: ImportAudit;
  private head = -1;
  private decided = -1;
  /** Id of the block at the nearest height below that holds one. */
  private parent = '';
  private counts = {
    valid: 0,
    invalid: 0,
    undecided: 0,
    lasting: 0,
    passed: 0,
    stray: 0,
    votes: 0,
    rejections: 0,
    backlog: 0,
  };

  constructor(options: AuditOptions) {
    this.lists = [...options.federationChanges].sort((a, b) => a.height - b.height);
    this.report = options.report;
    this.imports = new ImportAudit(options.report);
  }

  /** Place of a transaction of a valid block, height * 2^20 + its position; null for any other. */
  placeOf(transactionId: string): number | null {
    const index = this.ledger.find(transactionId);
    return index < 0 ? null : this.ledger.placeAt(index);
  }

  /** Takes the record of an import from 1.0.x, if the store holds one. */
  importRecord(text: string): void {
    this.imports.record(text);
  }

  /**
   * Takes the block at the next height with all votes about it. `checked` is what `checkBlock` makes of it. Null when
   * the block stands above a gap, where no height is yet.
   */
  block(fact: BlockFact, votes: readonly VoteFact[], checked: CheckedBlock | null): AuditedHeight | null {
    this.counts.votes += votes.length;
    if (fact.height === 0 && this.head < 0) return this.genesis(fact, votes, checked);
    if (this.lists[0]?.height !== 0) this.lists.unshift({ height: 0, members: votersOf(fact, checked) });
    const federation = this.membersAt(fact.height);
    const imported = this.imports.at(fact.height);
    // What 1.0.1's nodes voted is what it is: no evidence against anybody.
    const count = countVotes(fact, federation, votes, imported === null ? this.report : () => undefined);
    if (fact.height !== this.head + 1 && !this.closeGap(fact, count)) return null;
    this.head = fact.height;
    const fault =
      imported === null
        ? faultOf(fact, checked, this.parent, federation)
        : importedFault(fact, checked, this.parent);
    if (checked === null || fault !== null) return this.passOver(fact, votes, count, fault);
    const status =
      imported === null ? this.decide(fact, count) : this.decideImported(imported, checked, votes);
    if (status === 'valid') this.auditValid(checked, federation, imported !== null);
    this.parent = fact.id;
    this.counts[status] += 1;
    return { height: fact.height, status, imported: imported !== null, fact, checked, votes };
  }

  /** Votes about a block that is not in the store: lost, if a majority voted on it. */
  strayVotes(blockId: string, votes: readonly VoteFact[]): void {
    this.counts.votes += votes.length;
    const everyone = [...new Set(this.lists.flatMap((list) => list.members))];
    const block = { height: null, id: blockId, parent: null };
    const { voters } = countVotes(block, everyone, votes, this.report);
    const fewest = Math.min(...this.lists.map((list) => list.members.length));
    if (voters * 2 > fewest)
      this.breach('I7', null, blockId, `${voters} members voted on a block that the store does not hold`);
  }

  /** The node that signed it; null when it is not what it should be, which has been reported. */
  rejection(fact: TextFact): string | null {
    this.counts.rejections += 1;
    const { digest, transactionId } = fact;
    if (!this.digestFits(fact, 'a rejection')) return null;
    const read = readRejection(fact.text);
    const wrong = (invariant: Invariant, what: string): null => {
      this.breach(invariant, null, digest, `a rejection of ${transactionId} ${what}`);
      return null;
    };
    if (read === null || read.transactionId !== transactionId) return wrong('I7', 'is none, or another one');
    if (!verifyRejection(read)) return wrong('I8', 'was not signed by the node it names');
    if (this.lists.some((list) => list.members.includes(read.node))) return read.node;
    return wrong('I8', `was signed by ${read.node}, which was never a member`);
  }

  backlogEntry(fact: TextFact): void {
    this.counts.backlog += 1;
    if (!this.digestFits(fact, 'a backlog entry')) return;
    if (parseObject(fact.text)?.id === fact.transactionId) return;
    // Any member can write such an entry; nodes judge it by what it holds, so nothing is lost by it.
    const message = 'a backlog entry holds another transaction than it is stored for';
    this.report({ invariant: 'I7', severity: 'evidence', height: null, id: fact.transactionId, message });
  }

  /** Sums up what can only be known at the end. */
  finish(): AuditSummary {
    for (const { assetId, excess } of this.ledger.imbalances()) {
      const much = excess > 0n ? `${excess} more` : `${-excess} less`;
      this.breach('I3', null, assetId, `unspent outputs of this asset hold ${much} than was created`);
    }
    const { valid, invalid, undecided, lasting, passed, stray, votes, rejections, backlog } = this.counts;
    return {
      head: this.head,
      decided: this.decided,
      validBlocks: valid,
      invalidBlocks: invalid,
      undecidedBlocks: undecided + lasting,
      passedHeights: passed,
      strayBlocks: stray,
      transactions: this.ledger.transactions,
      outputs: this.ledger.outputs,
      unspent: this.ledger.unspent,
      votes,
      rejections,
      backlog,
    };
  }

  private genesis(fact: BlockFact, votes: readonly VoteFact[], checked: CheckedBlock | null): AuditedHeight {
    const fault = genesisFault(fact, checked);
    if (fault !== null) this.breach('I8', 0, fact.id, `the genesis block cannot be used: ${fault}`);
    const imported = this.imports.begin(
      fact,
      this.lists.flatMap((list) => list.members),
    );
    this.lists.unshift({ height: 0, members: imported?.federation ?? votersOf(fact, checked) });
    this.imports.take(0, fact.id, 'undecided');
    this.head = 0;
    this.decided = 0;
    this.parent = fact.id;
    return { height: 0, status: 'genesis', imported: imported !== null, fact, checked, votes };
  }

  private decideImported(
    imported: AuditedImport,
    block: CheckedBlock,
    votes: readonly VoteFact[],
  ): 'valid' | 'invalid' | 'lasting' {
    const status = imported.statusOf(block, votes);
    this.imports.take(block.height, block.id, status);
    this.decided = block.height;
    return status === 'undecided' ? 'lasting' : status;
  }

  /** True when the audit goes on at this height: members voted here, so what is missing below was there once. */
  private closeGap(fact: BlockFact, count: VoteCount): boolean {
    const expected = this.head + 1;
    if (fact.height < expected) {
      this.breach('I22', fact.height, fact.id, 'the height is taken twice');
      return false;
    }
    if (this.head >= 0 && !hasMajority(count)) {
      this.counts.stray += 1;
      return false;
    }
    const missing =
      fact.height - 1 === expected ? `height ${expected}` : `heights ${expected} to ${fact.height - 1}`;
    this.breach(
      'I22',
      expected,
      fact.id,
      `${missing} missing below height ${fact.height}, which members voted on`,
    );
    // What the lost heights held is not known; the rest is examined as far as that allows.
    this.parent = fact.parent;
    this.decided = fact.height - 1;
    return true;
  }

  private passOver(
    fact: BlockFact,
    votes: readonly VoteFact[],
    count: VoteCount,
    fault: BlockFault | null,
  ): AuditedHeight {
    const { height, id } = fact;
    const { invariant, reason } = fault ?? { invariant: 'I8', reason: 'it is no block' };
    const voted = hasMajority(count);
    const severity = voted ? 'breach' : 'evidence';
    const holdsNone = voted
      ? 'members voted on it, but it holds no block'
      : 'it holds no block and is passed over';
    this.report({ invariant, severity, height, id, message: `${holdsNone}: ${reason}` });
    this.counts.passed += 1;
    if (this.decided === height - 1) this.decided = height;
    // Damaged since it was voted on: the blocks above still name it.
    if (voted) this.parent = id;
    const imported = this.imports.at(height) !== null;
    return { height, status: 'passed', imported, fact, checked: null, votes };
  }

  /** Counts the height; decisions come in order, so nothing above an undecided height is decided. */
  private decide(fact: BlockFact, count: VoteCount): 'valid' | 'invalid' | 'undecided' {
    const { height, id } = fact;
    const status = statusOf(count);
    if (status === 'invalid' && count.valid * 2 > count.members)
      this.breach('I10', height, id, 'the votes decide it both valid and invalid');
    if (status === 'undecided') return status;
    if (this.decided !== height - 1) {
      const lost = `members decided it while height ${this.decided + 1} is undecided: votes are lost`;
      this.breach('I11', height, id, lost);
    }
    this.decided = height;
    return status;
  }

  private auditValid(block: CheckedBlock, federation: readonly string[], imported: boolean): void {
    const { height, id, creator } = block;
    if (!block.signatureValid) this.breach('I8', height, id, 'a valid block was not signed by its creator');
    if (block.shapeProblem !== null) this.breach('I8', height, id, `a valid block: ${block.shapeProblem}`);
    // A creator of 1.0.1 may have left the federation since.
    if (!imported && !federation.includes(creator))
      this.breach('I8', height, id, `the creator of a valid block, ${creator}, is no member at its height`);
    auditTransactions(block, this.ledger, { report: this.report, imported });
  }

  private digestFits(fact: TextFact, what: string): boolean {
    if (sha256Hex(fact.text) === fact.digest) return true;
    this.breach('I7', null, fact.digest, `the text of ${what} is not the one it was stored with`);
    return false;
  }

  /** Members after the last change. */
  get latestMembers(): readonly string[] {
    return this.lists[this.lists.length - 1]?.members ?? [];
  }

  private membersAt(height: number): readonly string[] {
    let members: readonly string[] = [];
    for (const list of this.lists) if (list.height <= height) members = list.members;
    return members;
  }

  private breach(invariant: Invariant, height: number | null, id: string, message: string): void {
    this.report({ invariant, severity: 'breach', height, id, message });
  }
}
