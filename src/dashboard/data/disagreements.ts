/** Where members said other than the federation decided. */

import type { FederationQuery, JudgedVoteFragment } from '../generated/operations.js';

/** The votes of each member, by public key, that the decision went against; among the newest that were asked for. */
export function disagreements({
  against,
  invalid,
}: FederationQuery): ReadonlyMap<string, JudgedVoteFragment[]> {
  const alone = against.nodes.filter((vote) => vote.block?.status === 'VALID');
  const overruled = invalid.nodes.flatMap(({ votes }) => votes).filter((vote) => vote.isBlockValid);
  const byMember = new Map<string, JudgedVoteFragment[]>();
  for (const vote of [...alone, ...overruled]) {
    if (vote.standing === 'INELIGIBLE') continue;
    const known = byMember.get(vote.node.publicKey) ?? [];
    if (known.some((each) => each.signature === vote.signature)) continue;
    byMember.set(vote.node.publicKey, [...known, vote]);
  }
  return byMember;
}
