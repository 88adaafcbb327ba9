/**
 * Long checks as generators that stop every few hundred microseconds. The code that checks stays synchronous and pure;
 * whoever runs it decides whether other work goes in between: never in a worker thread, every 10 ms on the main thread.
 */

/** Work that ends with a `T`; each `yield` is a place to stop. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Runs to the end at once. */
export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
