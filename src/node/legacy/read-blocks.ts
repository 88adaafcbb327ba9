/** Blocks of a source, whole and with their votes, some at a time: bounded in number and in text. */

import type { JsonObject } from '../../codec/json-value.js';
import type { LegacyBlock, LegacySource } from '../../store/legacy-source.js';
import type { StoredVote } from '../../store/store.js';
import { type AssembledBlock, assembleBlock, assembleVote, assetIdsOf } from './assemble.js';

/** Documents in one question to the source. A block has at most 1,000 transactions, most of them have one. */
const BLOCKS_PER_QUESTION = 32;
const TRANSACTIONS_PER_QUESTION = 4000;
const CHARACTERS_PER_QUESTION = 8 * 1024 * 1024;

export interface WholeBlock {
  readonly place: string;
  /** Null when the document is no block. */
  readonly block: AssembledBlock | null;
  /** What it calls itself. */
  readonly id: string;
  /** Null: a document that is no vote. In the order in which they are stored. */
  readonly votes: readonly (StoredVote | null)[];
}

/** All blocks in the order in which they are stored. */
export async function* allBlocks(source: LegacySource): AsyncGenerator<WholeBlock[]> {
  let waiting: LegacyBlock[] = [];
  let transactions = 0;
  for await (const block of source.blocks()) {
    waiting.push(block);
    transactions += 1 + assetIdsOf(block.document).length;
    if (waiting.length < BLOCKS_PER_QUESTION && transactions < TRANSACTIONS_PER_QUESTION) continue;
    yield await completed(source, waiting);
    waiting = [];
    transactions = 0;
  }
  if (waiting.length > 0) yield await completed(source, waiting);
}

/** Where a block lies, and the UTF-16 units of its text. */
export interface PlacedText {
  readonly place: string;
  readonly length: number;
}

/** The blocks at these places, in the order given. */
export async function* blocksAt(
  source: LegacySource,
  blocks: readonly PlacedText[],
): AsyncGenerator<WholeBlock[]> {
  for (let start = 0; start < blocks.length; ) {
    const places = placesFrom(blocks, start);
    start += places.length;
    const documents = await source.blocksAt(places);
    yield await completed(
      source,
      documents.map((document, index) => ({ place: places[index] ?? '', document })),
    );
  }
}

/** At least one. */
function placesFrom(blocks: readonly PlacedText[], start: number): string[] {
  const places: string[] = [];
  let characters = 0;
  for (const { place, length } of blocks.slice(start, start + BLOCKS_PER_QUESTION)) {
    characters += length;
    if (places.length > 0 && characters > CHARACTERS_PER_QUESTION) break;
    places.push(place);
  }
  return places;
}

async function completed(source: LegacySource, blocks: readonly LegacyBlock[]): Promise<WholeBlock[]> {
  const transactionIds = blocks.flatMap(({ document }) => assetIdsOf(document));
  const assets = new Map<string, JsonObject>();
  for (const asset of await source.assets([...new Set(transactionIds)]))
    if (typeof asset.id === 'string') assets.set(asset.id, asset);
  const ids = blocks.map(({ document }) => idOf(document));
  const votes = await votesOf(
    source,
    [...new Set(ids)].filter((id) => id !== ''),
  );
  return blocks.map(({ place, document }, index) => {
    const id = ids[index] ?? '';
    return { place, id, block: assembleBlock(document, assets), votes: votes.get(id) ?? [] };
  });
}

async function votesOf(
  source: LegacySource,
  blockIds: readonly string[],
): Promise<Map<string, (StoredVote | null)[]>> {
  const byBlock = new Map<string, (StoredVote | null)[]>();
  for (const document of await source.votes(blockIds)) {
    const vote = assembleVote(document);
    const about = vote?.blockId ?? votedBlock(document);
    const known = byBlock.get(about);
    if (known === undefined) byBlock.set(about, [vote]);
    else known.push(vote);
  }
  return byBlock;
}

function idOf({ id }: JsonObject): string {
  return typeof id === 'string' ? id : '';
}

function votedBlock({ vote }: JsonObject): string {
  if (typeof vote !== 'object' || vote === null || !('voting_for_block' in vote)) return '';
  return typeof vote.voting_for_block === 'string' ? vote.voting_for_block : '';
}
