/**
 * Danger: one member writes junk into the shared store and stops, bends or splits the others.
 * Method: of three members one is not run but acted: it writes straight into the store with its own key. The other two
 * must pass over what holds no block, vote down what is a wrong block, agree, and go on.
 */

import { canonicalJson } from '../../src/codec/canonical-json.js';
import { sha3Hex } from '../../src/codec/hash.js';
import { signText } from '../../src/codec/key-pair.js';
import { makeBlock, makeClaim } from '../../src/model/block.js';
import { makeVote } from '../../src/model/vote.js';
import type { StoredBlock } from '../../src/store/store.js';
import { auditStore } from '../support/audit-store.js';
import { FederationWorld } from '../support/federation-world.js';
import { keyPairOf } from '../support/keys.js';
import { create, spend, to, transfer } from '../support/transactions.js';

const MEMBERS = ['node-a', 'node-b', 'mallory'];
const VOTERS = MEMBERS.map((name) => keyPairOf(name).publicKey);
const mallory = keyPairOf('mallory');

interface Position {
  readonly height: number;
  readonly parent: string;
}

interface Scene {
  readonly federation: FederationWorld;
  /** The next height and the id of the block below it. */
  next(): Position;
  write(block: StoredBlock): Promise<string>;
  /** Submits an ordinary CREATE at a correct node and runs until both have it in a valid block. */
  goOn(): Promise<void>;
  /** What stands at a height, on both nodes alike. */
  statusAt(height: number): string;
}

async function openScene(seed: number): Promise<Scene> {
  const federation = new FederationWorld(seed, { members: MEMBERS, faultRate: 0, latencyMs: 5 });
  const [a, b] = federation.nodes;
  if (a === undefined || b === undefined) throw new Error('two nodes are needed');
  a.start();
  b.start();
  const ready = [a, b].map((node) => () => node.core?.access.notReady().length === 0);
  expect(await federation.world.runUntil(() => ready.every((isReady) => isReady()), 10_000)).toBe(true);
  const store = federation.observer();
  const both = [a, b];
  return {
    federation,
    next: () => ({ height: (a.core?.state.head ?? -1) + 1, parent: a.core?.state.headBlockId ?? '' }),
    write: (block) => store.claimHeight(block),
    async goOn() {
      const made = create({ data: { seed, now: `${federation.world.nowMs()}` } });
      const [outcome] = await federation.world.settle(
        a.core?.access.submit([made.text]) ?? Promise.resolve([]),
        10_000,
      );
      expect(outcome).toMatchObject({ accepted: true });
      const done = await federation.world.runUntil(
        () => both.every((node) => node.core?.access.transactionState(made.id)?.status === 'valid'),
        60_000,
      );
      expect(done).toBe(true);
      expect(both.flatMap((node) => node.failures.map(String))).toEqual([]);
      const histories = both.map((node) =>
        node.view.heights.map(({ block }) => `${block?.id} ${block?.status}`),
      );
      const common = Math.min(...histories.map((history) => history.length));
      expect(histories[0]?.slice(0, common)).toEqual(histories[1]?.slice(0, common));
      // What a minority writes may be evidence, never a breach, to the second opinion as well.
      const { findings, history } = await auditStore(store);
      expect(findings.filter(({ severity }) => severity === 'breach')).toEqual([]);
      const audited = history.map((line) => line.split(' ').at(-1));
      const decided = a.view.heights.map(({ block }) => block?.status ?? 'passed');
      expect(audited.slice(1, common)).toEqual(decided.slice(1, common));
    },
    statusAt(height) {
      const [one, other] = both.map((node) => {
        const decided = node.view.heights[height];
        return decided === undefined ? 'undecided' : (decided.block?.status ?? 'no block');
      });
      expect(one).toBe(other);
      return one ?? 'undecided';
    },
  };
}

/** A block of mallory's that is right in everything but what `change` changes. */
function malloryBlock(
  position: Position,
  change: { texts?: readonly string[]; voters?: readonly string[]; parent?: string; signature?: string } = {},
): StoredBlock {
  const transactionTexts = change.texts ?? [create({ by: 'alice' }).text];
  const made = makeBlock(mallory, {
    timestamp: '1500000000',
    transactionTexts,
    voters: change.voters ?? VOTERS,
  });
  const parent = change.parent ?? position.parent;
  return {
    height: position.height,
    id: made.id,
    text: made.text,
    signature: change.signature ?? made.signature,
    parent,
    claimSignature: makeClaim(mallory, { blockId: made.id, height: position.height, parent }),
  };
}

/** A block whose text is whatever `text` is, hashed and claimed properly. */
function textBlock(position: Position, text: string, id = sha3Hex(text)): StoredBlock {
  const claim = { blockId: id, height: position.height, parent: position.parent };
  return {
    ...claim,
    id,
    text,
    signature: signText(text, mallory.privateKey),
    claimSignature: makeClaim(mallory, claim),
  };
}

