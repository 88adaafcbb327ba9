/** What an import took and what it refused, for people and for the report file. */

export type RefusedKind = 'document' | 'block' | 'vote' | 'backlog';

export interface Refusal {
  readonly kind: RefusedKind;
  /** Id of the block or transaction, or the file and line of a document. */
  readonly id: string;
  readonly reason: string;
}

/** Refusals that are kept for the summary; all of them go to the report file. */
const FIRST_MAX = 20;

export interface ImportCounts {
  valid: number;
  invalid: number;
  undecided: number;
  transactions: number;
  votes: number;
  backlog: number;
  /** Rows of the backlog that stand in a valid block: 1.0.1 would have deleted them next. */
  backlogDone: number;
}

export class ImportReport {
  readonly counts: ImportCounts = {
    valid: 0,
    invalid: 0,
    undecided: 0,
    transactions: 0,
    votes: 0,
    backlog: 0,
    backlogDone: 0,
  };
  readonly refused: Record<RefusedKind, number> = { document: 0, block: 0, vote: 0, backlog: 0 };
  readonly firstRefusals: Refusal[] = [];
  /** Keys that made blocks or that blocks name as voters, but that are not in the federation that is counted. */
  readonly strangers = new Set<string>();

  constructor(private readonly write: (refusal: Refusal) => void) {}

  refuse(kind: RefusedKind, id: string, reason: string): void {
    const refusal = { kind, id, reason };
    this.refused[kind] += 1;
    if (this.firstRefusals.length < FIRST_MAX) this.firstRefusals.push(refusal);
    this.write(refusal);
  }

  get refusedCount(): number {
    return Object.values(this.refused).reduce((sum, count) => sum + count, 0);
  }
}
