/**
 * Makes signed CREATE transactions faster than a node can take them: a fixed template whose parts are spliced, never
 * parsed. It shares no code with the node on purpose, so a load or fault test is also a second opinion on the bytes
 * (1.0.1: sections 1.1, 1.4 and 1.5).
 */

import { createHash, createPrivateKey, hash, type KeyObject, sign } from 'node:crypto';

/** What this file uses of `sodium-native`, which is an optional package without types. */
export interface Sodium {
  crypto_sign_detached(signature: Buffer, message: Buffer, secretKey: Buffer): void;
  crypto_sign_verify_detached(signature: Buffer, message: Buffer, publicKey: Buffer): boolean;
  crypto_sign_seed_keypair(publicKey: Buffer, secretKey: Buffer, seed: Buffer): void;
}

/** `sodium-native`, or null where it does not load. */
export function loadSodium(): Sodium | null {
  try {
    return require('sodium-native') as Sodium;
  } catch {
    return null;
  }
}

const sodium = loadSodium();
/** Its types are of an ECMAScript module only, which this output cannot import. */
const bs58 = (require('bs58') as { default: { encode(bytes: Uint8Array): string } }).default;
/** RFC 8410: what stands before the 32 bytes of an Ed25519 seed in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 key pair, also in base58 as settings hold it. */
export class SigningKey {
  readonly publicKey: string;
  readonly privateKey: string;
  readonly publicBytes: Buffer;
  private readonly keyObject: KeyObject;
  private readonly secret = Buffer.alloc(64);

  /** `seed`: 32 bytes. */
  constructor(seed: Buffer) {
    this.keyObject = createPrivateKey({
      key: Buffer.concat([PKCS8_HEAD, seed]),
      format: 'der',
      type: 'pkcs8',
    });
    const jwk = this.keyObject.export({ format: 'jwk' });
    this.publicBytes = Buffer.from(jwk.x ?? '', 'base64url');
    this.publicKey = bs58.encode(this.publicBytes);
    this.privateKey = bs58.encode(seed);
    sodium?.crypto_sign_seed_keypair(Buffer.alloc(32), this.secret, seed);
  }

  /** The 64 bytes of the signature over `message`. */
  sign(message: Buffer): Buffer {
    if (sodium === null) return sign(null, message, this.keyObject);
    const signature = Buffer.allocUnsafe(64);
    sodium.crypto_sign_detached(signature, message, this.secret);
    return signature;
  }

  /** The same key for the same text, every time. */
  static fromText(text: string): SigningKey {
    return new SigningKey(createHash('sha256').update(text).digest());
  }
}

export interface SignedTransaction {
  readonly id: string;
  /** Canonical text of the whole document: what a client posts. */
  readonly text: string;
}

interface Owner {
  readonly key: SigningKey;
  /** Everything of the canonical text behind `"inputs":`, with the fulfillment still missing. */
  readonly afterFulfillment: string;
  readonly outputs: string;
}

/** Words for the search index, so that a load also pays for it. */
const WORDS =
  'anvil barrel copper drum engine flask gear hinge ingot jacket kettle lathe motor nozzle oven piston'.split(
    ' ',
  );
/** Distinct CREATEs of about 750 bytes with one input and one output; the same `name` makes the same ones again. */
export class TransactionMaker {
  private readonly owners: readonly Owner[];
  private made = 0;

  constructor(
    private readonly name: string,
    ownerCount = 100,
  ) {
    this.owners = Array.from({ length: ownerCount }, (_, index) =>
      makeOwner(SigningKey.fromText(`${name} ${index}`)),
    );
  }

  next(): SignedTransaction {
    const serial = this.made++;
    const owner = this.owners[serial % this.owners.length];
    if (owner === undefined) throw new Error('a maker needs at least one owner');
    const asset = `{"data":{"kind":"${this.word(serial)}","serial":"${this.name}-${serial}"}}`;
    return signCreate(owner, asset, `{"sequence":${serial}}`);
  }

  many(count: number): SignedTransaction[] {
    return Array.from({ length: count }, () => this.next());
  }

  /** Passes over one without making it. */
  skip(): void {
    this.made += 1;
  }

  private word(serial: number): string {
    const first = WORDS[serial % WORDS.length];
    const second = WORDS[(serial >> 4) % WORDS.length];
    return `${first} ${second}`;
  }
}

function makeOwner(key: SigningKey): Owner {
  const fingerprint = createHash('sha256')
    .update(Buffer.concat([Buffer.from('30228020', 'hex'), key.publicBytes]))
    .digest('base64url');
  const uri = `ni:///sha-256;${fingerprint}?fpt=ed25519-sha-256&cost=131072`;
  const details = `{"public_key":"${key.publicKey}","type":"ed25519-sha-256"}`;
  return {
    key,
    afterFulfillment: `,"fulfills":null,"owners_before":["${key.publicKey}"]}]`,
    outputs: `[{"amount":"1","condition":{"details":${details},"uri":"${uri}"},"public_keys":["${key.publicKey}"]}]`,
  };
}

/** `asset` and `metadata` are canonical JSON. */
function signCreate(owner: Owner, asset: string, metadata: string): SignedTransaction {
  const head = `{"asset":${asset},`;
  const tail = `${owner.afterFulfillment},"metadata":${metadata},"operation":"CREATE","outputs":${owner.outputs},"version":"1.0"}`;
  const id = hash('sha3-256', `${head}"inputs":[{"fulfillment":null${tail}`);
  const open = `${head}"id":"${id}","inputs":[{"fulfillment":`;
  const signature = owner.key.sign(Buffer.from(`${open}null${tail}`));
  const fulfillment = Buffer.concat([
    Buffer.from('a4648020', 'hex'),
    owner.key.publicBytes,
    Buffer.from('8140', 'hex'),
    signature,
  ]).toString('base64url');
  return { id, text: `${open}"${fulfillment}"${tail}` };
}
