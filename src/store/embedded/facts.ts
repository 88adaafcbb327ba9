/**
 * The verbs of the store port over one connection, synchronous and without transactions of their own: `group-commit`
 * puts many calls into one. Arguments and results are what travels between threads.
 */

import type {
  ClaimResult,
  EntryState,
  PlacedRejection,
  PlacedVote,
  Reassignment,
  StoredBlock,
  StoredImport,
  StoredRejection,
  StoredVote,
  WriteResult,
} from '../store.js';
import { BacklogTable } from './backlog-table.js';
import type { BacklogTexts } from './backlog-texts.js';
import { BlockTable } from './block-table.js';
import type { Connection } from './connection.js';
import { Counters } from './counters.js';
import { ImportTable } from './import-table.js';
import type { PackedEntries, PackedPlacedEntries, PackedStates } from './packing.js';
import { RejectionTable } from './rejection-table.js';
import type { VoteQuery } from './vote-query.js';
import { VoteTable } from './vote-table.js';

/** Rows after a position (or from a height), at most `limit`. */
export interface Range {
  readonly from: number;
  readonly limit: number;
}

/** One operation per verb: what it takes and what it answers. */
export interface Operations {
  addBacklog(entries: PackedEntries): WriteResult[];
  reassignBacklog(changes: readonly Reassignment[]): number;
  removeBacklog(states: PackedStates): number;
  readBacklog(range: Range): PackedPlacedEntries;
  backlogStates(digests: readonly string[]): EntryState[];
  backlogByTransaction(transactionIds: readonly string[]): PackedPlacedEntries;
  countBacklog(argument: null): number;
  claimHeight(block: StoredBlock): ClaimResult;
  readBlocks(range: Range): StoredBlock[];
  readBlockById(id: string): StoredBlock | null;
  addVotes(votes: readonly StoredVote[]): WriteResult[];
  readVotes(query: VoteQuery): PlacedVote[];
  addRejections(rejections: readonly StoredRejection[]): WriteResult[];
  readRejections(range: Range): PlacedRejection[];
  rejectionsByTransaction(transactionIds: readonly string[]): PlacedRejection[];
  addImport(record: StoredImport): WriteResult;
  readImport(argument: null): StoredImport | null;
}

export type OperationName = keyof Operations;

const WRITES: ReadonlySet<OperationName> = new Set<OperationName>([
  'addBacklog',
  'reassignBacklog',
  'removeBacklog',
  'claimHeight',
  'addVotes',
  'addRejections',
  'addImport',
]);

export function isWrite(name: OperationName): boolean {
  return WRITES.has(name);
}

/** The tables of one connection and the operations over them. */
export class Facts {
  readonly counters: Counters;
  private readonly texts: BacklogTexts;
  readonly operations: Operations;

  constructor(connection: Connection) {
    const counters = new Counters(connection);
    const backlog = new BacklogTable(connection, counters);
    const blocks = new BlockTable(connection, counters);
    const votes = new VoteTable(connection, counters);
    const rejections = new RejectionTable(connection, counters);
    const imports = new ImportTable(connection);
    this.counters = counters;
    this.texts = backlog.texts;
    this.operations = {
      addBacklog: (entries) => backlog.add(entries),
      reassignBacklog: (changes) => backlog.reassign(changes),
      removeBacklog: (states) => backlog.remove(states),
      readBacklog: (range) => backlog.read(range.from, range.limit),
      backlogStates: (digests) => backlog.states(digests),
      backlogByTransaction: (ids) => backlog.byTransaction(ids),
      countBacklog: () => backlog.count(),
      claimHeight: (block) => blocks.claim(block),
      readBlocks: (range) => blocks.read(range.from, range.limit),
      readBlockById: (id) => blocks.byId(id),
      addVotes: (added) => votes.add(added),
      readVotes: (query) => votes.read(query),
      addRejections: (added) => rejections.add(added),
      readRejections: (range) => rejections.read(range.from, range.limit),
      rejectionsByTransaction: (ids) => rejections.byTransaction(ids),
      addImport: (record) => imports.add(record),
      readImport: () => imports.read(),
    };
  }

  /** First thing in a transaction. */
  begin(): void {
    this.texts.forget();
    this.counters.load();
  }

  /**
   * Runs one operation. New texts of the backlog gather over several `addBacklog` and are written before anything
   * else looks at them.
   */
  apply(name: OperationName, argument: unknown): unknown {
    if (name !== 'addBacklog') this.texts.flush();
    const operation = this.operations[name] as (argument: unknown) => unknown;
    return operation(argument);
  }

  /** After a transaction that was rolled back. */
  forget(): void {
    this.texts.forget();
  }

  /** Last thing before COMMIT. */
  end(): void {
    this.texts.flush();
    this.counters.save();
  }
}
