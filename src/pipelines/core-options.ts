/** What a core stands on: the adapters and settings that its composer chose. */

import type { KeyPair } from '../codec/key-pair.js';
import type { Checker, CheckLimits } from '../ledger/checker.js';
import type { FederationChange } from '../ledger/federation.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Store } from '../store/store.js';
import type { View } from '../view/view.js';

export interface CoreOptions {
  readonly store: Store;
  readonly view: View;
  readonly checker: Checker;
  readonly runtime: Runtime;
  readonly keyPair: KeyPair | null;
  /** The other members' keys. */
  readonly keyring: readonly string[];
  readonly federationChanges: readonly FederationChange[];
  readonly blockIntervalMs: number;
  readonly reassignDelayMs: number;
  readonly limits: CheckLimits;
  /** After each commit of the view, in order. */
  readonly onHead: (height: number) => void;
  readonly onRejected: (transactionId: string) => void;
  /** See AccessOptions. */
  readonly onChange: (listener: () => void) => () => void;
  /** The node is being stopped before it has started. */
  readonly isStopping: () => boolean;
  /** The node cannot go on: an invariant is broken, or a file failed. */
  readonly onFailure: (error: Error) => void;
}
