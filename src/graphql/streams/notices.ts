/**
 * Events without a place in the ledger, joined to a stream that has one: they are looked for now and then and are not
 * kept for anybody. Nothing waits in a queue: while a subscriber takes one event, the next is not made.
 */

import type { Timer } from '../../runtime/runtime.js';
import type { GraphqlContext } from '../context.js';

type Turn<E> =
  | { readonly from: 'stream'; readonly result: IteratorResult<E, void> }
  | { readonly from: 'look' };

/** Yields what `stream` yields, and every `lookMs` what `look` finds new. Ends with the stream. */
export async function* withNotices<E>(
  { scope }: GraphqlContext,
  stream: AsyncGenerator<E, void, void>,
  lookMs: number,
  look: () => readonly E[],
): AsyncGenerator<E, void, void> {
  const { scheduler } = scope.parts.runtime;
  yield* look();
  const advance = (): Promise<Turn<E>> => stream.next().then((result) => ({ from: 'stream', result }));
  let next = advance();
  // What is still being waited for when the subscriber leaves has nobody to tell.
  next.catch(() => undefined);
  for (;;) {
    const timer = timerTurn((fire) => scheduler.after(lookMs, fire));
    const turn = await Promise.race([next, timer.turn]);
    timer.cancel();
    if (turn.from === 'look') {
      yield* look();
      continue;
    }
    if (turn.result.done === true) return;
    yield turn.result.value;
    next = advance();
    next.catch(() => undefined);
  }
}

function timerTurn(start: (fire: () => void) => Timer): {
  readonly turn: Promise<{ readonly from: 'look' }>;
  readonly cancel: () => void;
} {
  let timer: Timer | null = null;
  const turn = new Promise<{ readonly from: 'look' }>((resolve) => {
    timer = start(() => resolve({ from: 'look' }));
  });
  return { turn, cancel: () => timer?.cancel() };
}
