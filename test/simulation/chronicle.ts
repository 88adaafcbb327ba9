/**
 * Everything that was done and said in one simulated run, in order: the facts as they became durable, what doors
 * answered, what nodes concluded, what subscribers were sent. Plain values and no types of the node, so that the
 * checkers that judge it share nothing with what they judge.
 */

export interface EntryFact {
  readonly digest: string;
  readonly transactionId: string;
  readonly text: string;
  readonly assignee: string;
  readonly stamp: string;
}

export interface BlockFact {
  readonly height: number;
  readonly id: string;
  readonly text: string;
  readonly signature: string;
  readonly parent: string;
  readonly claimSignature: string;
}

export interface VoteFact {
  readonly blockId: string;
  readonly node: string;
  readonly signature: string;
  readonly text: string;
}

export interface RejectionFact {
  readonly digest: string;
  readonly transactionId: string;
  readonly text: string;
}

/** A complete list of public keys, in force from a height on. */
export interface MembersFrom {
  readonly height: number;
  readonly members: readonly string[];
}

export interface Place {
  readonly height: number;
  /** -1: before the first transaction of the height. */
  readonly position: number;
}

/** `by`: the name of the process or hostile member that wrote it. */
export type Happening =
  /** An entry stands in the backlog, new or under another assignment. */
  | { readonly kind: 'entry'; readonly by: string; readonly entry: EntryFact }
  | { readonly kind: 'entry gone'; readonly by: string; readonly digest: string }
  | { readonly kind: 'block'; readonly by: string; readonly block: BlockFact }
  | { readonly kind: 'vote'; readonly by: string; readonly vote: VoteFact }
  | { readonly kind: 'rejection'; readonly by: string; readonly rejection: RejectionFact }
  | { readonly kind: 'started'; readonly node: string }
  /** `federation.changes` that a process starts with from the life `from` on; before it had none. */
  | {
      readonly kind: 'configured';
      readonly node: string;
      readonly from: number;
      readonly changes: readonly MembersFrom[];
    }
  /** Its view was thrown away, and is derived anew from the life `from` on. */
  | { readonly kind: 'rebuilt'; readonly node: string; readonly from: number }
  | { readonly kind: 'acknowledged'; readonly node: string; readonly transactionId: string }
  /** A door refused a right transaction for good. `isContested`: clients have sent another that spends the same. */
  | {
      readonly kind: 'refused';
      readonly node: string;
      readonly transactionId: string;
      readonly code: string;
      readonly isContested: boolean;
    }
  /** A door accepted what is wrong. */
  | { readonly kind: 'wrong accepted'; readonly node: string; readonly what: string }
  /** What a client was told of a transaction that had been acknowledged before it asked. */
  | {
      readonly kind: 'answered';
      readonly node: string;
      readonly transactionId: string;
      readonly status: string | null;
    }
  | {
      readonly kind: 'decided';
      readonly node: string;
      readonly height: number;
      readonly blockId: string | null;
      readonly status: string;
    }
  | { readonly kind: 'subscribed'; readonly subscriber: string; readonly after: Place }
  | {
      readonly kind: 'delivered';
      readonly subscriber: string;
      readonly transactionId: string;
      readonly place: Place;
    }
  /** Unspent or spent outputs of a key as a node listed them, `transaction:index`, as of a height. */
  | {
      readonly kind: 'listed';
      readonly node: string;
      readonly publicKey: string;
      readonly spent: boolean;
      readonly asOf: number;
      readonly links: readonly string[];
    }
  | {
      readonly kind: 'held';
      readonly node: string;
      readonly what: string;
      readonly count: number;
      readonly limit: number;
    }
  /** A node stopped by itself whose operator had made a mistake, or that is no member any more. */
  | { readonly kind: 'stopped'; readonly node: string; readonly error: string }
  /** Blocks have come for long enough, without faults, for a node to see that the others go by another list. */
  | { readonly kind: 'had time to notice'; readonly node: string }
  /** A node stopped by itself. */
  | { readonly kind: 'failed'; readonly node: string; readonly error: string }
  | { readonly kind: 'unhandled'; readonly error: string };

/** `life`: that of the process which did or said it; 0 for who is none. */
export type Recorded = Happening & { readonly atMs: number; readonly life: number };

/** What a node's view held at the end. */
export interface ViewRecord {
  readonly node: string;
  readonly heights: readonly {
    readonly height: number;
    readonly blockId: string | null;
    readonly status: string;
  }[];
  /** Output → who spent it. */
  readonly spends: ReadonlyMap<string, string>;
}

/** One run, for the checkers. */
export interface Chronicle {
  readonly events: readonly Recorded[];
  /** The facts that the store holds at the end. */
  readonly facts: {
    readonly entries: readonly EntryFact[];
    readonly blocks: readonly BlockFact[];
    readonly votes: readonly VoteFact[];
    readonly rejections: readonly RejectionFact[];
  };
  /** Public keys of the first federation. */
  readonly members: readonly string[];
  /** What the operators agreed on after it. */
  readonly changes: readonly MembersFrom[];
  /** Names of the processes that ran; whoever else wrote is a hostile member. */
  readonly processes: readonly string[];
  /** Views of the nodes that were up at the end, and one that was derived from the store alone. */
  readonly views: readonly ViewRecord[];
  /** Why the federation was not at rest when time was up; null when it was. */
  readonly unrest: string | null;
}

/** What a checker found; the text says what and where. */
export type Checker = (chronicle: Chronicle) => readonly string[];

export function eventsOf<K extends Happening['kind']>(
  chronicle: Chronicle,
  kind: K,
): Extract<Recorded, { readonly kind: K }>[] {
  return chronicle.events.filter(
    (event): event is Extract<Recorded, { readonly kind: K }> => event.kind === kind,
  );
}
