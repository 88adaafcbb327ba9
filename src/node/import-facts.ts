/**
 * `import` of a file that `export` wrote, into an embedded store that does not exist yet. Every fact is audited as it
 * comes, and written to a file beside the store that takes the store's name only when all of it was right.
 */

import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Audit } from '../ledger/audit.js';
import type { AuditSummary, Finding, MembersFrom } from '../ledger/audit-types.js';
import type { Checker } from '../ledger/checker.js';
import { createWorkerStore } from '../store/embedded/worker.js';
import type { Store, StoredVote, WriteResult } from '../store/store.js';
import { AuditRun } from './audit-run.js';
import { type FactCounts, type FactLine, LineReader, NotExported } from './facts-lines.js';

/** Writes that wait for one group commit. */
const WRITES_AT_ONCE = 256;
const CHARACTERS_AT_ONCE = 32 * 1024 * 1024;
const FINDINGS_MAX = 20;

export interface ImportOptions {
  /** The file to be made; nothing stands there. */
  readonly storePath: string;
  readonly lines: AsyncIterable<string>;
  readonly checker: Checker;
  readonly federationChanges: readonly MembersFrom[];
  readonly onProgress: (height: number) => void;
}

export interface ImportResult {
  readonly counts: FactCounts;
  readonly summary: AuditSummary;
  /** The first breaches; when there are any, nothing was imported. */
  readonly breaches: readonly Finding[];
}

/** A write was refused that a store without a history cannot refuse. */
export class ImportFailed extends Error {
  override readonly name = 'ImportFailed';
}

/** Rejects with NotExported for a file that is not whole. Unless all was right, nothing is left behind. */
export async function importFacts(options: ImportOptions): Promise<ImportResult> {
  const { storePath } = options;
  const making = `${storePath}-import`;
  removeStore(making);
  let failure: Error | null = null;
  // A crash here leaves a file beside the store that the next import removes.
  const store = await createWorkerStore({
    path: making,
    onFailure: (error) => {
      failure ??= error;
    },
  });
  try {
    const result = await new Import(store, options).run();
    await store.close();
    if (failure !== null) throw failure;
    if (result.breaches.length === 0) publish(making, storePath);
    return result;
  } finally {
    await store.close();
    removeStore(making);
  }
}

/** The name is given last: whoever finds the store finds all of it. */
function publish(making: string, storePath: string): void {
  const file = openSync(making, 'r');
  fsyncSync(file);
  closeSync(file);
  renameSync(making, storePath);
  const folder = openSync(dirname(storePath), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function removeStore(path: string): void {
  for (const companion of ['', '-wal', '-shm', '-journal', '-reserve'])
    rmSync(path + companion, { force: true });
}

class Import {
  private readonly breaches: Finding[] = [];
  private readonly audit: Audit;
  private readonly blocks: AuditRun;
  private readonly reader = new LineReader();
  private pending: Promise<void>[] = [];
  private pendingCharacters = 0;
  /** The block whose votes are being read. */
  private open: {
    readonly block: Extract<FactLine, { kind: 'block' }>['block'];
    readonly votes: StoredVote[];
  } | null = null;
  private strays: StoredVote[] = [];

  constructor(
    private readonly store: Store,
    private readonly options: ImportOptions,
  ) {
    const { federationChanges, checker, onProgress } = options;
    const report = (finding: Finding): void => {
      if (finding.severity === 'breach' && this.breaches.length < FINDINGS_MAX) this.breaches.push(finding);
    };
    this.audit = new Audit({ federationChanges, report });
    this.blocks = new AuditRun(this.audit, checker, ({ height }) => onProgress(height));
  }

  async run(): Promise<ImportResult> {
    const cutOff = await this.takeLines();
    await this.closeBlock();
    await this.blocks.settled();
    this.closeStrays();
    await this.written();
    // What is wrong in the facts themselves says more than that the file was changed.
    if (cutOff !== null && this.breaches.length === 0) throw cutOff;
    return { counts: this.reader.counts, summary: this.audit.finish(), breaches: this.breaches };
  }

  /** Takes lines up to the end or to the first breach; what is wrong with the file, if anything is. */
  private async takeLines(): Promise<NotExported | null> {
    try {
      for await (const line of this.options.lines) {
        const fact = this.reader.take(line);
        if (fact !== null) await this.take(fact);
        if (this.breaches.length > 0) return null;
      }
      this.reader.finish();
      return null;
    } catch (error) {
      if (error instanceof NotExported) return error;
      throw error;
    }
  }

  private async take(fact: FactLine): Promise<void> {
    if (fact.kind === 'vote' && this.open !== null) {
      this.open.votes.push(fact.vote);
      await this.write(this.store.addVotes([fact.vote]));
      return;
    }
    await this.closeBlock();
    // Who may sign rejections and votes is known when the blocks are.
    if (fact.kind !== 'block') await this.blocks.settled();
    switch (fact.kind) {
      case 'import':
        this.audit.importRecord(fact.record.text);
        return this.write(this.store.addImport(fact.record));
      case 'block':
        this.open = { block: fact.block, votes: [] };
        this.pendingCharacters += fact.block.text.length;
        return this.write(this.store.claimHeight(fact.block));
      case 'vote':
      case 'stray_vote':
        if (this.strays[0]?.blockId !== fact.vote.blockId) this.closeStrays();
        this.strays.push(fact.vote);
        return this.write(this.store.addVotes([fact.vote]));
      case 'rejection':
        this.closeStrays();
        this.audit.rejection(fact.rejection);
        return this.write(this.store.addRejections([fact.rejection]));
      case 'backlog':
        this.audit.backlogEntry(fact.entry);
        return this.write(this.store.addBacklog([fact.entry]));
    }
  }

  private async closeBlock(): Promise<void> {
    const { open } = this;
    this.open = null;
    if (open !== null) await this.blocks.add(open);
  }

  private closeStrays(): void {
    const [first] = this.strays;
    if (first !== undefined) this.audit.strayVotes(first.blockId, this.strays);
    this.strays = [];
  }

  /** Writes stay in order, because the store's thread takes them in order. */
  private async write(result: Promise<WriteResult | 'taken' | readonly WriteResult[]>): Promise<void> {
    const checked = result.then((answer) => {
      for (const each of typeof answer === 'string' ? [answer] : answer)
        if (each !== 'ok' && each !== 'duplicate')
          throw new ImportFailed(`the store refused a fact: ${each}`);
    });
    checked.catch(() => undefined);
    this.pending.push(checked);
    if (this.pending.length >= WRITES_AT_ONCE || this.pendingCharacters > CHARACTERS_AT_ONCE)
      await this.written();
  }

  private async written(): Promise<void> {
    this.pendingCharacters = 0;
    await Promise.all(this.pending.splice(0));
  }
}
