/** Danger: a simulation that proves nothing because its faulty store does not do what it says. */

import { createDirectStore } from '../../src/store/embedded/direct.js';
import { type Store, StoreUnavailable } from '../../src/store/store.js';
import { makeBlock, makeEntry, makeVote } from '../support/store-facts.js';
import { FaultyStore, type StoreFault } from '../support/store-faults.js';

describe('a store with injected faults', () => {
  let inner: Store;
  let fault: StoreFault;
  let store: FaultyStore;
  beforeEach(() => {
    inner = createDirectStore({ path: ':memory:' });
    fault = 'none';
    store = new FaultyStore(inner, { decide: () => fault });
  });
  afterEach(() => inner.close());

  it('is the store inside when it has no fault', async () => {
    const entry = makeEntry(1);
    expect(await store.addBacklog([entry])).toEqual(['ok']);
    expect(await store.readBacklog(0, 10)).toMatchObject([entry]);
    expect(await store.claimHeight(makeBlock(0))).toBe('ok');
    expect(store.calls).toBe(3);
  });

  it.each([
    ['unavailable', 'unavailable', 0],
    ['unknown-applied', 'unknown', 1],
    ['unknown-not-applied', 'unknown', 0],
  ] as const)('answers %s and applies accordingly', async (injected, answer, count) => {
    const standing = makeEntry('standing');
    await inner.addBacklog([standing]);
    fault = injected;
    expect(await store.addBacklog([makeEntry(1)])).toEqual([answer]);
    expect(await store.claimHeight(makeBlock(0))).toBe(answer);
    expect(await store.addVotes([makeVote(1)])).toEqual([answer]);
    expect(await inner.countBacklog()).toBe(1 + count);
    expect(await inner.readBlocks(0, 10)).toHaveLength(count);
    await expect(store.removeBacklog([standing])).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await inner.countBacklog()).toBe(1);
    await expect(store.readBlocks(0, 10)).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('applies nothing of a call that was under way when the process died, and settles no call', async () => {
    let letGo: () => void = () => undefined;
    const slow = new FaultyStore(inner, {
      beforeCall: () =>
        new Promise((resolve) => {
          letGo = resolve;
        }),
    });
    let settled = 0;
    const count = () => {
      settled += 1;
    };
    slow.addBacklog([makeEntry(1)]).then(count, count);
    slow.kill();
    letGo();
    slow.countBacklog().then(count, count);
    slow.close().then(count, count);
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(0);
    expect(await inner.countBacklog()).toBe(0);
  });

  it('loses the hints it is told to lose', async () => {
    const heard: boolean[] = [];
    const deaf = new FaultyStore(inner, { deliverHint: (hint) => !hint.backlog });
    deaf.follow((hint) => heard.push(hint.blocks));
    await deaf.addBacklog([makeEntry(1)]);
    await new Promise((resolve) => setImmediate(resolve));
    await deaf.claimHeight(makeBlock(0));
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual([true]);
  });
});
