/** MongoDB's wire protocol, as far as a proxy between a driver and a server needs it: OP_MSG, and the old greeting. */

import { BSON } from 'mongodb';

export type WireDocument = Record<string, unknown>;

export interface WireMessage {
  readonly requestId: number;
  readonly responseTo: number;
  /** The command or its answer, document sequences included; null for what is not understood. */
  readonly document: WireDocument | null;
  /** A request in the old form wants its answer in the old form. */
  readonly isOld: boolean;
  /** A request that takes several answers. */
  readonly takesMore: boolean;
  readonly bytes: Buffer;
}

const HEADER = 16;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
/** Flags of OP_MSG. */
const MORE_TO_COME = 1 << 1;
const EXHAUST_ALLOWED = 1 << 16;
const BSON_OPTIONS = { promoteLongs: false, promoteValues: true } as const;

/** Cuts a byte stream into messages. */
export class WireReader {
  private chunks: Buffer[] = [];
  private length = 0;

  push(chunk: Buffer): WireMessage[] {
    this.chunks.push(chunk);
    this.length += chunk.length;
    const messages: WireMessage[] = [];
    for (;;) {
      const wanted = this.wanted();
      if (wanted === null || this.length < wanted) return messages;
      const bytes = Buffer.concat(this.chunks);
      messages.push(parse(bytes.subarray(0, wanted)));
      this.chunks = [bytes.subarray(wanted)];
      this.length -= wanted;
    }
  }

  /** Bytes of the message at the front; null until that is known. */
  private wanted(): number | null {
    const [first] = this.chunks;
    if (this.length < HEADER || first === undefined) return null;
    if (first.length < 4) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0]?.readInt32LE(0) ?? null;
  }
}

function parse(bytes: Buffer): WireMessage {
  const opCode = bytes.readInt32LE(12);
  const takesMore = opCode === OP_MSG && (bytes.readInt32LE(HEADER) & EXHAUST_ALLOWED) !== 0;
  const base = { requestId: bytes.readInt32LE(4), responseTo: bytes.readInt32LE(8), takesMore, bytes };
  if (opCode === OP_QUERY) {
    const from = bytes.indexOf(0, HEADER + 4) + 1 + 8;
    return { ...base, document: documentAt(bytes, from), isOld: true };
  }
  if (opCode === OP_MSG) return { ...base, document: messageDocument(bytes), isOld: false };
  return { ...base, document: null, isOld: opCode === OP_REPLY };
}

function documentAt(bytes: Buffer, from: number): WireDocument {
  return BSON.deserialize(bytes.subarray(from, from + bytes.readInt32LE(from)), BSON_OPTIONS);
}

/** Only the body: a proxy for faults needs the command's name and its small arguments, not its documents. */
function messageDocument(bytes: Buffer): WireDocument | null {
  for (let at = HEADER + 4; at < bytes.length; ) {
    if (bytes[at] === 0) return documentAt(bytes, at + 1);
    at += 1 + bytes.readInt32LE(at + 1);
  }
  return null;
}

/** An answer to `request`, in the form in which it was asked. `more`: others follow it unasked. */
export function answer(request: WireMessage, document: WireDocument, more = false): Buffer {
  const body = Buffer.from(BSON.serialize(document));
  const front = request.isOld ? oldFront() : Buffer.from([more ? MORE_TO_COME : 0, 0, 0, 0, 0]);
  const header = Buffer.alloc(HEADER);
  header.writeInt32LE(HEADER + front.length + body.length, 0);
  header.writeInt32LE(request.requestId, 8);
  header.writeInt32LE(request.isOld ? OP_REPLY : OP_MSG, 12);
  return Buffer.concat([header, front, body]);
}

/** Flags, cursor, start, and one document. */
function oldFront(): Buffer {
  const front = Buffer.alloc(20);
  front.writeInt32LE(1, 16);
  return front;
}
