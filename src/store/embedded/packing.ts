/**
 * Backlog entries as columns. Between threads a batch travels as a few arrays of flat strings: copying those costs a
 * fraction of copying a hundred objects with six keys each.
 */

import type { BacklogEntry, EntryState, PlacedEntry } from '../store.js';

/** Entries column by column; the same index is the same entry. */
export interface PackedEntries {
  readonly digests: string[];
  readonly transactionIds: string[];
  readonly texts: string[];
  readonly assignees: string[];
  readonly stamps: string[];
  readonly acceptedAtMs: number[];
}

export interface PackedPlacedEntries extends PackedEntries {
  readonly positions: number[];
}

/** Entry states column by column. */
export interface PackedStates {
  readonly digests: string[];
  readonly stamps: string[];
}

export function packStates(states: readonly EntryState[]): PackedStates {
  return { digests: states.map((state) => state.digest), stamps: states.map((state) => state.stamp) };
}

export function packEntries(entries: readonly BacklogEntry[]): PackedEntries {
  return {
    digests: entries.map((entry) => entry.digest),
    transactionIds: entries.map((entry) => entry.transactionId),
    texts: entries.map((entry) => entry.text),
    assignees: entries.map((entry) => entry.assignee),
    stamps: entries.map((entry) => entry.stamp),
    acceptedAtMs: entries.map((entry) => entry.acceptedAtMs),
  };
}

export function unpackEntries(packed: PackedPlacedEntries): PlacedEntry[] {
  return packed.digests.map((digest, index) => ({
    digest,
    position: packed.positions[index] ?? 0,
    transactionId: packed.transactionIds[index] ?? '',
    text: packed.texts[index] ?? '',
    assignee: packed.assignees[index] ?? '',
    stamp: packed.stamps[index] ?? '',
    acceptedAtMs: packed.acceptedAtMs[index] ?? 0,
  }));
}
