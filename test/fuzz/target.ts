/** What is fuzzed: one door for bytes from outside, and what must hold for whatever comes. */

export interface FuzzTarget {
  /** As the command line names it, and its file of the corpus. */
  readonly name: string;
  /** Good inputs to begin with, beside the corpus. */
  seeds(): readonly (Buffer | string)[];
  /** Pieces that mean something to this target; they are put into inputs as they are. */
  readonly dictionary: readonly (Buffer | string)[];
  /** Inputs are never longer. */
  readonly bytesMax: number;
  /** How many inputs run between two looks at the coverage; fewer when one takes milliseconds. */
  readonly batch: number;
  open?(): Promise<void>;
  close?(): Promise<void>;
  /** Throws when something that must hold does not; errors that are the declared answer to junk stay inside. */
  run(input: Buffer): void | Promise<void>;
}

/** Throws unless `holds`. */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** Runs `action`; an error of `declared` is an answer and gives null, any other one is a finding. */
export function answered<T>(
  action: () => T,
  ...declared: readonly (new (
    ...parameters: never[]
  ) => Error)[]
): T | null {
  try {
    return action();
  } catch (error) {
    if (declared.some((each) => error instanceof each)) return null;
    throw error;
  }
}
