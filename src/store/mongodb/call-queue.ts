/**
 * Keeps calls in the order in which they were made, and joins consecutive additions into one batch: many callers,
 * one command, one confirmation by the majority.
 */

/** Joins additions of `T`; each item has one result of `R`. */
export class CallQueue<T, R> {
  private tail: Promise<unknown> = Promise.resolve();
  /** The batch at the end of the queue, while it has not begun. */
  private open: { readonly items: T[]; readonly results: Promise<R[]> } | null = null;

  constructor(
    private readonly addBatch: (items: readonly T[]) => Promise<R[]>,
    private readonly itemsMax: number,
  ) {}

  /** The results of `items`, in their order. */
  async add(items: readonly T[]): Promise<R[]> {
    if (items.length === 0) return [];
    const batch = this.batchFor(items.length);
    const from = batch.items.length;
    batch.items.push(...items);
    return (await batch.results).slice(from, from + items.length);
  }

  /** Runs `work` after every earlier call; later ones wait for it. */
  run<A>(work: () => Promise<A>): Promise<A> {
    this.open = null;
    const answer = this.tail.then(work);
    this.tail = answer.catch(() => undefined);
    return answer;
  }

  /** Runs `work` after every earlier call; later ones do not wait for it. */
  async after<A>(work: () => Promise<A>): Promise<A> {
    await this.tail;
    return work();
  }

  private batchFor(count: number): { readonly items: T[]; readonly results: Promise<R[]> } {
    if (this.open !== null && this.open.items.length + count <= this.itemsMax) return this.open;
    const items: T[] = [];
    const results = this.run(() => {
      if (this.open?.items === items) this.open = null;
      return this.addBatch(items);
    });
    this.open = { items, results };
    return this.open;
  }
}
