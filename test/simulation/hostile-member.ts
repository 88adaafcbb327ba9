/**
 * A member that is not run but acted: it holds a key of the federation and writes what it likes into the shared store
 * (Z1 to Z7 and Z9 to Z13 of the list of hostile acts). It deletes nothing but what is assigned to it.
 */

import { canonicalJson } from '../../src/codec/canonical-json.js';
import { sha3Hex, sha256Hex } from '../../src/codec/hash.js';
import { type KeyPair, signText } from '../../src/codec/key-pair.js';
import { blockText, makeClaim } from '../../src/model/block.js';
import type { MadeTransaction } from '../../src/model/make-transaction.js';
import { makeRejection } from '../../src/model/rejection.js';
import { makeVote } from '../../src/model/vote.js';
import type { StoredBlock } from '../../src/store/store.js';
import { keyPairOf } from '../support/keys.js';
import { SeededRandom } from '../support/simulated-random.js';
import { create } from '../support/transactions.js';
import type { Holding } from './actors.js';
import { type HostileActor, hostileActs } from './hostile-acts.js';
import type { BlockChange, BlockPlace } from './hostile-blocks.js';
import type { Author } from './shared-facts.js';
import type { Simulation } from './simulation.js';
import type { Workload } from './workload.js';
import { WRONG_KINDS, wrongTransaction } from './wrong-transactions.js';

/** Heights that a flood takes at once. */
const FLOOD_HEIGHTS = 12;

const TIMESTAMP = '1500000000';

type Act = () => void;

export class HostileMember implements HostileActor {
  /** How often it did what. */
  readonly counts = new Map<string, number>();
  private readonly random: SeededRandom;
  private readonly key: KeyPair;
  private readonly author: Author;
  /** Chance of its own: members that do not come back to what is done act as if there were no such thing. */
  private readonly returning: SeededRandom;
  private readonly comesBack: boolean;
  private serial = 0;

  constructor(
    private readonly simulation: Simulation,
    private readonly workload: Workload,
    readonly name: string,
  ) {
    this.random = simulation.world.random;
    this.key = keyPairOf(name);
    this.author = { name, life: 0 };
    this.returning = new SeededRandom(simulation.seed, 'returning', name);
    this.comesBack = this.returning.chance(0.3);
  }

  /** Does one thing of its list. */
  act(): void {
    const comesBack = this.comesBack && this.returning.chance(0.4);
    const acts = comesBack ? this.actsOnWhatIsDone() : this.acts();
    const what = (comesBack ? this.returning : this.random).pick(Object.keys(acts));
    this.simulation.tell(this.name, what);
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
    acts[what]?.();
  }

  private actsOnWhatIsDone(): Readonly<Record<string, Act>> {
    return {
      'Z6 block of what stands in a valid one': () => this.again((spent) => spent.transaction),
      'Z6 block that spends what is spent': () => this.again((spent) => this.spendAgain(spent)),
    };
  }

  private acts(): Readonly<Record<string, Act>> {
    return {
      ...hostileActs(this, this.random),
      'honest block': () => this.claim({}),
    };
  }

  private get facts() {
    return this.simulation.store.facts;
  }

  /** The next height and parent, as some correct node knows them. */
  private next(): BlockPlace {
    const node = this.simulation.correct.find((each) => each.core !== null);
    const state = node?.core?.state;
    return { height: (state?.head ?? 0) + 1, parent: state?.headBlockId ?? '' };
  }

  claim(change: BlockChange, place: BlockPlace = this.next()): StoredBlock {
    const members = this.simulation.membersAt(place.height);
    const texts = [this.own().text];
    const transactionTexts =
      change.texts?.(
        texts,
        () => this.wrongText(),
        () => this.rivals(),
      ) ?? texts;
    const voters = change.voters?.(this.key) ?? members.map((member) => keyPairOf(member).publicKey);
    const signer = change.signer?.() ?? this.key;
    const timestamp = String(this.simulation.world.random.integer(2_000_000_000));
    const plain = blockText({ nodePubkey: signer.publicKey, timestamp, voters, transactionTexts });
    const text = change.text?.(plain) ?? plain;
    const id = change.id ?? sha3Hex(text);
    const parent = change.parent ?? place.parent;
    const claim = { blockId: change.claim === 'another' ? '' : id, height: place.height, parent };
    const block: StoredBlock = {
      height: place.height,
      id,
      text,
      signature:
        change.isUnsigned === true ? signText('x', signer.privateKey) : signText(text, signer.privateKey),
      parent,
      claimSignature: change.claim === 'nothing' ? '' : makeClaim(signer, claim),
    };
    this.facts.claimHeight(block, this.author);
    return block;
  }

  /**
   * A block past every door and every right creator, so that the voters alone stand between it and the ledger. Only of
   * what a correct node knows to be spent in a valid block: before that it would be one rival among others.
   */
  private again(make: (spent: Holding) => MadeTransaction): void {
    const state = this.simulation.correct.find((each) => each.core !== null)?.core?.state;
    const spent = this.workload.actors.spent.filter(
      ({ transaction, index }) => state?.validSpender(transaction.id, index) != null,
    );
    if (spent.length > 0) this.claim({ texts: () => [make(this.returning.pick(spent)).text] });
  }

