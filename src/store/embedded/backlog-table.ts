/**
 * The backlog: transactions that wait for a decision. The only facts that are ever changed (their assignment) or
 * deleted. Entries are small rows in order of position; their texts stand in packs (`backlog-texts`).
 */

import type { EntryState, Reassignment, WriteResult } from '../store.js';
import { BacklogTexts, type TextPlace } from './backlog-texts.js';
import { type Connection, numberOf, type Statement, textOf } from './connection.js';
import type { Counters } from './counters.js';
import type { PackedEntries, PackedPlacedEntries, PackedStates } from './packing.js';
import { keyPrefix } from './schema.js';

/** Text that one answer carries at most, beyond its first entry. */
const READ_BYTES_MAX = 16 * 1024 * 1024;

const PLACE = 'pack, text_offset, text_bytes';
const ENTRY = `${PLACE}, position, digest, transaction_id, assignee, stamp, accepted_at_ms`;

export class BacklogTable {
  readonly texts: BacklogTexts;
  /** Cheaper than `find`, and for a new entry nearly always enough. */
  private readonly findPrefix: Statement;
  private readonly find: Statement;
  private readonly insert: Statement;
  private readonly assign: Statement;
  private readonly assignIfStamp: Statement;
  private readonly findState: Statement;
  private readonly delete: Statement;
  private readonly selectAfter: Statement;
  private readonly selectByTransaction: Statement;
  private readonly selectOfPack: Statement;
  private readonly move: Statement;
  private readonly countAll: Statement;

  constructor(
    connection: Connection,
    private readonly counters: Counters,
  ) {
    this.texts = new BacklogTexts(connection);
    const byDigest = 'digest_prefix = ? AND digest = ?';
    this.findPrefix = connection.prepare('SELECT 1 FROM backlog WHERE digest_prefix = ?');
    this.find = connection.prepare(
      `SELECT ${PLACE}, position, transaction_id FROM backlog WHERE ${byDigest}`,
    );
    this.insert = connection.prepare('INSERT INTO backlog VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.assign = connection.prepare(
      'UPDATE backlog SET position = ?, assignee = ?, stamp = ? WHERE position = ?',
    );
    this.assignIfStamp = connection.prepare(
      `UPDATE backlog SET position = ?, assignee = ?, stamp = ? WHERE ${byDigest} AND stamp = ?`,
    );
    this.findState = connection.prepare(`SELECT position, stamp, pack FROM backlog WHERE ${byDigest}`);
    this.delete = connection.prepare('DELETE FROM backlog WHERE position = ?');
    this.selectAfter = connection.prepare(
      `SELECT ${ENTRY} FROM backlog WHERE position > ? ORDER BY position LIMIT ?`,
    );
    this.selectByTransaction = connection.prepare(
      `SELECT ${ENTRY} FROM backlog WHERE transaction_prefix = ? AND transaction_id = ? ORDER BY position`,
    );
    this.selectOfPack = connection.prepare(
      `SELECT ${PLACE}, position FROM backlog WHERE pack = ? ORDER BY position`,
    );
    this.move = connection.prepare(
      'UPDATE backlog SET pack = ?, text_offset = ?, text_bytes = ? WHERE position = ?',
    );
    this.countAll = connection.prepare('SELECT count(*) FROM backlog');
  }

  /**
   * Inserts in the order given; an entry that stands already gets the new assignment and a new position. The texts
   * are in the file after `texts.flush()`.
   */
  add(entries: PackedEntries): WriteResult[] {
    return entries.digests.map((digest, index) => {
      const prefix = keyPrefix(digest);
      const standing = this.findPrefix.get(prefix) && this.find.get(prefix, digest);
      if (standing !== undefined) return this.assignAnew(standing, entries, index);
      this.insertEntry(digest, entries, index);
      return 'ok';
    });
  }

  private insertEntry(digest: string, entries: PackedEntries, index: number): void {
    const transactionId = entries.transactionIds[index] ?? '';
    const position = this.counters.nextBacklogPosition;
    const place = this.texts.add(entries.texts[index] ?? '', position);
    this.insert.run(
      position,
      keyPrefix(digest),
      keyPrefix(transactionId),
      entries.acceptedAtMs[index] ?? 0,
      digest,
      transactionId,
      entries.assignees[index] ?? '',
      entries.stamps[index] ?? '',
      place.pack,
      place.offset,
      place.bytes,
    );
    this.counters.takeBacklogPosition();
  }

