/**
 * Which height each block of 1.0.x gets. 1.0.1 knew no order but what each voter said came before (1.0.1: section 3.1), so
 * the order is that of the block before which the counted votes name; where they are silent or lead in circles, inputs
 * before their spenders, which holds anyway, and then timestamps. What is undecided comes last: nothing decided depends
 * on it. A pure function: equal blocks get equal heights whoever imports them.
 */

export interface BlockToOrder {
  readonly id: string;
  readonly kind: 'genesis' | 'decided' | 'undecided';
  /** Unix seconds. */
  readonly timestamp: number;
  /** The block that the counted votes name as the one before; '' when they name none. */
  readonly previous: string;
}

/** Indexes into `blocks`, in order of height. `inputs`: pairs of a block and one that holds what it spends, as indexes. */
export function orderBlocks(
  blocks: readonly BlockToOrder[],
  inputs: Iterable<readonly [block: number, input: number]>,
): number[] {
  return new Ordering(blocks, inputs).run();
}

class Ordering {
  /** Block → those that spend of it, or that name it as the one before. */
  private readonly spenders = new Map<number, number[]>();
  private readonly followers = new Map<number, number[]>();
  /** Blocks of inputs that have no height yet, by block. */
  private readonly missing: Uint32Array;
  private readonly awaitsPrevious: Uint8Array;
  private readonly done: Uint8Array;
  /** Everything before them has a height; and: only the block before has none. */
  private readonly ready: Heap;
  private readonly circular: Heap;
  /** It is the turn of the undecided ones. */
  private last = false;

  constructor(
    private readonly blocks: readonly BlockToOrder[],
    inputs: Iterable<readonly [number, number]>,
  ) {
    this.missing = new Uint32Array(blocks.length);
    this.awaitsPrevious = new Uint8Array(blocks.length);
    this.done = new Uint8Array(blocks.length);
    const before = (a: number, b: number): boolean => this.isBefore(a, b);
    this.ready = new Heap(before);
    this.circular = new Heap(before);
    for (const [block, input] of inputs) {
      if (block === input) continue;
      append(this.spenders, input, block);
      this.missing[block] = (this.missing[block] ?? 0) + 1;
    }
    this.linkPrevious();
  }

  run(): number[] {
    const order = this.take();
    this.last = true;
    return [...order, ...this.take()];
  }

  /** All that may have a height now, in their order. */
  private take(): number[] {
    const order: number[] = [];
    for (let index = 0; index < this.blocks.length; index += 1) this.offer(index);
    for (let next = this.next(); next >= 0; next = this.next()) {
      this.done[next] = 1;
      order.push(next);
      for (const spender of this.spenders.get(next) ?? []) {
        this.missing[spender] = (this.missing[spender] ?? 0) - 1;
        this.offer(spender);
      }
      for (const follower of this.followers.get(next) ?? []) {
        this.awaitsPrevious[follower] = 0;
        this.offer(follower);
      }
    }
    return order;
  }

  private linkPrevious(): void {
    const byId = new Map(this.blocks.map(({ id }, index) => [id, index]));
    this.blocks.forEach((block, index) => {
      const previous = this.decidedBefore(block, byId);
      if (previous < 0 || previous === index) return;
      append(this.followers, previous, index);
      this.awaitsPrevious[index] = 1;
    });
  }

  /** The block before; one that stays undecided is passed, because it comes last. */
  private decidedBefore(block: BlockToOrder, byId: ReadonlyMap<string, number>): number {
    let index = byId.get(block.previous) ?? -1;
    for (let steps = 0; steps < this.blocks.length && index >= 0; steps += 1) {
      const found = this.blocks[index];
      if (found === undefined || found.kind !== 'undecided' || block.kind === 'undecided') return index;
      index = byId.get(found.previous) ?? -1;
    }
    return -1;
  }

  private offer(index: number): void {
    if (this.done[index] === 1 || (this.missing[index] ?? 0) > 0) return;
    if (this.blocks[index]?.kind === 'undecided' && !this.last) return;
    if (this.awaitsPrevious[index] === 1) this.circular.push(index);
    else this.ready.push(index);
  }

  /** -1 when all have a height. Circles of «the block before» are cut at their earliest block. */
  private next(): number {
    for (const heap of [this.ready, this.circular]) {
      for (let index = heap.pop(); index >= 0; index = heap.pop()) if (this.done[index] === 0) return index;
    }
    return -1;
  }

  private isBefore(a: number, b: number): boolean {
    const left = this.blocks[a];
    const right = this.blocks[b];
    if (left === undefined || right === undefined) return false;
    if ((left.kind === 'genesis') !== (right.kind === 'genesis')) return left.kind === 'genesis';
    if (left.timestamp !== right.timestamp) return left.timestamp < right.timestamp;
    return left.id < right.id;
  }
}

/** The least first; an index may stand in it more than once. */
class Heap {
  private readonly items: number[] = [];

  constructor(private readonly isBefore: (a: number, b: number) => boolean) {}

  push(item: number): void {
    const { items } = this;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(item, items[parent] ?? 0)) break;
      items[at] = items[parent] ?? 0;
      at = parent;
    }
    items[at] = item;
  }

  /** -1 when it is empty. */
  pop(): number {
    const { items } = this;
    const first = items[0] ?? -1;
    const last = items.pop();
    if (last !== undefined && items.length > 0) this.sink(last);
    return first;
  }

  private sink(item: number): void {
    const { items } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.isBefore(items[child + 1] ?? 0, items[child] ?? 0)) child += 1;
      if (!this.isBefore(items[child] ?? 0, item)) break;
      items[at] = items[child] ?? 0;
      at = child;
    }
    items[at] = item;
  }
}

function append(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
