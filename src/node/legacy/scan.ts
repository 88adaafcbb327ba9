/**
 * The first reading of a 1.0.x database: every block is checked (id, signatures of block and transactions) and elected
 * over the federation as 1.0.1 did (1.0.1: section 3.4). What is kept is small: about 400 bytes a block and 80 a
 * transaction; the documents are read again when they are written.
 */

import { ownString } from '../../codec/bounded-cache.js';
import { sha256Hex } from '../../codec/hash.js';
import { BOUNDS } from '../../config/limits.js';
import { IdTable, NumberColumn, wordColumn } from '../../ledger/audit-columns.js';
import type { Checker } from '../../ledger/checker.js';
import { ImportedHeights } from '../../ledger/imported-heights.js';
import { type CountedVote, readStoredVote } from '../../ledger/stored-votes.js';
import type { ElectionStatus } from '../../ledger/voting.js';
import type { CheckedBlock } from '../../model/block-types.js';
import { FIRST_DIGEST } from '../../model/import-record.js';
import { type LegacySource, LegacySourceUnusable } from '../../store/legacy-source.js';
import type { AssembledBlock } from './assemble.js';
import { type BlockToOrder, orderBlocks } from './order.js';
import { allBlocks, type PlacedText, type WholeBlock } from './read-blocks.js';
import type { ImportReport } from './report.js';

export interface ScanOptions {
  readonly source: LegacySource;
  readonly checker: Checker;
  /** 1.0.1's `keyring` and own key. */
  readonly federation: readonly string[];
  readonly report: ImportReport;
  /** Signatures of transactions were verified when the import was begun, and its record says what came out. */
  readonly verified: boolean;
  readonly onProgress: (blocks: number, transactions: number) => void;
}

/** A block that gets a height. */
export interface ScannedBlock extends BlockToOrder, PlacedText {
  readonly status: ElectionStatus;
}

export interface Scan {
  /** In order of height. */
  readonly blocks: readonly ScannedBlock[];
  /** Undecided blocks beyond those that may stay so. */
  readonly leftOut: readonly ScannedBlock[];
  /** Whether a transaction stands in a valid block. */
  isValid(transactionId: string): boolean;
}

/** Rejects with LegacySourceUnusable for a database without a genesis block. */
export async function scanSource(options: ScanOptions): Promise<Scan> {
  const scanner = new Scanner(options);
  // While the checker's threads verify some blocks, the next ones are read.
  let taken = Promise.resolve();
  for await (const blocks of allBlocks(options.source)) {
    const checked = scanner.check(blocks);
    await taken;
    taken = checked.then((each) => scanner.take(blocks, each));
    // Awaited in turn; until then a failure of the checker must not count as unhandled.
    taken.catch(() => undefined);
  }
  await taken;
  return scanner.finish();
}

/** Votes about a block as the store will hold them: one of each key that signed, the unreadable ones left out. */
export function votesToKeep(
  whole: WholeBlock,
  refuse: (node: string, reason: string) => void,
): CountedVote[] {
  const kept = new Map<string, CountedVote>();
  for (const stored of whole.votes) {
    const read = stored === null ? null : readStoredVote(stored);
    if (stored === null || read === null) refuse(stored?.node ?? '', 'it is no vote');
    else if (kept.has(stored.node)) refuse(stored.node, '1.0.1 held one vote of a node about a block');
    else kept.set(stored.node, read);
  }
  return [...kept.values()];
}

/** What the block is checked as; its place among the heights is not known yet. */
export function unplaced(block: AssembledBlock, height = block.genesis ? 0 : 1, parent = '') {
  const { id, text, signature } = block;
  return { height, id, text, signature, parent, claimSignature: '' };
}

class Scanner {
  private readonly elections: ImportedHeights;
  private readonly ids = new Set<string>();
  private readonly blocks: ScannedBlock[] = [];
  /** Transactions of valid blocks, and the block of each. */
  private readonly transactions = new IdTable();
  private readonly blockOfTransaction = wordColumn();
  /** What valid blocks spend of, each once a block: ids, and pairs of a block and an id. */
  private readonly spent = new IdTable();
  private readonly spenders = new Pairs();

