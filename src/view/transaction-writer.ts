/**
 * Writes one transaction into the tables: where it stands, and for one in a valid block what it makes, moves and
 * says. The hot path of the view; statements only, no queries that grow with the ledger.
 */

import { VIEW } from '../config/limits.js';
import type { Operation } from '../model/transaction-types.js';
import type { PackedTransaction } from './packing.js';
import { PayloadIndex } from './payload-index.js';
import { transactionChecksum } from './rows.js';
import { ID_KIND, KEY_KIND } from './schema.js';
import { idPrefix, keyPrefix, sequenceOf } from './sequence.js';
import { SlicedIndex } from './sliced-index.js';
import { bound, type Sqlite, type Statement } from './sqlite.js';
import { mentionedKeys, readFacts, stringValues, type TransactionFacts } from './transaction-facts.js';
import { SqliteReader } from './view-reader.js';

/** What spending an output of a transaction takes away again. */
interface Spendable {
  readonly sequence: number;
  readonly assetPrefix: number;
  /** Prefixes of the owners of each output. */
  readonly ownerPrefixes: readonly (readonly number[])[];
}

/** A valid transaction spends what no valid transaction made: the ledger's promise to the view is broken. */
export class InputUnknown extends Error {
  override readonly name = 'InputUnknown';
}

export class TransactionWriter {
  private readonly payloads: PayloadIndex;
  /** Two generations: when the younger is full it replaces the older. */
  private recent = new Map<string, Spendable>();
  private older = new Map<string, Spendable>();
  private readonly insertTransaction: Statement;
  private readonly insertCreation: Statement;
  private readonly ids: SlicedIndex;
  private readonly keys: SlicedIndex;
  private readonly reader: SqliteReader;
  /** The reader knows everything below the height being written. */
  private readerIsFresh = false;
  private readonly insertSpend: Statement;
  private readonly insertWords: Statement;

  constructor(sqlite: Sqlite, payloadIndexes: readonly string[]) {
    this.payloads = new PayloadIndex(sqlite, payloadIndexes);
    this.insertTransaction = sqlite.prepare('INSERT INTO transactions VALUES (?,?,?,?,?)');
    this.insertCreation = sqlite.prepare('INSERT INTO creations VALUES (?)');
    this.ids = new SlicedIndex(sqlite, 'ids');
    this.keys = new SlicedIndex(sqlite, 'keys');
    this.reader = new SqliteReader(sqlite);
    this.insertSpend = sqlite.prepare('INSERT INTO spends VALUES (?,?,?,?)');
    this.insertWords = sqlite.prepare('INSERT INTO words (rowid, asset, metadata) VALUES (?,?,?)');
  }

  /** The place and the text of a transaction in a block of any status. */
  writeOccurrence(sequence: number, { id, text, acceptedAtMs }: PackedTransaction): void {
    const checksum = transactionChecksum(id, text);
    this.insertTransaction.run(sequence, acceptedAtMs, bound(id), bound(text), checksum);
    this.ids.insert(idPrefix(id), ID_KIND.occurrence, sequence, 0);
  }

  /** What follows from its validity. */
  writeValid(sequence: number, { id, text }: PackedTransaction): Operation {
    const facts = readFacts(text);
    const assetPrefix = idPrefix(facts.assetId);
    const ownerPrefixes = facts.outputs.map((output) => output.owners.map(keyPrefix));
    if (facts.operation === 'CREATE') this.insertCreation.run(sequence);
    else this.ids.insert(assetPrefix, ID_KIND.transfer, sequence, 0);
    for (let index = 0; index < ownerPrefixes.length; index++) {
      this.ids.insert(assetPrefix, ID_KIND.unspent, sequence, index);
      for (const owner of ownerPrefixes[index] ?? []) {
        this.keys.insert(owner, KEY_KIND.unspent, sequence, index);
      }
    }
    this.writeMentions(sequence, facts, ownerPrefixes);
    this.writeWords(sequence, facts);
    this.payloads.write(sequence, facts);
    for (let index = 0; index < facts.spends.length; index++) {
      const spend = facts.spends[index];
      if (spend !== undefined) this.writeSpend(sequence, index, spend.transactionId, spend.outputIndex);
    }
    // Not the id of the facts: that one would hold the whole text in memory.
    this.remember(id, { sequence, assetPrefix, ownerPrefixes });
    return facts.operation;
  }

  /** After the last transaction of a height. */
  endHeight(height: number): void {
    this.ids.endHeight(height);
    this.keys.endHeight(height);
    this.readerIsFresh = false;
  }

  /** After a rollback: what is remembered may stand nowhere. */
  forget(): void {
    this.recent.clear();
    this.older.clear();
    this.ids.reload();
    this.keys.reload();
    this.reader.forget();
    this.readerIsFresh = false;
  }

  private writeMentions(
    sequence: number,
    facts: TransactionFacts,
    ownerPrefixes: readonly (readonly number[])[],
  ): void {
    const indexed = new Set(ownerPrefixes.flat());
    if (facts.operation === 'CREATE') {
      for (const key of facts.ownersBefore) {
        const prefix = keyPrefix(key);
        this.keys.insert(prefix, KEY_KIND.created, sequence, 0);
        indexed.add(prefix);
      }
    }
    for (const key of mentionedKeys(facts)) {
      const prefix = keyPrefix(key);
      if (indexed.has(prefix)) continue;
      indexed.add(prefix);
      this.keys.insert(prefix, KEY_KIND.mentioned, sequence, 0);
    }
  }

  private writeWords(sequence: number, { data, metadata }: TransactionFacts): void {
    const assetWords = data === null ? [] : stringValues(data);
    const metadataWords = metadata === null ? [] : stringValues(metadata);
    if (assetWords.length === 0 && metadataWords.length === 0) return;
    this.insertWords.run(sequence, searchable(assetWords), searchable(metadataWords));
  }

  private writeSpend(spender: number, inputIndex: number, transactionId: string, outputIndex: number): void {
    const { sequence, assetPrefix, ownerPrefixes } = this.spendable(transactionId);
    this.insertSpend.run(sequence, outputIndex, spender, inputIndex);
    this.ids.remove(assetPrefix, ID_KIND.unspent, sequence, outputIndex);
    for (const owner of ownerPrefixes[outputIndex] ?? []) {
      this.keys.remove(owner, KEY_KIND.unspent, sequence, outputIndex);
      this.keys.insert(owner, KEY_KIND.spent, sequence, outputIndex);
    }
  }

  private spendable(transactionId: string): Spendable {
    const known = this.recent.get(transactionId) ?? this.older.get(transactionId);
    if (known !== undefined) return known;
    if (!this.readerIsFresh) this.reader.refresh();
    this.readerIsFresh = true;
    const found = this.reader.validTransaction(transactionId);
    if (found !== null) {
      const { assetId, outputs } = readFacts(found.text);
      return {
        sequence: sequenceOf(found.height, found.position),
        assetPrefix: idPrefix(assetId),
        ownerPrefixes: outputs.map((output) => output.owners.map(keyPrefix)),
      };
    }
    throw new InputUnknown(`no valid block holds ${transactionId}, which a valid transaction spends`);
  }

  private remember(id: string, spendable: Spendable): void {
    if (this.recent.size >= VIEW.recentTransactionsMax / 2) {
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(id, spendable);
  }
}

/** SQLite ends a text at a NUL; a space keeps the words on both sides apart. */
function searchable(values: readonly string[]): string {
  const text = values.join('\n');
  return text.includes('\0') ? text.replaceAll('\0', ' ') : text;
}
