/** Before a node works: do store, view and settings belong together? Each refusal names both sides. */

import { isClaimed } from '../model/block.js';
import type { CheckedBlock } from '../model/block-types.js';
import type { ReadImport } from '../model/import-record.js';
import type { Store } from '../store/store.js';
import type { BlockRow, ViewReader } from '../view/view.js';
import type { Checker } from './checker.js';
import { type Federation, sameMembers } from './federation.js';
import { UnusableLedger } from './genesis.js';

/** Heights without a block in a row that a check looks across. */
const HEIGHTS_SEARCHED = 10_000;

/**
 * The view remembers the genesis block and its newest block; a store that does not hold them at those heights is a
 * restored backup or another ledger (architecture, section 6).
 */
export async function checkViewBelongs(view: ViewReader, store: Store, genesis: CheckedBlock): Promise<void> {
  const last = view.height();
  if (last < 0) return;
  const first = view.blockByHeight(0);
  if (first?.id !== genesis.id) {
    throw new UnusableLedger(
      `the view at database.path begins with genesis block ${first?.id}, the store with ${genesis.id}: ` +
        'they belong to different ledgers. `bigchaindb rebuild` derives a new view from this store',
    );
  }
  let newest = last;
  while (newest > 0 && view.blockByHeight(newest) === null) newest -= 1;
  const known = view.blockByHeight(newest);
  const [stored] = await store.readBlocks(newest, 1);
  if (stored?.height === newest && stored.id === known?.id) return;
  const found = stored === undefined ? 'ends below it' : `holds ${stored.id} at height ${stored.height}`;
  throw new UnusableLedger(
    `the view stands at height ${newest} with block ${known?.id}, but the store ${found}: a restored backup or ` +
      'another store. `bigchaindb rebuild` accepts the store as it is',
  );
}

/** `keyring` and this node's key must be the last list of the federation. */
export function checkMembers(federation: Federation, members: readonly string[], isNode: boolean): void {
  const latest = federation.latest;
  if (isNode && sameMembers(latest, members)) return;
  if (!isNode && members.every((key) => latest.includes(key))) return;
  const missing = latest.filter((key) => !members.includes(key));
  const extra = members.filter((key) => !latest.includes(key));
  const parts = [
    ...(missing.length > 0 ? [`the ledger's federation has ${missing.join(', ')}, which keyring lacks`] : []),
    ...(extra.length > 0
      ? [`keyring and keypair.public name ${extra.join(', ')}, unknown to the ledger`]
      : []),
  ];
  throw new UnusableLedger(`keyring does not match the federation of this ledger: ${parts.join('; ')}`);
}

/**
 * Refuses a list of members for heights that were decided under another one: a height holds a block only when it names
 * the members it was voted on by, so the view itself tells (architecture, section 4, rule 6).
 */
export function checkDecidedUnder(
  federation: Federation,
  view: ViewReader,
  imported: ReadImport | null = null,
): void {
  const decided = view.height();
  if (imported !== null) checkImport(federation, imported);
  for (const { height, members } of federation.changes) {
    if (height > decided) continue;
    const block = firstBlock(view, height, decided);
    if (block === null || sameMembers(block.voters, members)) continue;
    throw new UnusableLedger(
      `federation.changes names height ${height}, but height ${block.height} was decided under other members ` +
        `(${block.voters.join(', ')}): a change is for heights that are not decided yet`,
    );
  }
  const newest = lastBlock(view, decided);
  // 1.0.1 took any list of voters.
  if (newest !== null && imported !== null && newest.height <= imported.lastHeight) return;
  if (newest === null || sameMembers(newest.voters, federation.membersAt(newest.height))) return;
  throw new UnusableLedger(
    `height ${newest.height} was decided under the members ${newest.voters.join(', ')}; federation.changes must say so`,
  );
}

/**
 * Refuses a list of members for heights that this node passed over before it knew that list, when one of them holds a
 * block by it: from there on this view has gone another way than those who knew. Junk holds a block by no list, so a
 * change among heights of junk alone is harmless, and is let pass.
 */
export async function checkPassedUnder(
  federation: Federation,
  view: ViewReader,
  facts: { readonly store: Store; readonly checker: Checker },
): Promise<void> {
  const decided = view.height();
  for (const { height: from } of federation.changes) {
    if (from > decided || firstBlock(view, from, decided) !== null) continue;
    const parent = (lastBlock(view, from - 1) ?? view.blockByHeight(0))?.id;
    for (let height = from; height <= Math.min(decided, from + HEIGHTS_SEARCHED); height += 1) {
      const [block] = await facts.store.readBlocks(height, 1);
      if (block?.height !== height || block.parent !== parent || !isClaimed(block)) continue;
      const checked = await facts.checker.checkBlock(block, []);
      if (checked === null || !sameMembers(checked.voters, federation.membersAt(height))) continue;
      throw new UnusableLedger(
        `federation.changes names height ${from}, but this node passed over height ${height} under other settings, and ` +
          'by these it holds a block: compare federation.changes with the other operators, then run `bigchaindb rebuild`',
      );
    }
  }
}

/** The federation of imported heights is that of their record, which one of those who go on must have signed. */
function checkImport(federation: Federation, { lastHeight, node }: ReadImport): void {
  const within = federation.changes.find(({ height }) => height <= lastHeight);
  if (within !== undefined)
    throw new UnusableLedger(
      `federation.changes names height ${within.height}, but heights 0 to ${lastHeight} were imported with the federation of 1.0.x`,
    );
  if (federation.everHad(node)) return;
  throw new UnusableLedger(
    `the record of the import was signed by ${node}, which is not in any list of the federation`,
  );
}

function firstBlock(view: ViewReader, from: number, to: number): BlockRow | null {
  for (let height = from; height <= Math.min(to, from + HEIGHTS_SEARCHED); height += 1) {
    const block = view.blockByHeight(height);
    if (block !== null) return block;
  }
  return null;
}

function lastBlock(view: ViewReader, from: number): BlockRow | null {
  for (let height = from; height >= Math.max(1, from - HEIGHTS_SEARCHED); height -= 1) {
    const block = view.blockByHeight(height);
    if (block !== null) return block;
  }
  return null;
}
