/** The audit over everything that a store holds, read through the port: the verdict of simulations and kill tests. */

import { Audit } from '../../src/ledger/audit.js';
import type { AuditedHeight, AuditSummary, Finding, MembersFrom } from '../../src/ledger/audit-types.js';
import { checkBlock } from '../../src/model/check-block.js';
import type { Store } from '../../src/store/store.js';

export interface StoreAudit {
  readonly findings: readonly Finding[];
  readonly summary: AuditSummary;
  /** `height id status` of every height, as the audit concludes. */
  readonly history: readonly string[];
}

const PAGE = 100;

export async function auditStore(
  store: Store,
  federationChanges: readonly MembersFrom[] = [],
): Promise<StoreAudit> {
  const findings: Finding[] = [];
  const history: string[] = [];
  const audit = new Audit({ federationChanges, report: (finding) => findings.push(finding) });
  const note = (audited: AuditedHeight | null): void => {
    if (audited !== null)
      history.push(`${audited.height} ${audited.checked?.id ?? 'no block'} ${audited.status}`);
  };
  const record = await store.readImport();
  if (record !== null) audit.importRecord(record.text);
  for (let next = 0; ; ) {
    const blocks = await store.readBlocks(next, PAGE);
    const last = blocks[blocks.length - 1];
    if (last === undefined) break;
    next = last.height + 1;
    for (const block of blocks) {
      const votes = await store.readVotes([block.id], Number.MAX_SAFE_INTEGER);
      note(audit.block(block, votes, checkBlock(block, new Set())));
    }
  }
  for (let after = 0; ; ) {
    const rejections = await store.readRejections(after, PAGE);
    const last = rejections[rejections.length - 1];
    if (last === undefined) break;
    after = last.position;
    for (const rejection of rejections) audit.rejection(rejection);
  }
  for (let after = 0; ; ) {
    const entries = await store.readBacklog(after, PAGE);
    const last = entries[entries.length - 1];
    if (last === undefined) break;
    after = last.position;
    for (const entry of entries) audit.backlogEntry(entry);
  }
  return { findings, history, summary: audit.finish() };
}
