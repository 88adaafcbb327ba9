/** The search box: what a text can be is found out from its form; words go to the full text of the assets. */

import { decodeKey } from '../codec/base58.js';
import { GRAPHQL_DOOR } from '../config/limits.js';
import { isHex64 } from '../model/text-patterns.js';
import { badInput } from './errors.js';
import { transactionById } from './fields/objects.js';
import type { Scope } from './scope.js';
import { Account, Asset } from './types/asset.js';
import { Block } from './types/block.js';
import type { SearchHitObject } from './types/search.js';

const HEIGHT = /^\d{1,15}$/;

/** Exact hits come before words. Throws BAD_USER_INPUT for a text that is too long or a count out of range. */
export async function searchHits(
  scope: Scope,
  text: string,
  first: number | null | undefined,
): Promise<SearchHitObject[]> {
  const words = text.trim();
  const limit = first ?? scope.parts.limits.pageSizeDefault;
  if (words.length > GRAPHQL_DOOR.searchTextMax) {
    throw badInput(`A search has at most ${GRAPHQL_DOOR.searchTextMax} characters.`);
  }
  if (limit < 1 || limit > GRAPHQL_DOOR.searchHitsMax) {
    throw badInput(`\`first\` is from 1 to ${GRAPHQL_DOOR.searchHitsMax}.`);
  }
  if (words === '') return [];
  const id = words.toLowerCase();
  if (isHex64(id)) return hitsOfId(scope, id);
  const exact = [...(await hitsOfHeight(scope, words)), ...(await hitsOfKey(scope, words))];
  const found = await scope.list(scope.parts.queries.searchAssets(words, limit, scope.asOf));
  return [...exact, ...found.map((hit) => new Asset(scope, hit.id))].slice(0, limit);
}

async function hitsOfId(scope: Scope, id: string): Promise<SearchHitObject[]> {
  const [transaction, block] = await Promise.all([transactionById(scope, id), scope.blocksById.load(id)]);
  const hits: SearchHitObject[] = [];
  if (transaction !== null) {
    hits.push(transaction);
    if (transaction.assetId === id) hits.push(new Asset(transaction.scope, id));
  }
  if (block !== null) hits.push(new Block(scope, block));
  return hits;
}

async function hitsOfHeight(scope: Scope, words: string): Promise<SearchHitObject[]> {
  if (!HEIGHT.test(words)) return [];
  const block = await scope.blocksByHeight.load(Number(words));
  return block === null ? [] : [new Block(scope, block)];
}

async function hitsOfKey(scope: Scope, words: string): Promise<SearchHitObject[]> {
  if (words.length > 44 || decodeKey(words) === null) return [];
  const known = await scope.list(scope.parts.queries.knowsKey(words, scope.asOf));
  return known ? [new Account(scope, words)] : [];
}
