/** What the benchmark and its load process say to each other over the channel between parent and child. */

/** How transactions are posted. */
export type DoorKind = 'graphql' | 'rest';

/** Closed loop: `inFlight` requests at any time, each of `batch` distinct CREATEs, until the time or the count is up. */
export interface CreateJob {
  readonly kind: 'create';
  readonly http: string;
  readonly door: DoorKind;
  /** Makes the transactions distinct from those of every other job on the same node. */
  readonly name: string;
  readonly seconds: number;
  /** Ends the load earlier, exactly at this number of transactions. */
  readonly countMax: number;
  readonly inFlight: number;
  readonly batch: number;
  /** Sign everything before the clock starts. Without it they are signed on the way, at the cost of the load process. */
  readonly presigned: boolean;
}

/** Open loop: CREATEs at random moments, `perSecond` on average, each followed to `valid` by a subscription. */
export interface LatencyJob {
  readonly kind: 'latency';
  readonly http: string;
  readonly name: string;
  readonly perSecond: number;
  readonly seconds: number;
}

/** Open loop: GET transactions/{id} of transactions that the same `name` made before. */
export interface ReadJob {
  readonly kind: 'read';
  readonly http: string;
  readonly name: string;
  /** How many transactions that name has made. */
  readonly stored: number;
  readonly perSecond: number;
  readonly seconds: number;
}

export type LoadJob = CreateJob | LatencyJob | ReadJob;

/** Cores this load process used, and what it saw. */
export interface LoadResult {
  readonly acknowledged: number;
  /** Answers that refused for now (503, BACKLOG_FULL); those transactions were sent again. */
  readonly refused: number;
  /** From the first request to the last answer. */
  readonly sendingSeconds: number;
  /** From the first request until the last acknowledged transaction was valid; null for reads. */
  readonly validSeconds: number | null;
  readonly loadCores: number;
  /** Milliseconds, one per transaction or read; empty for a closed loop. */
  readonly latenciesMs: readonly number[];
}

export type ToLoad =
  | { readonly do: 'prepare'; readonly job: LoadJob }
  | { readonly do: 'go' }
  | { readonly do: 'verify' };

export type FromLoad =
  | { readonly said: 'prepared' }
  | { readonly said: 'loaded'; readonly result: LoadResult }
  /** Every acknowledged transaction was asked for by its id and is valid. */
  | { readonly said: 'verified'; readonly checked: number }
  | { readonly said: 'failed'; readonly message: string };