  constructor(private readonly options: ScanOptions) {
    const { federation } = options;
    const lastHeight = Number.MAX_SAFE_INTEGER;
    this.elections = new ImportedHeights({
      lastHeight,
      federation,
      digest: FIRST_DIGEST,
      node: '',
      signature: '',
      signedText: '',
    });
  }

  /** All at once, so that every thread of the checker has work. Null: what is no block, for either reason. */
  check(blocks: readonly WholeBlock[]): Promise<(CheckedBlock | null)[]> {
    const { checker, verified } = this.options;
    const checks = blocks.map(({ block }) => {
      if (block === null) return null;
      const known = verified ? block.transactionTexts.map((text) => sha256Hex(text)) : [];
      return checker.checkBlock(unplaced(block), known);
    });
    return Promise.all(checks);
  }

  take(blocks: readonly WholeBlock[], checked: readonly (CheckedBlock | null)[]): void {
    blocks.forEach((whole, index) => {
      this.takeOne(whole, checked[index] ?? null);
    });
    this.options.onProgress(this.blocks.length, this.transactions.length);
  }

  finish(): Scan {
    const [genesis, ...others] = this.beginnings();
    if (genesis === undefined)
      throw new LegacySourceUnusable('There is no genesis block: this is no database of BigchainDB 1.0.x');
    for (const { id } of others)
      this.refuse(id, 'a ledger has one genesis block; fewer blocks follow this one');
    const ordered = orderBlocks(this.blocks, this.inputs()).flatMap((index) => this.blocks[index] ?? []);
    const kept = ordered.filter((block) => block.kind !== 'genesis' || block === genesis);
    const decided = kept.filter(({ kind }) => kind !== 'undecided');
    const undecided = kept.filter(({ kind }) => kind === 'undecided');
    const lasting = undecided.slice(0, BOUNDS.importedUndecidedMax);
    const leftOut = undecided.slice(BOUNDS.importedUndecidedMax);
    const reason = `${BOUNDS.importedUndecidedMax} blocks stay undecided; the transactions of this one wait in the backlog`;
    for (const { id } of leftOut) this.refuse(id, reason);
    return {
      blocks: [...decided, ...lasting],
      leftOut,
      isValid: (id) => this.transactions.find(id) >= 0,
    };
  }

  /**
   * Nodes of 1.0.1 could race for the genesis block (1.0.1: section 10.2). The one that votes name as the block before,
   * then the earliest.
   */
  private beginnings(): ScannedBlock[] {
    const followers = new Map<string, number>();
    for (const { previous } of this.blocks) followers.set(previous, (followers.get(previous) ?? 0) + 1);
    const followersOf = ({ id }: ScannedBlock): number => followers.get(id) ?? 0;
    return this.blocks
      .filter(({ kind }) => kind === 'genesis')
      .sort((a, b) => followersOf(b) - followersOf(a) || a.timestamp - b.timestamp || (a.id < b.id ? -1 : 1));
  }

  private takeOne(whole: WholeBlock, checked: CheckedBlock | null): void {
    const { block, id } = whole;
    const { federation, report } = this.options;
    const unusable = this.unusable(whole, checked);
    if (unusable !== null || block === null || checked === null) {
      this.refuse(id === '' ? whole.place : id, unusable ?? '');
      return;
    }
    for (const key of [checked.creator, ...checked.voters])
      if (!federation.includes(key)) report.strangers.add(key);
    const votes = votesToKeep(whole, (node, reason) => report.refuse('vote', `${id} ${node}`, reason));
    const status = block.genesis ? 'undecided' : this.elections.count(checked, votes).tally.status;
    const fault = status === 'invalid' ? null : faultOf(checked);
    if (fault === null) this.add(whole, checked, { votes, status });
    else this.refuse(id, `1.0.1 has it ${status}, but ${fault}`);
  }

