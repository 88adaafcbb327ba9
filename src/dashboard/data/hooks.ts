/** React's side of what changes by itself: the route, the live state, the ledger, what is being composed. */

import { useMemo, useSyncExternalStore } from 'react';
import type { KeyPair } from '../../codec/key-pair.js';
import type { Draft } from '../crypto/draft.js';
import { keyRing, openDraft, submittedId } from './composing.js';
import { type LiveState, liveState } from './connection.js';
import { type LedgerNow, ledgerFeed } from './ledger-feed.js';
import { type Route, readRoute } from './route.js';

export function useLiveState(): LiveState {
  return useSyncExternalStore(liveState.subscribe, liveState.get);
}

export function useLedgerNow(): LedgerNow {
  return useSyncExternalStore(ledgerFeed.state.subscribe, ledgerFeed.state.get);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(
    (changed) => {
      window.addEventListener('hashchange', changed);
      return () => window.removeEventListener('hashchange', changed);
    },
    () => location.hash,
  );
  return useMemo(() => readRoute(hash), [hash]);
}

/** The keys that this page holds. */
export function useKeyRing(): readonly KeyPair[] {
  return useSyncExternalStore(keyRing.subscribe, keyRing.get);
}

/** The transaction that is being composed. */
export function useOpenDraft(): Draft | null {
  return useSyncExternalStore(openDraft.subscribe, openDraft.get);
}

/** Id of the last transaction that was submitted from here. */
export function useSubmittedId(): string | null {
  return useSyncExternalStore(submittedId.subscribe, submittedId.get);
}
