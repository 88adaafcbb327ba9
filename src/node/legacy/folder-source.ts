/**
 * A folder of `mongoexport` files, one for each collection of 1.0.x: bigchain.json, votes.json, assets.json and, unless
 * it was empty, backlog.json; one document a line, in any order. Votes and assets are found again by an index in memory,
 * about 60 bytes each.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../codec/json-value.js';
import type { LegacyBlock, LegacySource, OnUnreadable } from '../../store/legacy-source.js';
import { parseExtendedJson } from './extended-json.js';
import { LineFile, OffsetIndex } from './line-file.js';

/** Throws LegacySourceUnusable. */
export function openFolderSource(folder: string, onUnreadable: OnUnreadable): LegacySource {
  return new FolderSource(folder, onUnreadable);
}

class FolderSource implements LegacySource {
  private readonly blockFile: LineFile;
  private readonly voteFile: LineFile;
  private readonly assetFile: LineFile;
  private readonly backlogFile: LineFile | null;
  private readonly voteIndex: OffsetIndex;
  private readonly assetIndex: OffsetIndex;

  constructor(
    folder: string,
    private readonly onUnreadable: OnUnreadable,
  ) {
    this.blockFile = new LineFile(join(folder, 'bigchain.json'));
    this.voteFile = new LineFile(join(folder, 'votes.json'));
    this.assetFile = new LineFile(join(folder, 'assets.json'));
    const backlog = join(folder, 'backlog.json');
    this.backlogFile = existsSync(backlog) ? new LineFile(backlog) : null;
    this.voteIndex = this.indexOf(this.voteFile, votedBlock);
    this.assetIndex = this.indexOf(this.assetFile, ({ id }) => id);
  }

  async *blocks(): AsyncGenerator<LegacyBlock> {
    for (const { offset, document } of this.documents(this.blockFile))
      yield { place: String(offset), document };
  }

  async blocksAt(places: readonly string[]): Promise<JsonObject[]> {
    return places.map((place) => parseExtendedJson(this.blockFile.lineAt(Number(place))));
  }

  async votes(blockIds: readonly string[]): Promise<JsonObject[]> {
    return read(this.voteFile, this.voteIndex, blockIds);
  }

  async assets(transactionIds: readonly string[]): Promise<JsonObject[]> {
    return read(this.assetFile, this.assetIndex, transactionIds);
  }

  async *backlog(): AsyncGenerator<JsonObject> {
    if (this.backlogFile === null) return;
    for (const { document } of this.documents(this.backlogFile)) yield document;
  }

  async close(): Promise<void> {
    for (const file of [this.blockFile, this.voteFile, this.assetFile, this.backlogFile]) file?.close();
  }

  private indexOf(file: LineFile, idOf: (document: JsonObject) => unknown): OffsetIndex {
    const index = new OffsetIndex();
    for (const { offset, document } of this.documents(file)) {
      const id = idOf(document);
      if (typeof id === 'string') index.add(id, offset);
    }
    return index;
  }

  private *documents(file: LineFile): Generator<{ offset: number; document: JsonObject }> {
    for (const { offset, number, text } of file.lines()) {
      let document: JsonObject;
      try {
        document = parseExtendedJson(text);
      } catch (error) {
        this.onUnreadable(`${file.path}:${number}`, error instanceof Error ? error.message : String(error));
        continue;
      }
      yield { offset, document };
    }
  }
}

function votedBlock({ vote }: JsonObject): unknown {
  if (typeof vote !== 'object' || vote === null || !('voting_for_block' in vote)) return null;
  return vote.voting_for_block;
}

function read(file: LineFile, index: OffsetIndex, ids: readonly string[]): JsonObject[] {
  return ids.flatMap((id) => index.offsetsOf(id).map((offset) => parseExtendedJson(file.lineAt(offset))));
}