  private unusable({ block, id }: WholeBlock, checked: CheckedBlock | null): string | null {
    if (block === null) return 'it is no block';
    if (this.ids.has(id)) return 'a block with this id was stored before';
    return checked === null ? unreadable(block) : null;
  }

  private add(
    { place }: WholeBlock,
    checked: CheckedBlock,
    { votes, status }: { readonly votes: readonly CountedVote[]; readonly status: ElectionStatus },
  ): void {
    const index = this.blocks.length;
    const id = ownString(checked.id);
    const genesis = checked.height === 0;
    this.ids.add(id);
    this.blocks.push({
      id,
      place,
      length: checked.text.length,
      status,
      kind: genesis ? 'genesis' : status === 'undecided' ? 'undecided' : 'decided',
      timestamp: Number.parseInt(checked.timestamp, 10) || 0,
      previous: ownString(previousOf(votes, checked.voters, this.options.federation)),
    });
    if (status === 'valid') this.takeTransactions(checked, index);
  }

  private takeTransactions(block: CheckedBlock, index: number): void {
    const spent = new Set<string>();
    for (const result of block.transactions) {
      const id = result.ok ? result.transaction.id : (result.id ?? '');
      if (/^[0-9a-f]{64}$/.test(id) && this.transactions.find(id) < 0) {
        this.transactions.add(id);
        this.blockOfTransaction.push(index);
      }
      for (const { transactionId } of result.transaction?.spends ?? []) spent.add(transactionId);
    }
    for (const id of spent) {
      if (!/^[0-9a-f]{64}$/.test(id)) continue;
      const known = this.spent.find(id);
      this.spenders.push(index, known < 0 ? this.spent.add(id) : known);
    }
  }

  /** Pairs of a valid block and one that holds what it spends. */
  private *inputs(): Generator<readonly [number, number]> {
    for (const [block, spent] of this.spenders.all()) {
      const transaction = this.transactions.find(this.spent.idAt(spent));
      if (transaction >= 0) yield [block, this.blockOfTransaction.at(transaction)];
    }
  }

  private refuse(id: string, reason: string): void {
    this.options.report.refuse('block', id, reason);
  }
}

/** Two columns of numbers. */
class Pairs {
  private readonly left: NumberColumn = wordColumn();
  private readonly right: NumberColumn = wordColumn();

  push(left: number, right: number): void {
    this.left.push(left);
    this.right.push(right);
  }

  *all(): Generator<readonly [number, number]> {
    for (let at = 0; at < this.left.length; at += 1) yield [this.left.at(at), this.right.at(at)];
  }
}

function unreadable(block: AssembledBlock): string {
  if (block.lacksAsset !== null) return `the asset of ${block.lacksAsset} is missing from \`assets\``;
  return 'its content is no block, is larger than a block may be, or does not hash to its id';
}

/**
 * What no correct federation decides valid or leaves waiting. Its creator may have left the federation since: 1.0.1 asked
 * for that only when it voted.
 */
function faultOf({ shapeProblem, signatureValid }: CheckedBlock): string | null {
  return shapeProblem ?? (signatureValid ? null : 'it was not signed by its creator');
}

/** What most votes name as the block before: of the valid votes of members, or, where there are none, of the others. */
function previousOf(
  votes: readonly CountedVote[],
  voters: readonly string[],
  federation: readonly string[],
): string {
  const eligible = votes.filter(
    ({ signatureValid, vote }) =>
      signatureValid && voters.includes(vote.node) && federation.includes(vote.node) && vote.content !== null,
  );
  const valid = eligible.filter(({ vote }) => vote.content?.is_block_valid === true);
  const counts = new Map<string, number>();
  for (const { vote } of valid.length > 0 ? valid : eligible) {
    const previous = vote.content?.previous_block ?? '';
    counts.set(previous, (counts.get(previous) ?? 0) + 1);
  }
  let best = '';
  for (const [previous, count] of counts) if (count > (counts.get(best) ?? 0)) best = previous;
  return best;
}
