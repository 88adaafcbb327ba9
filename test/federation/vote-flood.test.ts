/**
 * Danger: a member that writes more junk votes about a block than anybody reads hides the honest ones behind them, or
 * fills the memory of everybody.
 * Method: 10,000 junk votes stand in the store before the first honest vote; two correct nodes of three must decide all
 * the same, keep few of the votes, and find a late contradiction behind the junk too.
 */

import { BOUNDS } from '../../src/config/limits.js';
import { makeVote } from '../../src/model/vote.js';
import type { StoredBlock, StoredVote } from '../../src/store/store.js';
import { HostileScene, mallory } from '../support/hostile-member.js';
import { keyPairOf } from '../support/keys.js';

const JUNK = 10_000;

function junkVotes(block: StoredBlock): StoredVote[] {
  const parts = { blockId: block.id, previousBlock: block.parent, isBlockValid: false };
  const node = keyPairOf('node-b').publicKey;
  return Array.from({ length: JUNK }, (_, index) => {
    // A tenth is properly signed by a member; the rest pretends to be somebody's.
    if (index % 10 === 0) return makeVote(mallory, { ...parts, timestamp: String(1_500_000_000 + index) });
    const text = `{"node_pubkey":"${node}","signature":"${index}","vote":{"voting_for_block":"${block.id}"}}`;
    return { blockId: block.id, node, signature: String(index), text };
  });
}

test('10,000 junk votes hide no honest vote and fill no memory', async () => {
  const scene = new HostileScene(31);
  await scene.start();
  const block = scene.nextBlock();
  await scene.store.addVotes(junkVotes(block));
  expect(await scene.store.claimHeight(block)).toBe('ok');
  await scene.until(() => [scene.a, scene.b].every((node) => node.view.height() >= block.height));
  for (const node of [scene.a, scene.b]) {
    expect(node.view.blockByHeight(block.height)?.status).toBe('valid');
    const kept = node.view.blockVotes(block.height);
    expect(kept.length).toBeLessThanOrEqual(BOUNDS.ineligibleVotesKept + 3 * BOUNDS.votesPerVoterMax);
    expect(kept.filter((vote) => vote.standing === 'counted').length).toBeGreaterThan(1);
  }
  expect(scene.failures()).toEqual([]);
  // Everything goes on, and what is late about the flooded height stays bounded as well.
  const id = await scene.accepted(scene.a);
  await scene.until(() => scene.status(scene.b, id) === 'valid');
  await scene.federation.world.runFor(10_000);
  const votes = scene.a.view.blockVotes(block.height);
  expect(votes.length).toBeLessThanOrEqual(2 * BOUNDS.ineligibleVotesKept + 3 * BOUNDS.votesPerVoterMax);
});

test('a majority that contradicts a decision is found behind 10,000 junk votes', async () => {
  const scene = new HostileScene(32);
  await scene.start();
  const block = scene.nextBlock();
  expect(await scene.store.claimHeight(block)).toBe('ok');
  await scene.until(() => [scene.a, scene.b].every((node) => node.view.height() >= block.height));
  scene.b.crash();
  await scene.store.addVotes(junkVotes(block));
  // Two of three turn against what was decided: more than may be faulty.
  const parts = { blockId: block.id, previousBlock: block.parent, isBlockValid: false, timestamp: '1' };
  await scene.store.addVotes([mallory, keyPairOf('node-b')].map((voter) => makeVote(voter, parts)));
  await scene.until(() => scene.a.failures.length > 0);
  expect(String(scene.a.failures[0])).toMatch(/InvariantBreach: a majority decided height 1 invalid/);
});
