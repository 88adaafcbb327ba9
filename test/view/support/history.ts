/**
 * Made-up histories of decided heights: blocks valid, invalid and missing, chains, splits and merges, thresholds,
 * transactions of invalid blocks that stand again in later ones, votes of every standing. The same seed gives the same.
 */

import { canonicalJson } from '../../../src/codec/canonical-json.js';
import { sha3Hex } from '../../../src/codec/hash.js';
import type { JsonObject } from '../../../src/codec/json-value.js';
import { blockText } from '../../../src/model/block.js';
import type { MadeTransaction } from '../../../src/model/make-transaction.js';
import { makeVote } from '../../../src/model/vote.js';
import type { DecidedHeight, DecidedStatus, StandingVote } from '../../../src/view/view.js';
import { SeededRandom } from '../../support/simulated-random.js';
import {
  create,
  documentOf,
  keyPairOf,
  outputsOf,
  publicKeyOf,
  spend,
  to,
  transfer,
  withId,
} from '../../support/transactions.js';

export const OWNERS = ['alice', 'bob', 'carol', 'dave', 'erin'] as const;
const NODES = ['node-1', 'node-2', 'node-3'];
const WORDS = ['bicycle', 'red', 'Bicycles', 'café', 'naïve', 'running', 'the', 'blue', 'wheel'];

interface Coin {
  readonly transaction: MadeTransaction;
  readonly index: number;
  readonly assetId: string;
  readonly owners: readonly string[];
  readonly amount: bigint;
}

interface Planned {
  readonly transaction: MadeTransaction;
  readonly takes: readonly Coin[];
  readonly makes: readonly Coin[];
}

export interface HistoryOptions {
  readonly seed: number;
  readonly heights: number;
  /** Transactions in a block, at most. */
  readonly blockSize?: number;
}

export function makeHistory({ seed, heights, blockSize = 8 }: HistoryOptions): DecidedHeight[] {
  return new HistoryMaker(new SeededRandom('view', seed), blockSize).make(heights);
}

class HistoryMaker {
  private readonly coins: Coin[] = [];
  /** Of invalid blocks; they may come again. */
  private readonly again: Planned[] = [];
  private parent = '';
  private serial = 0;

  constructor(
    private readonly random: SeededRandom,
    private readonly blockSize: number,
  ) {}

  make(count: number): DecidedHeight[] {
    const heights = [this.block(0, 'undecided', [this.planCreate()])];
    for (let height = 1; height < count; height++) heights.push(this.height(height));
    return heights;
  }

  private height(height: number): DecidedHeight {
    const draw = this.random.integer(100);
    if (draw < 12) return { height, decidedAtMs: this.decidedAt(height), block: null };
    const status: DecidedStatus = draw < 30 ? 'invalid' : 'valid';
    const available = [...this.coins];
    const size = 1 + this.random.integer(this.blockSize);
    const planned = Array.from({ length: size }, () => this.plan(available));
    const chosen = planned.filter(
      (each, index) => planned.findIndex((other) => sameId(other, each)) === index,
    );
    if (status === 'valid') this.settle(chosen);
    else this.again.push(...chosen);
    return this.block(height, status, chosen);
  }

  private settle(planned: readonly Planned[]): void {
    for (const { takes, makes } of planned) {
      for (const coin of takes) this.coins.splice(this.coins.indexOf(coin), 1);
      this.coins.push(...makes);
    }
  }

  /** Takes what it spends out of `available`. */
  private plan(available: Coin[]): Planned {
    const draw = this.random.integer(10);
    const earlier = this.again[this.random.integer(Math.max(1, this.again.length))];
    if (draw < 3 && earlier?.takes.every((coin) => available.includes(coin)) === true) {
      this.again.splice(this.again.indexOf(earlier), 1);
      remove(available, earlier.takes);
      return earlier;
    }
    return draw < 8 && available.length > 3 ? this.planTransfer(available) : this.planCreate();
  }

  private planCreate(): Planned {
    const by = this.owner();
    const outputs = Array.from({ length: 1 + this.random.integer(3) }, () =>
      this.random.integer(4) === 0
        ? to([...OWNERS.slice(0, 3)], 1 + this.random.integer(9), 2)
        : to(this.owner(), 1 + this.random.integer(9)),
    );
    const made = create({ by, outputs, data: this.data(), metadata: this.metadata() });
    const transaction = this.random.integer(5) === 0 ? this.otherKeys(made) : made;
    return { transaction, takes: [], makes: coinsOf(transaction, transaction.id) };
  }

