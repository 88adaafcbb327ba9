/**
 * A member of a running federation that has no process: a test acts it by writing what it likes into the shared store,
 * with its own key (Z1 to Z7 and Z9 to Z13 of the list of hostile acts). It deletes nothing but what is assigned to it,
 * and only after it has signed a rejection, as a member may.
 */

import { canonicalJson } from '../../src/codec/canonical-json.js';
import { sha3Hex, sha256Hex } from '../../src/codec/hash.js';
import { type KeyPair, signText } from '../../src/codec/key-pair.js';
import { blockText, makeClaim } from '../../src/model/block.js';
import { makeRejection } from '../../src/model/rejection.js';
import { makeVote } from '../../src/model/vote.js';
import { type Store, type StoredBlock, StoreUnavailable } from '../../src/store/store.js';
import { type HostileActor, hostileActs } from '../simulation/hostile-acts.js';
import type { BlockChange } from '../simulation/hostile-blocks.js';
import type { SeededRandom } from './simulated-random.js';
import { create, spend, to, transfer } from './transactions.js';

/** Between two acts. */
const PAUSE_MS_MAX = 200;
const FLOOD_HEIGHTS = 10;
/** Blocks that it remembers, to write about. */
const RECENT_BLOCKS = 8;
/** Beyond what a block may have (architecture, section 8). */
const TOO_LARGE_BYTES = 13 * 1024 * 1024;

/** Of entries whose text has none. */
const NOBODYS_ID = 'd'.repeat(64);

interface Place {
  readonly height: number;
  readonly parent: string;
}

export class HostileWriter implements HostileActor {
  /** How often it did what. */
  readonly counts = new Map<string, number>();
  /** Ids of all blocks that it tried to write. */
  readonly written = new Set<string>();
  /** Digests and ids under which it put other texts into the backlog: to an audit these entries look damaged. */
  readonly squatted = new Set<string>([NOBODYS_ID]);
  private readonly recent: StoredBlock[] = [];
  private stopped = false;
  private running: Promise<void> = Promise.resolve();
  private serial = 0;
  /** What its one right block holds: later blocks spend it twice. */
  private readonly first = this.own();
  private readonly acts: Readonly<Record<string, () => unknown>>;

  constructor(
    private readonly store: Store,
    private readonly key: KeyPair,
    private readonly members: readonly string[],
    private readonly random: SeededRandom,
  ) {
    this.acts = hostileActs(this, random);
  }

  /** Acts until `stop`. Before that one right block: what comes after its first wrong one is not heard. */
  start(): void {
    this.running = this.run();
    // Whoever stops it is told.
    this.running.catch(() => undefined);
  }

  /** Rejects with what went wrong other than an unavailable store. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    await this.act('honest block', () => this.claim({ texts: () => [this.first.text] }));
    await this.act('Z6 block that is too large', () => this.tooLarge());
    while (!this.stopped) {
      const name = this.random.pick(Object.keys(this.acts));
      await this.act(name, this.acts[name] ?? (() => undefined));
      await new Promise((resolve) => setTimeout(resolve, this.random.integer(PAUSE_MS_MAX)));
    }
  }

  private async act(name: string, action: () => unknown): Promise<void> {
    try {
      await this.look();
      await action();
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }

  /** Reads what came to stand on top; what stands above a gap is passed over. */
  private async look(): Promise<void> {
    const head = this.recent.at(-1)?.height ?? -1;
    let next = head + 1;
    for (const block of await this.store.readBlocks(next, 500)) {
      if (block.height !== next) break;
      next += 1;
      this.recent.push(block);
    }
    this.recent.splice(0, Math.max(0, this.recent.length - RECENT_BLOCKS));
  }

  /** Which of its own blocks hold their height it does not always know: then it guesses. */
  private next(): Place {
    const newest = this.recent.at(-1);
    const correct = this.recent.findLast(({ id }) => !this.written.has(id));
    const holder = newest?.id === correct?.id || this.random.chance(0.5) ? newest : correct;
    return { height: (newest?.height ?? -1) + 1, parent: holder?.id ?? '' };
  }

  someBlock(): StoredBlock {
    return this.random.pick(this.recent);
  }

  private own() {
    return create({ by: 'mallory', data: { hostile: this.serial++ } });
  }

  async claim(change: BlockChange, place: Place = this.next()): Promise<StoredBlock> {
    const right = [this.own().text];
    const transactionTexts = this.textsOf(change, right);
    const voters = change.voters?.(this.key) ?? this.members;
    const signer = change.signer?.() ?? this.key;
    const timestamp = String(this.random.integer(2_000_000_000));
    const plain = blockText({ nodePubkey: signer.publicKey, timestamp, voters, transactionTexts });
    const text = change.text?.(plain) ?? plain;
    // A text that several acts share gets an id of its own: what must be unique is the id.
    const id = change.id === undefined ? sha3Hex(text) : sha3Hex(`${change.id}${this.serial++}`);
    const parent = change.parent ?? place.parent;
    const signature = signText(change.isUnsigned === true ? 'x' : text, signer.privateKey);
    const claimed = change.claim === 'another' ? place.height + 1 : place.height;
    const claim = makeClaim(signer, { blockId: id, height: claimed, parent });
    const claimSignature = change.claim === 'nothing' ? '' : claim;
    const block: StoredBlock = { height: place.height, id, text, signature, parent, claimSignature };
    await this.write(block);
    return block;
  }