  private spendAgain(spent: Holding): MadeTransaction {
    const plan = { owners: ['mallory'], threshold: 1, amount: spent.amount };
    return this.workload.actors.spendAll([spent], [plan]);
  }

  onlyVoter(): void {
    const block = this.claim({ voters: (key) => [key.publicKey] });
    this.vote(block, [true]);
  }

  forgedVote(): void {
    const block = this.someBlock();
    const victim = keyPairOf(this.random.pick(this.simulation.members));
    const forged = makeVote(
      { publicKey: victim.publicKey, privateKey: this.key.privateKey },
      {
        blockId: block.id,
        previousBlock: block.parent,
        isBlockValid: this.random.chance(0.5),
        timestamp: TIMESTAMP,
      },
    );
    this.facts.addVotes([forged], this.author);
  }

  junkVote(): void {
    const { publicKey: node } = this.key;
    const blockId = this.random.chance(0.5) ? this.someBlock().id : 'e'.repeat(64);
    const text = this.random.pick([
      'null',
      '[]',
      '"vote"',
      '{',
      canonicalJson({ node_pubkey: node, vote: {} }),
    ]);
    this.facts.addVotes([{ blockId, node, signature: `junk-${this.serial++}`, text }], this.author);
  }

  squat(): void {
    const [victim] = this.facts.readBacklog(0, 1);
    const id = victim?.transactionId ?? this.own().id;
    const text = canonicalJson({ id, squatted: String(this.serial++) });
    this.addEntry(id, text, this.simulation.members);
  }

  /** A right transaction of its own. */
  private own(): MadeTransaction {
    return create({ by: 'mallory', data: { by: this.name, serial: this.serial++ } });
  }

  /** Junk, and transactions that are well formed and wrong against the ledger: those past every door. */
  junkEntry(): void {
    const rivals = this.random.chance(0.5) ? this.workload.actors.rivals() : null;
    const ids = [this.name, ...this.simulation.members];
    for (const { id, text } of rivals ?? []) this.addEntry(id, text, ids);
    if (rivals !== null) return;
    const text = this.wrongText();
    const id = /"id":"([0-9a-f]{64})"/.exec(text)?.[1] ?? 'd'.repeat(64);
    this.addEntry(id, text, ['nobody', ...ids]);
  }

  private addEntry(transactionId: string, text: string, assignees: readonly string[]): void {
    const assignee = keyPairOf(this.random.pick(assignees)).publicKey;
    const stamp = `${this.name}.${this.serial++}`;
    const entry = { digest: sha256Hex(text), transactionId, text, assignee, stamp, acceptedAtMs: 0 };
    this.facts.addBacklog([entry], this.author);
  }

  falseParent(): void {
    const block = this.someBlock();
    const previousBlock = this.random.pick(['0'.repeat(64), this.someBlock().id]);
    if (previousBlock === block.id) return;
    const parts = { blockId: block.id, previousBlock, isBlockValid: true, timestamp: TIMESTAMP };
    this.facts.addVotes([makeVote(this.key, parts)], this.author);
  }

  flood(): void {
    let place = this.next();
    for (let count = this.random.integer(FLOOD_HEIGHTS); count >= 0; count -= 1) {
      const block = this.claim({}, place);
      place = { height: place.height + 1, parent: block.id };
    }
  }

  farAhead(): void {
    const place = this.next();
    if (this.random.chance(0.5))
      this.claim({}, { ...place, height: place.height + 1 + this.random.integer(50) });
    else {
      const block = this.someBlock();
      this.facts.claimHeight({ ...block, height: place.height, parent: place.parent }, this.author);
    }
  }

  dropOwn(): void {
    const own = this.facts.readBacklog(0, 1000).filter((entry) => entry.assignee === this.key.publicKey);
    for (const { transactionId, digest, stamp } of own) {
      const parts = {
        transactionId,
        digest,
        code: 'DOUBLE_SPEND',
        message: 'no',
        height: 0,
        timestamp: TIMESTAMP,
      };
      if (this.random.chance(0.5)) this.facts.addRejections([makeRejection(this.key, parts)], this.author);
      this.facts.removeBacklog([{ digest, stamp }], this.author);
    }
  }

  vote(block: StoredBlock, verdicts: readonly boolean[]): void {
    if (block.id === block.parent) return;
    const votes = verdicts.map((isBlockValid) =>
      makeVote(this.key, {
        blockId: block.id,
        previousBlock: block.parent,
        isBlockValid,
        timestamp: String(1_500_000_000 + this.serial++),
      }),
    );
    this.facts.addVotes(votes, this.author);
  }

  /** One of the newest blocks. */
  someBlock(): StoredBlock {
    const from = Math.max(0, this.next().height - 1 - this.random.integer(4));
    return this.facts.readBlocks(from, 1)[0] ?? this.claim({});
  }

  private rivals(): string[] {
    return this.workload.actors.rivals()?.map(({ text }) => text) ?? [this.own().text];
  }

  private wrongText(): string {
    const holding = this.workload.actors.peek();
    if (holding === null) return '{"nothing":"a transaction"}';
    // What is not even JSON cannot stand in a block's text.
    const kinds = WRONG_KINDS.filter((kind) => kind !== 'no JSON');
    return wrongTransaction(this.random.pick(kinds), holding, this.serial++).text;
  }
}