  private planTransfer(available: Coin[]): Planned {
    const first = available[this.random.integer(available.length)];
    if (first === undefined) return this.planCreate();
    const siblings = available.filter((coin) => coin.assetId === first.assetId && coin !== first);
    const takes = [first, ...siblings.slice(0, this.random.integer(3))];
    remove(available, takes);
    const total = takes.reduce((sum, coin) => sum + coin.amount, 0n);
    const parts = total > 1n && this.random.integer(2) === 0 ? [1n, total - 1n] : [total];
    const transaction = transfer(
      first.assetId,
      takes.map((coin) => spend(coin.transaction, coin.index, coin.owners)),
      parts.map((amount) => to(this.owner(), amount)),
      this.metadata(),
    );
    return { transaction, takes, makes: coinsOf(transaction, first.assetId) };
  }

  /** `public_keys` says what it likes (1.0.1: section 2.6): nobody, or somebody else beside. */
  private otherKeys(made: MadeTransaction): MadeTransaction {
    const document = documentOf(made);
    for (const output of outputsOf(document)) {
      const draw = this.random.integer(3);
      if (draw === 0) output.public_keys = null;
      if (draw === 1) output.public_keys = [publicKeyOf(this.owner()), publicKeyOf('mallory')];
    }
    const changed = withId(document);
    return { id: String(changed.id), text: canonicalJson(changed), outputs: made.outputs };
  }

  private data(): JsonObject | null {
    if (this.random.integer(6) === 0) return null;
    const words = [this.word(), this.word()];
    return { name: words.join(' '), serial: this.serial++, tags: [this.word(), { deep: this.word() }] };
  }

  private metadata(): JsonObject | null {
    if (this.random.integer(3) === 0) return null;
    return { order: { id: this.random.integer(6) }, note: this.word(), ok: this.random.integer(2) === 0 };
  }

  private block(height: number, status: DecidedStatus, planned: readonly Planned[]): DecidedHeight {
    const creator = publicKeyOf(NODES[height % NODES.length] ?? 'node-1');
    const timestamp = String(1_500_000_000 + 7 * height - (height % 3));
    const voters = NODES.map(publicKeyOf);
    const transactions = planned.map(({ transaction: { id, text } }, index) => ({
      id,
      text,
      acceptedAtMs: index % 2 === 0 ? this.decidedAt(height) - 50 - index : null,
    }));
    const text = blockText({
      nodePubkey: creator,
      timestamp,
      transactionTexts: transactions.map((transaction) => transaction.text),
      voters,
    });
    const id = sha3Hex(text);
    const parent = this.parent;
    this.parent = id;
    const block = {
      ...{ id, text, signature: `signature of ${height}`, parent, claimSignature: `claim of ${height}` },
      ...{
        creator,
        timestamp,
        status,
        invalidReason: status === 'invalid' ? 'one of its spends is spent' : null,
      },
      transactions,
      votes: status === 'undecided' ? [] : this.votes(height, id, parent, status === 'valid'),
    };
    return { height, decidedAtMs: this.decidedAt(height), block };
  }

  private votes(height: number, blockId: string, parent: string, valid: boolean): StandingVote[] {
    return NODES.filter(() => this.random.integer(5) > 0).map((node, index) => {
      const equivocates = this.random.integer(12) === 0;
      const vote = makeVote(keyPairOf(node), {
        blockId,
        previousBlock: parent,
        isBlockValid: valid !== equivocates,
        timestamp: String(1_500_000_000 + height + index),
      });
      return { ...vote, standing: equivocates ? 'equivocation' : 'counted' };
    });
  }

  private decidedAt(height: number): number {
    return 1_700_000_000_000 + height * 400;
  }

  private owner(): string {
    return OWNERS[this.random.integer(OWNERS.length)] ?? 'alice';
  }

  private word(): string {
    return WORDS[this.random.integer(WORDS.length)] ?? 'red';
  }
}

function sameId(a: Planned, b: Planned): boolean {
  return a.transaction.id === b.transaction.id;
}

function remove(available: Coin[], taken: readonly Coin[]): void {
  for (const coin of taken) available.splice(available.indexOf(coin), 1);
}

function coinsOf(transaction: MadeTransaction, assetId: string): Coin[] {
  return transaction.outputs.map((output, index) => {
    const keys = output.public_keys ?? [];
    const owners = OWNERS.filter((name) => keys.includes(publicKeyOf(name)));
    return { transaction, index, assetId, owners, amount: BigInt(output.amount) };
  });
}