  private assignAnew(standing: readonly unknown[], entries: PackedEntries, index: number): WriteResult {
    this.texts.flush();
    const sameId = textOf(standing[4]) === entries.transactionIds[index];
    if (!sameId || this.texts.read(placeOf(standing)) !== entries.texts[index]) return 'conflict';
    const assignee = entries.assignees[index] ?? '';
    const stamp = entries.stamps[index] ?? '';
    this.assign.run(this.counters.nextBacklogPosition, assignee, stamp, numberOf(standing[3]));
    this.counters.takeBacklogPosition();
    return 'duplicate';
  }

  reassign(changes: readonly Reassignment[]): number {
    let count = 0;
    for (const { digest, stamp, assignee, newStamp } of changes) {
      const position = this.counters.nextBacklogPosition;
      const prefix = keyPrefix(digest);
      const changed = this.assignIfStamp.run(position, assignee, newStamp, prefix, digest, stamp);
      if (changed > 0) this.counters.takeBacklogPosition();
      count += changed;
    }
    return count;
  }

  remove(states: PackedStates): number {
    const goneByPack = new Map<number, number>();
    let count = 0;
    states.digests.forEach((digest, index) => {
      const standing = this.findState.get(keyPrefix(digest), digest);
      if (standing === undefined || textOf(standing[1]) !== states.stamps[index]) return;
      this.delete.run(numberOf(standing[0]));
      const pack = numberOf(standing[2]);
      goneByPack.set(pack, (goneByPack.get(pack) ?? 0) + 1);
      count += 1;
    });
    for (const [pack, gone] of goneByPack) {
      if (this.texts.release(pack, gone)) this.moveRest(pack);
    }
    return count;
  }

  /** Copies the texts of the few entries left in a pack to a new one, so that the old one can go. */
  private moveRest(pack: number): void {
    for (const row of this.selectOfPack.all(pack)) {
      const text = this.texts.read(placeOf(row));
      // A position of its own, used for nothing else: any of these texts may be the first of a new pack.
      const place = this.texts.add(text, this.counters.nextBacklogPosition);
      this.counters.takeBacklogPosition();
      this.move.run(place.pack, place.offset, place.bytes, numberOf(row[3]));
    }
    this.texts.flush();
    this.texts.drop(pack);
  }

  read(afterPosition: number, limit: number): PackedPlacedEntries {
    const entries = emptyEntries();
    let bytes = 0;
    for (const row of this.selectAfter.iterate(afterPosition, limit)) {
      this.append(entries, row);
      bytes += placeOf(row).bytes;
      if (bytes >= READ_BYTES_MAX) break;
    }
    return entries;
  }

  states(digests: readonly string[]): EntryState[] {
    const states: EntryState[] = [];
    for (const digest of new Set(digests)) {
      const row = this.findState.get(keyPrefix(digest), digest);
      if (row !== undefined) states.push({ digest, stamp: textOf(row[1]) });
    }
    return states;
  }

  byTransaction(transactionIds: readonly string[]): PackedPlacedEntries {
    const entries = emptyEntries();
    for (const id of new Set(transactionIds)) {
      // Row by row: while the statement stands, the texts are read as of the same moment as the entries.
      for (const row of this.selectByTransaction.iterate(keyPrefix(id), id)) this.append(entries, row);
    }
    return entries;
  }

  count(): number {
    return numberOf(this.countAll.get()?.[0]);
  }

  /** Appends a row of ENTRY. */
  private append(entries: PackedPlacedEntries, row: readonly unknown[]): void {
    entries.texts.push(this.texts.read(placeOf(row)));
    entries.positions.push(numberOf(row[3]));
    entries.digests.push(textOf(row[4]));
    entries.transactionIds.push(textOf(row[5]));
    entries.assignees.push(textOf(row[6]));
    entries.stamps.push(textOf(row[7]));
    entries.acceptedAtMs.push(numberOf(row[8]));
  }
}

/** The first three columns, PLACE. */
function placeOf(row: readonly unknown[]): TextPlace {
  return { pack: numberOf(row[0]), offset: numberOf(row[1]), bytes: numberOf(row[2]) };
}

function emptyEntries(): PackedPlacedEntries {
  return {
    positions: [],
    digests: [],
    transactionIds: [],
    texts: [],
    assignees: [],
    stamps: [],
    acceptedAtMs: [],
  };
}
