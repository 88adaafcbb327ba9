/** What is to happen in a simulated world, by due time; the seed orders what is due at one instant. */

/** Something that will happen at an instant of virtual time. */
export interface WorldEvent {
  readonly dueMs: number;
  /** Seeded, so that events of one instant run in an order that depends on the seed only. */
  readonly priority: number;
  readonly sequence: number;
  readonly label: string;
  action: (() => void) | null;
}

function comesBefore(left: WorldEvent, right: WorldEvent): boolean {
  if (left.dueMs !== right.dueMs) return left.dueMs < right.dueMs;
  if (left.priority !== right.priority) return left.priority < right.priority;
  return left.sequence < right.sequence;
}

/** A binary heap of events; cancelled ones stay in it without an action. */
export class EventQueue {
  private readonly heap: WorldEvent[] = [];

  push(event: WorldEvent): void {
    const { heap } = this;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!comesBefore(event, heap[parent] as WorldEvent)) break;
      heap[index] = heap[parent] as WorldEvent;
      index = parent;
    }
    heap[index] = event;
  }

  /** The next event that was not cancelled; it stays in the queue. */
  peek(): WorldEvent | null {
    while (this.heap[0] !== undefined && this.heap[0].action === null) this.pop();
    return this.heap[0] ?? null;
  }

  pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && comesBefore(right, heap[child] as WorldEvent)) child++;
      if (!comesBefore(heap[child] as WorldEvent, last)) break;
      heap[index] = heap[child] as WorldEvent;
      index = child;
    }
    heap[index] = last;
  }
}
