/**
 * Who went by which list of members, and from which height on that was another one than the operators had agreed on. From
 * there on such a node is one of the faulty minority: it decides, votes and answers by settings that nobody shares, until
 * they are corrected, and until its view is derived anew where they had led it astray. Below that height it is like any other.
 */

import { type Chronicle, eventsOf, type MembersFrom } from '../chronicle.js';

const NEVER = Number.POSITIVE_INFINITY;

/** Who did or said something in which of its lives. */
export interface Doer {
  readonly node: string;
  readonly life: number;
}

export class Settings {
  /** Process → what it started with from a life on, in order. */
  private readonly configured = new Map<string, { from: number; changes: readonly MembersFrom[] }[]>();
  private readonly rebuiltFrom = new Map<string, number[]>();
  /** Process and life → highest height that it decided. */
  private readonly decidedTo = new Map<string, number>();
  /** Height → when a node first decided it or one above. */
  private readonly decidedAt: { readonly height: number; readonly atMs: number }[] = [];
  private readonly known = new Map<string, number>();

  constructor(private readonly chronicle: Chronicle) {
    for (const { node, from, changes } of eventsOf(chronicle, 'configured'))
      this.configured.set(node, [...(this.configured.get(node) ?? []), { from, changes }]);
    for (const { node, from } of eventsOf(chronicle, 'rebuilt'))
      this.rebuiltFrom.set(node, [...(this.rebuiltFrom.get(node) ?? []), from]);
    for (const { node, life, height, atMs } of eventsOf(chronicle, 'decided')) {
      const name = `${node} ${life}`;
      this.decidedTo.set(name, Math.max(height, this.decidedTo.get(name) ?? 0));
      if (height > (this.decidedAt.at(-1)?.height ?? -1)) this.decidedAt.push({ height, atMs });
    }
  }

  /** Members in force at a height, as the operators agreed. */
  membersAt(height: number): readonly string[] {
    return this.listAt(this.chronicle.changes, height);
  }

  /** Members at a height by the settings of one process in one life. */
  membersBy(doer: Doer, height: number): readonly string[] {
    return this.listAt(this.changesOf(doer), height);
  }

  /** The height from which on a process goes its own way in one of its lives; infinite when it does not. */
  oddFrom({ node, life }: Doer): number {
    const name = `${node} ${life}`;
    const found = this.known.get(name) ?? this.findOddFrom(node, life);
    this.known.set(name, found);
    return found;
  }

  isOddAt(doer: Doer, height: number): boolean {
    const from = this.oddFrom(doer);
    return from !== NEVER && height >= from;
  }

  /** Whether others had decided by then what this process sees otherwise. */
  isOddBy(doer: Doer, atMs: number): boolean {
    const from = this.oddFrom(doer);
    return this.decidedAt.some((decided) => decided.height >= from && decided.atMs <= atMs);
  }

  private findOddFrom(node: string, life: number): number {
    const own = this.ownDifference({ node, life });
    if (life <= 1 || this.rebuiltFrom.get(node)?.includes(life)) return own;
    const before = this.oddFrom({ node, life: life - 1 });
    // What an odd life has concluded stays in the view.
    return this.astray(node, life - 1, before) ? Math.min(own, before) : own;
  }

  private ownDifference(doer: Doer): number {
    const lists = [...this.changesOf(doer), ...this.chronicle.changes];
    const heights = lists.map(({ height }) => height);
    const other = heights.filter((height) => !sameSet(this.membersBy(doer, height), this.membersAt(height)));
    return Math.min(NEVER, ...other);
  }

  /** Whether it decided a height of its own way in this life or, without a rebuild, in one before. */
  private astray(node: string, life: number, from: number): boolean {
    for (let each = life; each > 0; each -= 1) {
      if ((this.decidedTo.get(`${node} ${each}`) ?? 0) >= from) return true;
      if (this.rebuiltFrom.get(node)?.includes(each)) return false;
    }
    return false;
  }

  private changesOf({ node, life }: Doer): readonly MembersFrom[] {
    return (this.configured.get(node) ?? []).findLast(({ from }) => from <= life)?.changes ?? [];
  }

  private listAt(changes: readonly MembersFrom[], height: number): readonly string[] {
    return changes.findLast((change) => change.height <= height)?.members ?? this.chronicle.members;
  }
}

export function sameSet(one: readonly string[], other: readonly string[]): boolean {
  const [left, right] = [new Set(one), new Set(other)];
  return left.size === right.size && [...left].every((item) => right.has(item));
}

const derived = new WeakMap<Chronicle, Settings>();

/** The settings of a chronicle, read once for all checkers. */
export function settingsOf(chronicle: Chronicle): Settings {
  let settings = derived.get(chronicle);
  if (settings === undefined) {
    settings = new Settings(chronicle);
    derived.set(chronicle, settings);
  }
  return settings;
}
