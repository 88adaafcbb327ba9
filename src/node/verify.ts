/**
 * `verify`: the audit over a store's facts and this node's view, whether the node runs or not. Writes nothing; the
 * signatures are verified in the checker's threads.
 *
 * A node that runs moves on meanwhile. So the heights that the view had at the start are compared first, which takes
 * the time it takes, and only for the rest, and for the tables as wholes, one moment of the view is held.
 */

import { existsSync } from 'node:fs';
import { Audit } from '../ledger/audit.js';
import type { AuditedHeight, AuditSummary, Finding, MembersFrom } from '../ledger/audit-types.js';
import { ViewComparison } from '../ledger/audit-view.js';
import type { Checker } from '../ledger/checker.js';
import type { FactsReader } from '../store/facts-reader.js';
import { ViewUnreadable } from '../view/unreadable.js';
import { ViewScan } from '../view/view-scan.js';
import { AuditRun } from './audit-run.js';

/** Findings that are kept; the rest is counted. */
const FINDINGS_MAX = 50;

export interface VerifyProgress {
  readonly height: number;
  readonly head: number;
  readonly transactions: number;
}

export interface VerifyOptions {
  /** Without a snapshot, which would hold up a busy node's log; closed at the end. */
  readonly facts: FactsReader;
  /** Compared when there is such a file. */
  readonly viewPath: string;
  readonly federationChanges: readonly MembersFrom[];
  readonly checker: Checker;
  readonly onProgress: (progress: VerifyProgress) => void;
}

export interface VerifyResult {
  readonly ok: boolean;
  /** The first of each, and how many there were. */
  readonly breaches: readonly Finding[];
  readonly breachCount: number;
  readonly evidence: readonly Finding[];
  readonly evidenceCount: number;
  /** Null when the facts could not be read to their end. */
  readonly summary: AuditSummary | null;
  /** The last height of the view that was compared; null without a view. */
  readonly viewHeight: number | null;
}

/** Never rejects for what files hold: what cannot be read is a finding. */
export async function verify(options: VerifyOptions): Promise<VerifyResult> {
  const run = new Verification(options, options.facts);
  try {
    return await run.run();
  } finally {
    run.close();
    await options.facts.close();
  }
}

class Findings {
  readonly breaches: Finding[] = [];
  readonly evidence: Finding[] = [];
  breachCount = 0;
  evidenceCount = 0;

  add(finding: Finding): void {
    const breach = finding.severity === 'breach';
    const list = breach ? this.breaches : this.evidence;
    if (list.length < FINDINGS_MAX) list.push(finding);
    if (breach) this.breachCount += 1;
    else this.evidenceCount += 1;
  }

  /** A file that cannot be read is a breach like any other: what was written must be there. */
  addUnreadable(what: string, error: unknown): void {
    const message = `${what} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    this.add({ invariant: 'I7', severity: 'breach', height: null, id: '', message });
  }
}

class Verification {
  private readonly findings = new Findings();
  private readonly audit: Audit;
  private readonly blocks: AuditRun;
  private scan: ViewScan | null = null;
  private comparison: ViewComparison | null = null;
  /** Heights up to this one are compared with the view. */
  private comparedTo = -1;
  private head = -1;
  private transactions = 0;

  constructor(
    private readonly options: VerifyOptions,
    private readonly reader: FactsReader,
  ) {
    const { federationChanges, checker } = options;
    this.audit = new Audit({ federationChanges, report: (finding) => this.findings.add(finding) });
    this.blocks = new AuditRun(this.audit, checker, (height) => this.take(height));
  }

  async run(): Promise<VerifyResult> {
    this.openView();
    let summary: AuditSummary | null = null;
    try {
      await this.auditBlocks();
      await this.auditRest();
      summary = this.audit.finish();
    } catch (error) {
      this.findings.addUnreadable('the store', error);
    }
    const { breaches, breachCount, evidence, evidenceCount } = this.findings;
    const viewHeight = this.comparison?.height ?? null;
    return { ok: breachCount === 0, breaches, breachCount, evidence, evidenceCount, summary, viewHeight };
  }

  close(): void {
    this.scan?.close();
  }

  private openView(): void {
    const { viewPath } = this.options;
    if (!existsSync(viewPath)) return;
    try {
      const scan = new ViewScan(viewPath);
      this.scan = scan;
      const report = (finding: Finding): void => this.findings.add(finding);
      const placeOf = (id: string): number | null => this.audit.placeOf(id);
      this.comparison = new ViewComparison({ scan, placeOf, report });
    } catch (error) {
      if (!(error instanceof ViewUnreadable)) throw error;
      this.findings.addUnreadable('the view', error);
    }
  }

  private async auditBlocks(): Promise<void> {
    const record = await this.reader.importRecord();
    if (record !== null) this.audit.importRecord(record.text);
    const atStart = this.scan?.height() ?? -1;
    this.comparedTo = atStart;
    this.head = Math.max(await this.reader.head(), atStart);
    await this.auditHeights(0, atStart);
    if (this.scan !== null) {
      this.scan.hold();
      this.comparedTo = this.scan.height();
    }
    this.head = await this.reader.head();
    await this.auditHeights(atStart + 1, this.head);
  }

  private async auditHeights(from: number, to: number): Promise<void> {
    if (to < from) return;
    for await (const voted of this.reader.blocks(from, to)) await this.blocks.add(voted);
    await this.blocks.settled();
  }

  private take(audited: AuditedHeight): void {
    const { height, status, checked } = audited;
    if (status === 'valid') this.transactions += checked?.transactions.length ?? 0;
    if (height <= this.comparedTo) this.withView((comparison) => comparison.compare(audited));
    this.options.onProgress({ height, head: this.head, transactions: this.transactions });
  }

  private async auditRest(): Promise<void> {
    for await (const { blockId, votes } of this.reader.strayVotes()) this.audit.strayVotes(blockId, votes);
    const isExpected = (rejection: Parameters<Audit['rejection']>[0]): boolean => {
      const node = this.audit.rejection(rejection);
      return node !== null && this.audit.latestMembers.includes(node);
    };
    const { comparison } = this;
    if (comparison === null) for await (const rejection of this.reader.rejections()) isExpected(rejection);
    else await this.finishView(comparison, isExpected);
    for await (const entry of this.reader.backlog()) this.audit.backlogEntry(entry);
  }

  private async finishView(
    comparison: ViewComparison,
    isExpected: Parameters<ViewComparison['finish']>[1],
  ): Promise<void> {
    try {
      await comparison.finish(this.reader.rejections(), isExpected);
    } catch (error) {
      this.viewFailed(error);
    }
  }

  private withView(use: (comparison: ViewComparison) => void): void {
    if (this.comparison === null) return;
    try {
      use(this.comparison);
    } catch (error) {
      this.viewFailed(error);
    }
  }

  /** Says it once; the store is audited all the same. */
  private viewFailed(error: unknown): void {
    this.comparison = null;
    this.findings.addUnreadable('the view', error);
  }
}
