/** Documents that anybody may have written: transactions, blocks, votes, rejections. */

import { canonicalJson } from '../../../src/codec/canonical-json.js';
import { sha3Hex } from '../../../src/codec/hash.js';
import { parseJson } from '../../../src/codec/json-reader.js';
import { LEDGER } from '../../../src/config/limits.js';
import { makeBlock, makeClaim } from '../../../src/model/block.js';
import { checkBlock } from '../../../src/model/check-block.js';
import { checkTransaction, LEDGER_LIMITS } from '../../../src/model/check-transaction.js';
import { makeRejection, readRejection, verifyRejection } from '../../../src/model/rejection.js';
import { makeVote, readVote, verifyVote } from '../../../src/model/vote.js';
import { chain, create, keyPairOf, spend, to, transfer } from '../../support/transactions.js';
import { type FuzzTarget, must } from '../target.js';
import { JSON_WORDS } from './codec.js';

const FIELDS = [
  ...[
    '"asset":',
    '"data":',
    '"id":',
    '"inputs":',
    '"fulfillment":',
    '"fulfills":',
    '"owners_before":',
    '"metadata":',
  ],
  ...[
    '"operation":',
    '"CREATE"',
    '"TRANSFER"',
    '"GENESIS"',
    '"outputs":',
    '"amount":"1"',
    '"condition":',
    '"details":',
  ],
  ...[
    '"uri":',
    '"public_keys":',
    '"version":"1.0"',
    '"transaction_id":',
    '"output_index":0',
    '"threshold":1',
  ],
];
const WORDS = [...JSON_WORDS, ...FIELDS];

function goodTransactions(): string[] {
  const shared = create({
    outputs: [to(['alice', 'bob', 'carol'], 3, 2), to('dave', 5)],
    metadata: { a: [1, { b: null }] },
  });
  const spent = transfer(
    shared.id,
    [spend(shared, 0, ['alice', 'bob']), spend(shared, 1, 'dave')],
    [to('erin', 8)],
  );
  return [shared.text, spent.text, ...chain(2).map(({ text }) => text)];
}

const transaction: FuzzTarget = {
  name: 'transaction',
  seeds: goodTransactions,
  dictionary: WORDS,
  bytesMax: 8192,
  batch: 32,
  run(input) {
    const { result } = checkTransaction(input, LEDGER_LIMITS);
    if (!result.ok) {
      must(
        result.problem.message.length > 0 && result.problem.message.length < 40_000,
        'a refusal without a sentence',
      );
      return;
    }
    const { id, text } = result.transaction;
    must(canonicalJson(parseJson(text)) === text, 'the text of a transaction is not canonical');
    must(canonicalJson(parseJson(input.toString())) === text, 'the stored text is not the one that came');
    const again = checkTransaction(text, LEDGER_LIMITS).result;
    must(again.ok && again.transaction.id === id, 'its own text is not the same transaction');
  },
};

/** The id of the text is made right, so that the search gets behind the hash; the claim is not. */
const block: FuzzTarget = {
  name: 'block',
  seeds: () => {
    const voters = [keyPairOf('node').publicKey];
    const texts = goodTransactions();
    return [texts.slice(0, 1), texts].map(
      (transactionTexts) =>
        makeBlock(keyPairOf('node'), { timestamp: '1700000000', transactionTexts, voters }).text,
    );
  },
  dictionary: [...WORDS, '"node_pubkey":', '"timestamp":"1700000000"', '"transactions":[', '"voters":['],
  bytesMax: 12_288,
  batch: 16,
  run(input) {
    const text = input.toString('utf8');
    const id = sha3Hex(text);
    const creator = keyPairOf('node');
    const claim = { blockId: id, height: 1, parent: 'f'.repeat(64) };
    const stored = {
      ...claim,
      id,
      text,
      signature: 'x'.repeat(88),
      claimSignature: makeClaim(creator, claim),
    };
    const checked = checkBlock(stored, { has: () => false });
    if (checked === null) return;
    must(Buffer.byteLength(text) <= LEDGER.blockBytesMax, 'takes a block beyond the limit');
    must(
      checkBlock(
        { ...stored, id: id.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) },
        { has: () => false },
      ) === null,
      'takes a wrong id',
    );
    must(
      JSON.stringify(checkBlock(stored, { has: () => false })) === JSON.stringify(checked),
      'not the same twice',
    );
  },
};

const vote: FuzzTarget = {
  name: 'vote',
  seeds: () =>
    [true, false].map(
      (isBlockValid) =>
        makeVote(keyPairOf('node'), {
          blockId: 'a'.repeat(64),
          previousBlock: 'b'.repeat(64),
          isBlockValid,
          timestamp: '1700000000',
        }).text,
    ),
  dictionary: [
    ...JSON_WORDS,
    '"node_pubkey":',
    '"signature":',
    '"vote":',
    '"voting_for_block":',
    '"previous_block":',
    '"is_block_valid":',
    '"invalid_reason":',
    '"timestamp":',
  ],
  bytesMax: 4096,
  batch: 32,
  run(input) {
    const read = readVote(input.toString('utf8'));
    if (read === null) return;
    must(canonicalJson(parseJson(read.text)) === read.text, 'the text of a vote is not canonical');
    if (verifyVote(read))
      must(
        read.content === null || read.content.voting_for_block === read.blockId,
        'a vote for another block',
      );
  },
};

const rejection: FuzzTarget = {
  name: 'rejection',
  seeds: () => [
    makeRejection(keyPairOf('node'), {
      code: 'DOUBLE_SPEND',
      message: 'spent',
      transactionId: 'a'.repeat(64),
      digest: 'b'.repeat(64),
      height: 5,
      timestamp: '1700000000',
    }).text,
  ],
  dictionary: [...JSON_WORDS, '"code":', '"digest":', '"height":', '"message":', '"node":', '"signature":'],
  bytesMax: 4096,
  batch: 32,
  run(input) {
    const read = readRejection(input.toString('utf8'));
    if (read !== null) verifyRejection(read);
  },
};

export const modelTargets: readonly FuzzTarget[] = [transaction, block, vote, rejection];