  private textsOf({ texts }: BlockChange, right: readonly string[]): readonly string[] {
    const { first } = this;
    const rival = (name: string): string => transfer(first.id, [spend(first, 0, 'mallory')], [to(name)]).text;
    return (
      texts?.(
        right,
        () => this.wrongText(),
        () => [rival('bob'), rival('carol')],
      ) ?? right
    );
  }

  private async write(block: StoredBlock): Promise<void> {
    this.written.add(block.id);
    await this.store.claimHeight(block);
  }

  private tooLarge(): Promise<unknown> {
    const texts = (): string[] => [`{"padding":"${'x'.repeat(TOO_LARGE_BYTES)}"}`];
    return this.claim({ texts });
  }

  async onlyVoter(): Promise<void> {
    const block = await this.claim({ voters: (key) => [key.publicKey] });
    await this.vote(block, [true]);
  }

  forgedVote(): Promise<unknown> {
    const block = this.someBlock();
    const forger = { publicKey: this.random.pick(this.members), privateKey: this.key.privateKey };
    const isBlockValid = this.random.chance(0.5);
    const parts = { blockId: block.id, previousBlock: block.parent, isBlockValid, timestamp: '1' };
    return this.store.addVotes([makeVote(forger, parts)]);
  }

  junkVote(): Promise<unknown> {
    const { publicKey: node } = this.key;
    const blockId = this.random.chance(0.5) ? this.someBlock().id : 'e'.repeat(64);
    const text = this.random.pick([
      'null',
      '[]',
      '"vote"',
      '{',
      canonicalJson({ node_pubkey: node, vote: {} }),
    ]);
    return this.store.addVotes([{ blockId, node, signature: `junk-${this.serial++}`, text }]);
  }

  async squat(): Promise<void> {
    const [victim] = await this.store.readBacklog(0, 1);
    const id = victim?.transactionId ?? this.own().id;
    const text = canonicalJson({ id, squatted: String(this.serial++) });
    // Under its right digest, and under one that another text could have.
    if (this.random.chance(0.5)) await this.addEntry(id, text, sha256Hex(text));
    else {
      const digest = sha256Hex(`${text} `);
      this.squatted.add(digest);
      await this.addEntry(id, text, digest);
    }
  }

  junkEntry(): Promise<unknown> {
    const text = this.wrongText();
    // Not the one of the asset, which stands before it.
    const id = /"id":"([0-9a-f]{64})","inputs"/.exec(text)?.[1] ?? NOBODYS_ID;
    return this.addEntry(id, text, sha256Hex(text));
  }

  private addEntry(transactionId: string, text: string, digest: string): Promise<unknown> {
    const assignee = this.random.pick([...this.members, 'nobody', '']);
    const stamp = `mallory.${this.serial++}`;
    return this.store.addBacklog([{ digest, transactionId, text, assignee, stamp, acceptedAtMs: 0 }]);
  }

  /** What no block may hold. */
  private wrongText(): string {
    const made = this.own();
    const kinds = [
      () => '{"nothing":"a transaction"}',
      () => `{"deep":${'['.repeat(600)}${']'.repeat(600)}}`,
      () => made.text.replace(/"fulfillment":"[^"]{8}/, '"fulfillment":"AAAAAAAA'),
      () => made.text.replace(/"amount":"\d+"/, '"amount":"7"'),
      () => transfer(made.id, [spend(made, 0, 'mallory')], [to('bob')]).text,
    ];
    return this.random.pick(kinds)();
  }

  async falseParent(): Promise<void> {
    const block = this.someBlock();
    const previousBlock = this.random.pick(['0'.repeat(64), this.someBlock().id]);
    if (previousBlock === block.id) return;
    const parts = { blockId: block.id, previousBlock, isBlockValid: true, timestamp: '1' };
    await this.store.addVotes([makeVote(this.key, parts)]);
  }

  async flood(): Promise<void> {
    let place = this.next();
    for (let count = this.random.integer(FLOOD_HEIGHTS); count >= 0; count -= 1) {
      const { id, height } = await this.claim({}, place);
      place = { height: height + 1, parent: id };
    }
  }

  async farAhead(): Promise<void> {
    const place = this.next();
    const height = place.height + 1 + this.random.integer(50);
    if (this.random.chance(0.5)) await this.claim({}, { ...place, height });
    else await this.store.claimHeight({ ...this.someBlock(), ...place });
  }

  async dropOwn(): Promise<void> {
    const entries = await this.store.readBacklog(0, 1000);
    for (const { assignee, transactionId, digest, stamp } of entries) {
      if (assignee !== this.key.publicKey) continue;
      const parts = { transactionId, digest, code: 'DOUBLE_SPEND', message: 'no', height: 0, timestamp: '1' };
      const [result] = await this.store.addRejections([makeRejection(this.key, parts)]);
      if (result === 'ok' || result === 'duplicate') await this.store.removeBacklog([{ digest, stamp }]);
    }
  }

  async vote(block: StoredBlock, verdicts: readonly boolean[]): Promise<void> {
    if (block.id === block.parent) return;
    const parts = { blockId: block.id, previousBlock: block.parent };
    const votes = verdicts.map((isBlockValid) =>
      makeVote(this.key, { ...parts, isBlockValid, timestamp: String(this.serial++) }),
    );
    await this.store.addVotes(votes);
  }
}
