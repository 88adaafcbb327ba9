/** `next` messages of graphql-transport-ws as WebSocket frames, made of payloads that are written already. */

const FINAL_TEXT = 0x81;
const LENGTH_IN_2 = 126;
const LENGTH_IN_8 = 127;
const SHORT_MAX = 125;
const IN_2_MAX = 0xffff;
const MESSAGE_END = Buffer.from('}');

/** What stands before the payload. `quotedId`: the operation's id as JSON. */
export function nextPrefix(quotedId: string): Buffer {
  return Buffer.from(`{"id":${quotedId},"type":"next","payload":`);
}

/** The unmasked frames (RFC 6455, 5.2) of one message for each payload, in one piece ready to be written. */
export function nextFrames(prefix: Buffer, payloads: readonly Buffer[]): Buffer {
  const extra = prefix.length + MESSAGE_END.length;
  const lengths = payloads.map((payload) => payload.length + extra);
  const frames = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + headLength(length) + length, 0));
  let at = 0;
  payloads.forEach((payload, index) => {
    at = writeHead(frames, at, lengths[index] ?? 0);
    at += prefix.copy(frames, at);
    at += payload.copy(frames, at);
    at += MESSAGE_END.copy(frames, at);
  });
  return frames;
}

function headLength(length: number): number {
  if (length <= SHORT_MAX) return 2;
  return length <= IN_2_MAX ? 4 : 10;
}

/** The place behind the head. */
function writeHead(frames: Buffer, at: number, length: number): number {
  frames[at] = FINAL_TEXT;
  if (length <= SHORT_MAX) {
    frames[at + 1] = length;
    return at + 2;
  }
  if (length <= IN_2_MAX) {
    frames[at + 1] = LENGTH_IN_2;
    return frames.writeUInt16BE(length, at + 2);
  }
  frames[at + 1] = LENGTH_IN_8;
  return frames.writeBigUInt64BE(BigInt(length), at + 2);
}
