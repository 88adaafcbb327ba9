/**
 * What this node has concluded, in one place: the view (decided and committed), the pending heights above it, and the
 * federation. Look-ups merge the two so that callers see one ledger. Only `place` and `decide` change it, both
 * synchronously, so no reader sees half a height.
 */

import { BOUNDS } from '../config/limits.js';
import type { CheckedBlock } from '../model/block-types.js';
import type { ImportedStatus } from '../model/import-record.js';
import { type ReadOutput, readAssetAndOutputs } from '../model/outputs.js';
import type { Clock } from '../runtime/runtime.js';
import type { ViewReader } from '../view/view.js';
import { Federation, type FederationChange } from './federation.js';
import type { ImportedHeights } from './imported-heights.js';
import { type PendingHeight, PendingHeights } from './pending-heights.js';

/** Something that must never be: the node stops with exit 1 and keeps what it has as evidence. */
export class InvariantBreach extends Error {
  override readonly name = 'InvariantBreach';
}

/** What a spend needs to know of a transaction in a valid block. */
export interface SpendableOutputs {
  readonly assetId: string;
  readonly outputs: readonly ReadOutput[];
}

export type InclusionStatus = 'valid' | 'undecided' | 'none';

export class LedgerState {
  readonly pending = new PendingHeights();
  private federationList: Federation = new Federation([], []);
  private importedHeights: ImportedHeights | null = null;
  /** The last height decided or passed; everything up to it is final. -1 before the genesis block. */
  private decided: number;
  /** The last height placed: the contiguous head of the store as far as this node has read. */
  private placed: number;
  /** Id of the newest block placed; the parent of the next. */
  private newestBlockId: string;
  /** Creator → height of its latest invalid block (architecture, section 4, rule 3). */
  private readonly lastInvalid = new Map<string, number>();
  private readonly recentOutputs = new Map<string, SpendableOutputs>();
  private recentOutputCount = 0;

  constructor(
    readonly view: ViewReader,
    private readonly clock: Clock,
  ) {
    this.decided = view.height();
    this.placed = this.decided;
    this.newestBlockId = newestBlockId(view, this.decided);
  }

  get federation(): Federation {
    return this.federationList;
  }

  /** The heights that were imported from 1.0.x, if any. */
  get imported(): ImportedHeights | null {
    return this.importedHeights;
  }

  /**
   * The view holds all that was imported. Before that nothing is judged: only the view knows outputs of transactions that
   * 1.0.1 took and a check of today does not.
   */
  get importCommitted(): boolean {
    return this.importedHeights === null || !this.isImported(this.view.height() + 1);
  }

  isImported(height: number): boolean {
    return this.importedHeights?.covers(height) ?? false;
  }

  /** Over imported heights the federation is the one of their record. */
  setFederation(
    genesisVoters: readonly string[],
    changes: readonly FederationChange[],
    imported: ImportedHeights | null = null,
  ): void {
    this.importedHeights = imported;
    imported?.resume(this.view);
    this.federationList = new Federation(imported?.federation ?? genesisVoters, changes);
    this.lastInvalid.clear();
    for (const { creator, height } of this.view.lastInvalidHeights()) this.noteInvalid(creator, height);
  }

  get decidedHeight(): number {
    return this.decided;
  }

  get head(): number {
    return this.placed;
  }

  /** The parent that the block at `head + 1` must name. */
  get headBlockId(): string {
    return this.newestBlockId;
  }

  get undecidedCount(): number {
    return this.placed - this.decided;
  }

  /** Places what stands at `head + 1`: a block, or nothing (`null`). The genesis block counts as decided at once. */
  place(block: CheckedBlock | null): PendingHeight {
    const height = this.placed + 1;
    const entry = this.pending.place(height, block, this.clock.nowMs());
    this.placed = height;
    if (block !== null) this.newestBlockId = block.id;
    if (height === 0) {
      this.noteImported(entry, 'undecided');
      this.decided = 0;
    }
    return entry;
  }

  /** The lowest height that is not decided, if it has been placed. */
  nextToDecide(): PendingHeight | undefined {
    return this.pending.get(this.decided + 1);
  }

