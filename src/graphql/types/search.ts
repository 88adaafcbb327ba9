/** What one search box finds. */

import { createUnionType } from 'type-graphql';
import { Account, Asset } from './asset.js';
import { Block } from './block.js';
import { Transaction } from './transaction.js';

export const SearchHit = createUnionType({
  name: 'SearchHit',
  description: 'Anything that a search may find.',
  types: () => [Transaction, Block, Asset, Account] as const,
});

export type SearchHitObject = Transaction | Block | Asset | Account;
