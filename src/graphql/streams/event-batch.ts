/** An event with its place in the ledger's order of decision. */
export interface PlacedEvent {
  readonly cursor: string;
}

/** Events of one place of the ledger that are handed on together, so that their subscribers can share them. */
export class EventBatch {
  /**
   * `place` names the events: equal places hold the same events for subscribers that ask for the same. `events` makes
   * them, in their order, for the one subscriber who executes them for all.
   */
  constructor(
    readonly place: string,
    readonly events: () => readonly PlacedEvent[],
  ) {}
}