  /**
   * Takes the decision of the lowest undecided height. `INVARIANT I10`: decisions come in order of height and never
   * change. `undecided`: an imported height that stays so.
   */
  decide(entry: PendingHeight, status: 'valid' | 'invalid' | 'passed' | 'undecided'): void {
    if (entry.height !== this.decided + 1) {
      throw new InvariantBreach(`height ${entry.height} decided while ${this.decided + 1} is not`);
    }
    this.noteImported(entry, status === 'passed' ? 'undecided' : status);
    if (status === 'valid' || status === 'invalid') this.pending.decide(entry, status, this.clock.nowMs());
    if (status === 'invalid' && entry.block !== null) this.noteInvalid(entry.block.creator, entry.height);
    this.decided = entry.height;
  }

  /** The imported heights together must be what was imported. */
  private noteImported({ height, block }: PendingHeight, status: ImportedStatus): void {
    if (this.importedHeights === null || !this.isImported(height)) return;
    if (this.importedHeights.decided(height, block?.id ?? '', status)) return;
    throw new InvariantBreach(
      `what the store holds at heights 0 to ${height} is not what was imported from 1.0.x: the digest differs`,
    );
  }

  /**
   * Only members can be barred; remembering everybody who claims heights would be a list without a bound. A correct node
   * of 1.0.1 made invalid blocks, too.
   */
  private noteInvalid(creator: string, height: number): void {
    if (this.isImported(height)) return;
    if (this.federationList.everHad(creator)) this.lastInvalid.set(creator, height);
  }

  /** The view has committed everything up to `height`. */
  committed(height: number): void {
    for (const entry of this.pending.values()) {
      if (entry.height > height) break;
      this.pending.drop(entry.height);
    }
  }

  /** True when `creator` has an invalid block below `height` and the federation has not named it anew since. */
  isBarred(creator: string, height: number): boolean {
    const invalidHeight = this.lastInvalid.get(creator);
    if (invalidHeight === undefined || invalidHeight >= height) return false;
    const namedAnew = this.federationList.namedAnew(creator, invalidHeight);
    return namedAnew === null || namedAnew > height;
  }

  /** Whether a transaction stands in a block that is valid or undecided. */
  inclusion(transactionId: string): InclusionStatus {
    let undecided = false;
    for (const inclusion of this.pending.inclusions(transactionId)) {
      if (inclusion.height.status === 'valid') return 'valid';
      if (inclusion.height.height > 0) undecided = true;
    }
    if (this.view.validTransaction(transactionId) !== null) return 'valid';
    return undecided ? 'undecided' : 'none';
  }

  /** The outputs of a transaction in a valid block, or null. */
  validOutputs(transactionId: string): SpendableOutputs | null {
    const recent = this.recentOutputs.get(transactionId);
    if (recent !== undefined) return recent;
    const text = this.validText(transactionId);
    if (text === null) return null;
    const found = readAssetAndOutputs(text);
    // NOTE: what stands in a valid block never changes, so remembering it is safe; the bound only saves memory.
    if (this.recentOutputCount >= BOUNDS.outputsRemembered) {
      this.recentOutputs.clear();
      this.recentOutputCount = 0;
    }
    this.recentOutputs.set(transactionId, found);
    this.recentOutputCount += 1 + found.outputs.length;
    return found;
  }

  /** Id of the transaction in a valid block that spends this output; null when none does. */
  validSpender(transactionId: string, outputIndex: number): string | null {
    for (const use of this.pending.spenders(transactionId, outputIndex)) {
      if (use.height.status === 'valid') return use.id;
    }
    return this.view.spender(transactionId, outputIndex)?.transactionId ?? null;
  }

  /** Ids of transactions in undecided blocks that spend this output. */
  undecidedSpenders(transactionId: string, outputIndex: number): string[] {
    return this.pending
      .spenders(transactionId, outputIndex)
      .filter((use) => use.height.status === 'undecided')
      .map((use) => use.id);
  }

  private validText(transactionId: string): string | null {
    for (const { height, position } of this.pending.inclusions(transactionId)) {
      if (height.status !== 'valid') continue;
      const result = height.block?.transactions[position];
      if (result?.ok) return result.transaction.text;
    }
    return this.view.validTransaction(transactionId)?.text ?? null;
  }
}

function newestBlockId(view: ViewReader, height: number): string {
  for (let each = height; each >= 0; each -= 1) {
    const block = view.blockByHeight(each);
    if (block !== null) return block.id;
  }
  return '';
}
