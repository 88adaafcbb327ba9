/**
 * `import` of what BigchainDB 1.0.x left: read and check every block, put them in order, audit the whole, and only then
 * write. The signed record goes first and the last block last, so whatever a crash leaves is known to be unfinished: no
 * node starts on it, and the same import goes on where it ended. Equal sources, keys and federations give equal bytes, so
 * a second run changes nothing.
 */

import { sha256Hex } from '../../codec/hash.js';
import type { KeyPair } from '../../codec/key-pair.js';
import { Audit } from '../../ledger/audit.js';
import type { AuditSummary, Finding, MembersFrom } from '../../ledger/audit-types.js';
import type { Checker } from '../../ledger/checker.js';
import { FIRST_DIGEST, importDigest, makeImport, readImport } from '../../model/import-record.js';
import type { Failpoints } from '../../runtime/runtime.js';
import { type LegacySource, LegacySourceUnusable } from '../../store/legacy-source.js';
import type { Store } from '../../store/store.js';
import { blocksAt } from './read-blocks.js';
import type { ImportReport } from './report.js';
import { type Scan, scanSource, unplaced, votesToKeep } from './scan.js';
import { LegacyWriter } from './write-ledger.js';

const BREACHES_MAX = 20;

export type ImportStage = 'reading' | 'auditing' | 'writing';

export interface LegacyImportOptions {
  readonly source: LegacySource;
  /** Where the ledger is to be: empty, or with this very import begun or done. */
  readonly store: Store;
  readonly checker: Checker;
  /** Signs the record. */
  readonly keyPair: KeyPair;
  /** Over which 1.0.1's elections are counted: its `keyring` and own key. */
  readonly federation: readonly string[];
  readonly federationChanges: readonly MembersFrom[];
  readonly report: ImportReport;
  /** `done`: heights, or blocks while they are read. */
  readonly onProgress: (stage: ImportStage, done: number, transactions: number) => void;
  readonly failpoints: Failpoints;
}

export interface LegacyImportResult {
  /** `unchanged`: all of it was there. `refused`: see `breaches`; nothing was written. */
  readonly outcome: 'imported' | 'unchanged' | 'refused';
  readonly lastHeight: number;
  readonly breaches: readonly Finding[];
  /** Transactions that 1.0.1 took and that would be refused today. They stay valid. */
  readonly refusedToday: number;
  readonly summary: AuditSummary | null;
}

/** The store holds another ledger, or another import. The message is for the operator. */
export class ImportInTheWay extends Error {
  override readonly name = 'ImportInTheWay';
}

/** Rejects with ImportInTheWay, LegacySourceUnusable, or as the store does. */
export function importLegacy(options: LegacyImportOptions): Promise<LegacyImportResult> {
  return new LegacyImport(options).run();
}

class LegacyImport {
  private transactions = 0;

  constructor(private readonly options: LegacyImportOptions) {}

  async run(): Promise<LegacyImportResult> {
    const begun = await this.findBegun();
    const { source, checker, federation, report, onProgress } = this.options;
    const scan = await scanSource({
      source,
      checker,
      federation,
      report,
      verified: begun !== null,
      onProgress: (blocks, transactions) => onProgress('reading', blocks, transactions),
    });
    const record = makeImport(this.options.keyPair, {
      lastHeight: scan.blocks.length - 1,
      federation,
      digest: digestOf(scan),
    });
    if (begun !== null && begun !== record) throw new ImportInTheWay(OTHER_SOURCE);
    for (const { kind, status } of scan.blocks) if (kind !== 'genesis') report.counts[status] += 1;
    const audited = begun === null ? await this.audit(scan, record) : UNAUDITED;
    const lastHeight = scan.blocks.length - 1;
    if (audited.breaches.length > 0) return { outcome: 'refused', lastHeight, ...audited };
    const outcome = await this.write(scan, record);
    return { outcome, lastHeight, ...audited };
  }

