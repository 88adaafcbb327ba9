/** Queries in React: asked when a page is shown, and again when something changed. */

import { useCallback, useEffect, useRef, useState } from 'react';
import {
  type TransactionEventFilter,
  type TypedText,
  ValidTransactionsText,
} from '../generated/operations.js';
import { ask, RequestFailed } from './ask.js';
import { everyWhileVisible } from './browser.js';
import { follow } from './connection.js';
import { ledgerFeed } from './ledger-feed.js';
import { Throttle } from './throttle.js';

export interface QueryState<R> {
  /** The last answer for these variables; kept while a newer one is on its way. */
  readonly data: R | null;
  /** Why the last attempt failed. */
  readonly error: RequestFailed | null;
  /** Asks again; while an answer is on its way, after it. */
  readonly reload: () => void;
}

export interface QueryOptions {
  /** Ask again when a height was decided, at most once in `REFRESH_MS`. */
  readonly withHead?: boolean;
  /** Ask again so often while the page is visible. */
  readonly everyMs?: number;
  /** Ask again when this number changes. */
  readonly changes?: number;
  /** Do not ask at all. */
  readonly skip?: boolean;
}

const REFRESH_MS = 1_000;

type Variables = Record<string, unknown>;

interface Answered<R> {
  readonly key: string;
  readonly data: R | null;
  readonly error: RequestFailed | null;
}

/** Asks a query, again when its variables change. */
export function useQuery<R, V extends Variables>(
  text: TypedText<R, V>,
  variables: V,
  { withHead = false, everyMs, changes = 0, skip = false }: QueryOptions = {},
): QueryState<R> {
  const key = keyOf(variables);
  const [answered, setAnswered] = useState<Answered<R>>({ key, data: null, error: null });
  const { turn, reload, begin } = useTurns();
  const latest = useRef(variables);
  latest.current = variables;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the variables, the turn and the changes for a reload.
  useEffect(() => {
    if (skip) return;
    const ending = new AbortController();
    const end = begin();
    ask(text, latest.current, ending.signal)
      .then(
        (data) => setAnswered({ key, data, error: null }),
        (error: unknown) => {
          if (ending.signal.aborted) return;
          const failure =
            error instanceof RequestFailed ? error : new RequestFailed(String(error), 'UNKNOWN');
          setAnswered((before) => ({ key, data: before.key === key ? before.data : null, error: failure }));
        },
      )
      .finally(() => end(!ending.signal.aborted));
    return () => {
      ending.abort();
      end(false);
    };
  }, [text, key, turn, changes, skip]);

  useEffect(
    () => (everyMs === undefined ? undefined : everyWhileVisible(everyMs, reload)),
    [everyMs, reload],
  );
  useHeadChange(withHead && !skip, reload);
  const { data, error } = answered.key === key ? answered : { data: null, error: null };
  return { data, error, reload };
}

function keyOf(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('&');
}

/** Turns of asking: a reload during one begins the next when it ends, so that a slow answer is not thrown away. */
function useTurns(): {
  readonly turn: number;
  readonly reload: () => void;
  readonly begin: () => (goOn: boolean) => void;
} {
  const [turn, setTurn] = useState(0);
  const asking = useRef(false);
  const wanted = useRef(false);
  const next = useCallback(() => setTurn((before) => before + 1), []);
  const reload = useCallback(() => {
    if (asking.current) wanted.current = true;
    else next();
  }, [next]);
  const begin = useCallback(() => {
    asking.current = true;
    wanted.current = false;
    let ended = false;
    return (goOn: boolean) => {
      if (ended) return;
      ended = true;
      asking.current = false;
      if (goOn && wanted.current) next();
    };
  }, [next]);
  return { turn, reload, begin };
}

function useHeadChange(enabled: boolean, action: () => void): void {
  useEffect(() => {
    if (!enabled) return;
    const throttle = new Throttle(action, REFRESH_MS);
    let seen = ledgerFeed.state.get().height;
    const stop = ledgerFeed.state.subscribe(() => {
      const { height } = ledgerFeed.state.get();
      // The first height to be known is the one that the page was loaded with.
      if (height !== seen && seen !== null) throttle.call();
      seen = height;
    });
    return () => {
      stop();
      throttle.cancel();
    };
  }, [enabled, action]);
}

/** An answer that says as of which place of the ledger it was read. */
interface ReadAsOf {
  readonly ledger: { readonly cursor: string };
}

/**
 * As `useQuery`, and again when a transaction of the asset or key in `filter` becomes valid: those behind the cursor of
 * the first answer, so that none is missed. `changes` counts them, for other queries of the same page.
 */
export function useFollowedQuery<R extends ReadAsOf, V extends Variables>(
  text: TypedText<R, V>,
  variables: V,
  { assetId, publicKey }: Pick<TransactionEventFilter, 'assetId' | 'publicKey'>,
  skip = false,
): QueryState<R> & { readonly changes: number } {
  const [changes, setChanges] = useState(0);
  const query = useQuery(text, variables, { changes, skip });
  const [start, setStart] = useState<string | null>(null);
  const cursor = query.data?.ledger.cursor ?? null;
  useEffect(() => setStart((before) => before ?? cursor), [cursor]);
  useEffect(() => {
    if (start === null) return;
    const throttle = new Throttle(() => setChanges((before) => before + 1), REFRESH_MS);
    const stop = follow(
      ValidTransactionsText,
      (after) => ({ filter: { assetId, publicKey }, after }),
      {
        onEvent: ({ validTransactions }) => {
          throttle.call();
          return validTransactions.cursor;
        },
      },
      start,
    );
    return () => {
      stop();
      throttle.cancel();
    };
  }, [start, assetId, publicKey]);
  return { ...query, changes };
}
