/**
 * The federation as a function of the height (architecture, section 4, rule 6): at 0 the genesis block's `voters`,
 * then the complete lists of `federation.changes`. Blocks are judged and votes counted over the list in force at
 * their height, never over the block's own list (D2).
 */

/** A complete list of members in force from `height` on. */
export interface FederationChange {
  readonly height: number;
  readonly members: readonly string[];
}

export class Federation {
  private readonly lists: readonly FederationChange[];

  /** `genesisVoters` are in force from height 0; `changes` in any order, each at another height above 0. */
  constructor(genesisVoters: readonly string[], changes: readonly FederationChange[]) {
    const sorted = [...changes].sort((a, b) => a.height - b.height);
    this.lists = [{ height: 0, members: genesisVoters }, ...sorted];
  }

  /** The lists after the first, in order of height. */
  get changes(): readonly FederationChange[] {
    return this.lists.slice(1);
  }

  /** Members in force at `height`. */
  membersAt(height: number): readonly string[] {
    let members = this.lists[0]?.members ?? [];
    for (const list of this.lists) {
      if (list.height > height) break;
      members = list.members;
    }
    return members;
  }

  /** Members after the last change. */
  get latest(): readonly string[] {
    return this.lists[this.lists.length - 1]?.members ?? [];
  }

  /** Whether a key is in any list: what it signed may be from its time, or this node's list is ahead of the height. */
  everHad(key: string): boolean {
    return this.lists.some((list) => list.members.includes(key));
  }

  /**
   * The height from which a creator whose block at `invalidHeight` was decided invalid may be heard again: that of
   * the next change that names it; null when there is none (rule 3).
   */
  namedAnew(creator: string, invalidHeight: number): number | null {
    for (const list of this.lists) {
      if (list.height > invalidHeight && list.members.includes(creator)) return list.height;
    }
    return null;
  }
}

/** True when both lists hold the same keys, whatever their order and repetitions. */
export function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  const left = new Set(a);
  const right = new Set(b);
  return left.size === right.size && [...left].every((key) => right.has(key));
}