  /** The record of this import, if it was begun before. */
  private async findBegun(): Promise<string | null> {
    const { store, keyPair, federation } = this.options;
    const standing = await store.readImport();
    if (standing === null) {
      const [block] = await store.readBlocks(0, 1);
      if (block !== undefined)
        throw new ImportInTheWay(
          'There is a ledger already; an import makes a new one. `bigchaindb drop` first',
        );
      return null;
    }
    const record = readImport(standing.text);
    if (record !== null && record.node === keyPair.publicKey && isSame(record.federation, federation))
      return standing.text;
    const by =
      record === null ? 'nobody' : `${record.node} with the federation ${record.federation.join(', ')}`;
    throw new ImportInTheWay(`Another import was begun here, by ${by}`);
  }

  /** Nothing of a block's signatures is verified again: its id says that it is the block that was scanned. */
  private async audit(scan: Scan, record: string): Promise<Audited> {
    const { checker, source, report, onProgress } = this.options;
    const breaches: Finding[] = [];
    let refusedToday = 0;
    const take = (finding: Finding): void => {
      if (finding.severity === 'evidence') refusedToday += 1;
      else if (breaches.length < BREACHES_MAX) breaches.push(finding);
    };
    const audit = new Audit({ federationChanges: this.laterMembers(scan), report: take });
    audit.importRecord(record);
    let height = 0;
    let parent = '';
    for await (const blocks of blocksAt(source, scan.blocks)) {
      const facts = blocks.map((whole) => {
        const { block } = whole;
        if (block === null || block.id !== scan.blocks[height]?.id) throw changed();
        const fact = unplaced(block, height, parent);
        parent = fact.id;
        height += 1;
        const known = block.transactionTexts.map((text) => sha256Hex(text));
        const votes = votesToKeep(whole, () => undefined).map(({ stored }) => stored);
        return { fact, votes, checked: checker.checkBlock(fact, known) };
      });
      for (const { fact, votes, checked } of facts) {
        const audited = audit.block(fact, votes, await checked);
        report.counts.votes += votes.length;
        if (audited?.status === 'valid') this.transactions += audited.checked?.transactions.length ?? 0;
      }
      onProgress('auditing', height, this.transactions);
      if (breaches.length >= BREACHES_MAX) break;
    }
    const summary = audit.finish();
    report.counts.transactions = summary.transactions;
    return { breaches, refusedToday, summary };
  }

  /** A newcomer that imports becomes a member by a change that can name its height only when this is done. */
  private laterMembers(scan: Scan): readonly MembersFrom[] {
    const { federation, federationChanges, keyPair } = this.options;
    const known = [...federation, ...federationChanges.flatMap(({ members }) => members)];
    if (known.includes(keyPair.publicKey)) return federationChanges;
    return [...federationChanges, { height: scan.blocks.length, members: [keyPair.publicKey] }];
  }

  private write(scan: Scan, record: string): Promise<'imported' | 'unchanged'> {
    const { source, store, checker, keyPair, report, failpoints, onProgress } = this.options;
    const writer = new LegacyWriter({
      source,
      store,
      checker,
      scan,
      report,
      assignee: keyPair.publicKey,
      failpoints,
      onHeight: (height) => onProgress('writing', height, this.transactions),
    });
    return writer.run(record);
  }
}

interface Audited {
  readonly breaches: readonly Finding[];
  readonly refusedToday: number;
  readonly summary: AuditSummary | null;
}

/** An import that was begun has been audited before; its record says so. */
const UNAUDITED: Audited = { breaches: [], refusedToday: 0, summary: null };

const OTHER_SOURCE =
  'This import was begun with a source that held something else: what 1.0.x wrote since cannot be added. `bigchaindb drop`, then import again';

function changed(): LegacySourceUnusable {
  return new LegacySourceUnusable('The source changed while it was read: stop every node of 1.0.x first');
}

function digestOf({ blocks }: Scan): string {
  return blocks.reduce(
    (digest, { id, status }, height) => importDigest(digest, height, id, status),
    FIRST_DIGEST,
  );
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === new Set(right).size && left.every((key) => right.includes(key));
}
