/**
 * What is being composed: keys and the draft. Only in the memory of this page: nothing here is stored or sent, and it is
 * gone when the page is closed or loaded again.
 */

import type { KeyPair } from '../../codec/key-pair.js';
import type { Draft } from '../crypto/draft.js';
import { Store } from './store.js';

/** Keys that one page holds. */
export const KEYS_MAX = 50;

export const keyRing = new Store<readonly KeyPair[]>([]);
export const openDraft = new Store<Draft | null>(null);
/** Id of the last transaction that was submitted from here and accepted. */
export const submittedId = new Store<string | null>(null);

/** Whether the open draft has been submitted, so that nothing is lost when it is closed. */
export function draftIsSubmitted(): boolean {
  const id = submittedId.get();
  return id !== null && openDraft.get()?.id === id;
}

/** Throws an Error with a sentence when there are too many. A key that is there already is not added again. */
export function addKey(pair: KeyPair): void {
  const keys = keyRing.get();
  if (keys.some((key) => key.publicKey === pair.publicKey)) return;
  if (keys.length >= KEYS_MAX) throw new Error(`This page holds at most ${KEYS_MAX} keys: forget one first.`);
  keyRing.set([...keys, pair]);
}

export function forgetKey(publicKey: string): void {
  keyRing.set(keyRing.get().filter((key) => key.publicKey !== publicKey));
}