describe('what holds no block is passed over without votes', () => {
  const junk: readonly (readonly [string, (position: Position) => StoredBlock])[] = [
    ['a text that is not JSON', (position) => textBlock(position, '{"nope"')],
    ['a text that is no block', (position) => textBlock(position, canonicalJson({ hello: 'world' }))],
    ['a wrong id', (position) => textBlock(position, malloryBlock(position).text, 'ab'.repeat(32))],
    ['another parent', (position) => malloryBlock(position, { parent: 'cd'.repeat(32) })],
    [
      'voters that are only itself (Z1)',
      (position) => malloryBlock(position, { voters: [mallory.publicKey] }),
    ],
    [
      'a claim signed by nobody',
      (position) => ({ ...malloryBlock(position), claimSignature: '1'.repeat(64) }),
    ],
  ];
  test.each(junk)('%s', async (_name, make) => {
    const scene = await openScene(11);
    const position = scene.next();
    expect(await scene.write(make(position))).toBe('ok');
    await scene.goOn();
    expect(scene.statusAt(position.height)).toBe('no block');
  });
});

describe('a wrong block is voted invalid, and its creator is not heard again', () => {
  const wrong: readonly (readonly [string, (position: Position) => StoredBlock])[] = [
    ['a wrong signature', (position) => malloryBlock(position, { signature: '1'.repeat(64) })],
    [
      'the same transaction twice',
      (position) => {
        const { text } = create();
        return malloryBlock(position, { texts: [text, text] });
      },
    ],
    [
      'an unsigned transaction',
      (position) => {
        const { text } = create();
        return malloryBlock(position, {
          texts: [text.replace(/"fulfillment":"pGSA[^"]*"/, '"fulfillment":"pGSAI"')],
        });
      },
    ],
    [
      'a transfer of nothing that exists',
      (position) => {
        const never = create();
        return malloryBlock(position, {
          texts: [transfer(never.id, [spend(never, 0, 'alice')], [to('bob')]).text],
        });
      },
    ],
    [
      'a creation and its transfer in one block',
      (position) => {
        const made = create();
        const moved = transfer(made.id, [spend(made, 0, 'alice')], [to('bob')]);
        return malloryBlock(position, { texts: [made.text, moved.text] });
      },
    ],
  ];
  test.each(wrong)('%s', async (_name, make) => {
    const scene = await openScene(12);
    const position = scene.next();
    expect(await scene.write(make(position))).toBe('ok');
    await scene.goOn();
    expect(scene.statusAt(position.height)).toBe('invalid');
    // Rule 3: a later block of this creator is invalid even if nothing else is wrong with it.
    const later = scene.next();
    expect(await scene.write(malloryBlock(later))).toBe('ok');
    await scene.goOn();
    expect(scene.statusAt(later.height)).toBe('invalid');
  });

  test('a right block of a member is valid', async () => {
    const scene = await openScene(13);
    const position = scene.next();
    expect(await scene.write(malloryBlock(position))).toBe('ok');
    await scene.goOn();
    expect(scene.statusAt(position.height)).toBe('valid');
  });
});

describe('votes', () => {
  test('contradicting, foreign and broken votes change no outcome (Z2, Z3, Z4)', async () => {
    const scene = await openScene(14);
    const position = scene.next();
    const block = malloryBlock(position);
    await scene.write(block);
    const parts = { blockId: block.id, previousBlock: block.parent, timestamp: '1500000000' };
    const yes = makeVote(mallory, { ...parts, isBlockValid: true });
    const no = makeVote(mallory, { ...parts, isBlockValid: false });
    const node = keyPairOf('node-a').publicKey;
    const store = scene.federation.observer();
    await store.addVotes([
      yes,
      no,
      { ...yes, node, signature: yes.signature },
      { blockId: block.id, node: 'somebody', signature: 'x', text: 'null' },
      { blockId: 'ef'.repeat(32), node: mallory.publicKey, signature: 'y', text: yes.text },
    ]);
    await scene.goOn();
    expect(scene.statusAt(position.height)).toBe('valid');
    const [first] = scene.federation.nodes;
    const standings = first?.view
      .blockVotes(position.height)
      .filter((vote) => vote.node === mallory.publicKey);
    expect(new Set(standings?.map((vote) => vote.standing))).toEqual(new Set(['equivocation']));
  });

  test('a block far above the head holds nobody up, and is passed over when its turn comes (Z12)', async () => {
    const scene = await openScene(15);
    const position = scene.next();
    const far = { height: position.height + 2, parent: position.parent };
    expect(await scene.write(malloryBlock(far))).toBe('ok');
    await scene.goOn();
    await scene.goOn();
    await scene.goOn();
    expect(scene.statusAt(far.height)).toBe('no block');
  });
});

test('many blocks far above the head hold nobody up (Z10)', async () => {
  const scene = await openScene(16);
  const position = scene.next();
  for (let above = 0; above < 40; above += 1) {
    const far = { height: position.height + 100 + above, parent: position.parent };
    expect(await scene.write(malloryBlock(far))).toBe('ok');
  }
  await scene.goOn();
  await scene.goOn();
  const [first] = scene.federation.nodes;
  expect(first?.core?.access.notReady()).toEqual([]);
});
