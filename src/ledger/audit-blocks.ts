/**
 * Whether a height holds a block, by its bytes, its parent and the federation in force (architecture, section 4,
 * rule 2), said anew for the audit.
 */

import { sha3Hex } from '../codec/hash.js';
import { claimVerifies, isClaimed } from '../model/block.js';
import type { CheckedBlock } from '../model/block-types.js';
import { parseObject } from '../model/parse-object.js';
import type { BlockFact, Invariant } from './audit-types.js';

export interface BlockFault {
  readonly invariant: Invariant;
  readonly reason: string;
}

/** Why the height holds no block; null when it holds one. */
export function faultOf(
  fact: BlockFact,
  checked: CheckedBlock | null,
  parent: string,
  federation: readonly string[],
): BlockFault | null {
  if (checked === null) return { invariant: 'I8', reason: bytesFault(fact) };
  if (!isClaimed(fact)) return { invariant: 'I8', reason: 'nobody claimed the height with it' };
  const misplaced = parentFault(checked, parent);
  if (misplaced !== null) return misplaced;
  const voters = new Set(checked.voters);
  if (voters.size === new Set(federation).size && federation.every((key) => voters.has(key))) return null;
  const reason = 'its voters are not the federation at this height (compare federation.changes)';
  return { invariant: 'I9', reason };
}

/** The same for an imported height: 1.0.1 knew no claims, and took any list of voters. */
export function importedFault(
  fact: BlockFact,
  checked: CheckedBlock | null,
  parent: string,
): BlockFault | null {
  if (checked === null) return { invariant: 'I8', reason: bytesFault(fact) };
  if (isClaimed(fact)) return { invariant: 'I8', reason: 'it claims a height that was imported' };
  return parentFault(checked, parent);
}

function parentFault(checked: CheckedBlock, parent: string): BlockFault | null {
  if (checked.parent === parent) return null;
  return { invariant: 'I22', reason: `it names ${checked.parent} as the block before, not ${parent}` };
}

/** Why a genesis block cannot be used; null when it can (1.0.1: section 3.1). */
export function genesisFault(fact: BlockFact, block: CheckedBlock | null): string | null {
  if (block === null) return bytesFault(fact);
  const [only] = block.transactions;
  if (block.shapeProblem !== null) return block.shapeProblem;
  if (!block.signatureValid) return 'it was not signed by its creator';
  if (!block.voters.includes(block.creator)) return 'its creator is not one of its voters';
  if (block.parent !== '') return 'it names a block before it';
  if (block.transactions.length !== 1 || !only?.ok || only.transaction.operation !== 'GENESIS')
    return 'it does not hold exactly one GENESIS transaction';
  return null;
}

/** `voters` of a block, of one with wrong bytes too: what the heights above a damaged beginning are measured by. */
export function votersOf(fact: BlockFact, block: CheckedBlock | null): readonly string[] {
  if (block !== null) return block.voters;
  const voters = parseObject(fact.text)?.voters;
  return Array.isArray(voters) ? voters.filter((voter) => typeof voter === 'string') : [];
}

/** Why the bytes of a block hold no block. */
function bytesFault(fact: BlockFact): string {
  if (sha3Hex(fact.text) !== fact.id) return 'its text does not hash to its id';
  const creator = parseObject(fact.text)?.node_pubkey;
  const claim = { blockId: fact.id, height: fact.height, parent: fact.parent };
  if (typeof creator === 'string' && isClaimed(fact) && !claimVerifies(claim, fact.claimSignature, creator))
    return 'the claim of its height was not signed by its creator';
  return 'its text is not the canonical text of a block';
}
