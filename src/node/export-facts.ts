/** `export`: all facts of a store as lines, read as of one moment, a page at a time. */

import type { FactsReader } from '../store/facts-reader.js';
import { type FactCounts, type FactLine, LineWriter } from './facts-lines.js';

/** UTF-16 units handed over at a time, about. */
const PIECE_LENGTH = 256 * 1024;

export interface ExportOptions {
  /** Of one moment; closed at the end. Nodes may work with the store. */
  readonly facts: FactsReader;
  /** Takes the text piece by piece; what is not taken yet holds up the reading. */
  readonly write: (text: string) => Promise<void> | void;
  /** Told the height that has been written, and the last one. */
  readonly onProgress: (height: number, head: number) => void;
}

/** Rejects when the store cannot be read, or with what `write` rejects with. */
export async function exportFacts(options: ExportOptions): Promise<FactCounts> {
  const { facts } = options;
  try {
    const lines = new LineWriter();
    let piece = lines.header();
    for await (const fact of factsOf(facts, options.onProgress)) {
      piece += lines.fact(fact);
      if (piece.length < PIECE_LENGTH) continue;
      await options.write(piece);
      piece = '';
    }
    await options.write(piece + lines.end());
    return lines.counts;
  } finally {
    await facts.close();
  }
}

async function* factsOf(
  reader: FactsReader,
  onProgress: ExportOptions['onProgress'],
): AsyncGenerator<FactLine> {
  const head = await reader.head();
  const record = await reader.importRecord();
  if (record !== null) yield { kind: 'import', record };
  for await (const { block, votes } of reader.blocks(0, head)) {
    yield { kind: 'block', block };
    for (const vote of votes) yield { kind: 'vote', vote };
    onProgress(block.height, head);
  }
  for await (const { votes } of reader.strayVotes())
    for (const vote of votes) yield { kind: 'stray_vote', vote };
  for await (const rejection of reader.rejections()) yield { kind: 'rejection', rejection };
  for await (const entry of reader.backlog()) yield { kind: 'backlog', entry };
}
