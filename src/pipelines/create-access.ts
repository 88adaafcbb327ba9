/** The doors' side of a core: submitting, looking and asking for state, put together over the ledger's parts. */

import { BOUNDS } from '../config/limits.js';
import { Access } from '../ledger/access.js';
import { Look } from '../ledger/look.js';
import { Submit } from '../ledger/submit.js';
import { StoreUnavailable } from '../store/store.js';
import type { CoreOptions } from './core-options.js';
import type { LedgerParts } from './ledger-parts.js';

const LOOK_TIMEOUT_MS = 1000;

/** What the doors need of the running pipelines. */
export interface Wakes {
  readonly wakeVote: () => void;
  readonly wakeBlock: () => void;
  /** Why the doors should not be used now; empty when they may. */
  readonly notReady: () => readonly string[];
}

export function createAccess(options: CoreOptions, parts: LedgerParts, wakes: Wakes): Access {
  const { runtime, store, checker, keyPair, keyring, limits, onChange } = options;
  const { state, backlog, stamps } = parts;
  const look = createLook(options, parts, wakes);
  const submit = new Submit({
    store,
    checker,
    state,
    backlog,
    runtime,
    stamps,
    limits,
    checksQueuedMax: BOUNDS.checksQueuedMax,
    chooseAssignee: () => assignee(options, parts),
    look: (ids) => look.take(ids),
    onAccepted: wakes.wakeBlock,
  });
  return new Access({
    publicKey: keyPair?.publicKey ?? null,
    keyring,
    state,
    backlog,
    submit,
    look,
    runtime,
    onChange,
    notReady: wakes.notReady,
  });
}

/** Reads what the store holds now and this node has not seen yet, before anybody is told «not found». */
function createLook({ runtime }: CoreOptions, parts: LedgerParts, wakes: Wakes): Look {
  const { heights, applier, sweep, rejections, failures } = parts;
  return new Look({
    scheduler: runtime.scheduler,
    timeoutMs: LOOK_TIMEOUT_MS,
    idsMax: BOUNDS.idsPerLook,
    readBacklogOf: (ids) => sweep.readOf(ids),
    readRejectionsOf: (ids) => rejections.readOf(ids),
    readHeights: async () => {
      await heights.refresh();
      await heights.judgeDecided();
      wakes.wakeVote();
      if (heights.isBehind || heights.votesBehind)
        throw new StoreUnavailable('this node is still reading what the store holds');
      await applier.settled();
      const [failure] = failures;
      if (failure !== undefined) throw new StoreUnavailable(failure.message);
    },
  });
}

/** This node; a random member for a gateway, and for a node that is not a member at this height. */
function assignee({ keyPair, runtime }: CoreOptions, { state }: LedgerParts): string {
  const members = state.federation.membersAt(state.head + 1);
  const me = keyPair?.publicKey;
  if (me !== undefined && members.includes(me)) return me;
  return members[runtime.random.integer(Math.max(1, members.length))] ?? '';
}
