/**
 * Unsigned integers of 64 bits that wrap, as two halves of 32 bits. Only what the float algorithm needs; several times
 * faster than BigInt, which makes a heap object of every intermediate result.
 */

/** `high * 2^32 + low`; both halves from 0 to 2^32 - 1. */
export interface Wide {
  readonly high: number;
  readonly low: number;
}

export function add(a: Wide, b: Wide): Wide {
  const low = a.low + b.low;
  return { high: (a.high + b.high + (low >= 4_294_967_296 ? 1 : 0)) >>> 0, low: low >>> 0 };
}

export function subtract(a: Wide, b: Wide): Wide {
  return { high: (a.high - b.high - (a.low < b.low ? 1 : 0)) >>> 0, low: (a.low - b.low) >>> 0 };
}

export function isLess(a: Wide, b: Wide): boolean {
  return a.high < b.high || (a.high === b.high && a.low < b.low);
}

/** `a` times a whole number below 2^20. */
export function timesSmall(a: Wide, factor: number): Wide {
  const low = a.low * factor;
  return {
    high: (a.high * factor + Math.floor(low / 4_294_967_296)) % 4_294_967_296,
    low: low % 4_294_967_296,
  };
}

/** `bits` from 1 to 63. */
export function shiftLeft(a: Wide, bits: number): Wide {
  if (bits >= 32) return { high: (a.low << (bits - 32)) >>> 0, low: 0 };
  return { high: ((a.high << bits) | (a.low >>> (32 - bits))) >>> 0, low: (a.low << bits) >>> 0 };
}

export function leadingZeros(a: Wide): number {
  return a.high === 0 ? 32 + Math.clz32(a.low) : Math.clz32(a.high);
}

/** The upper 64 bits of the product of 128 bits, rounded by the highest bit of the lower ones. */
export function multiplyHigh(a: Wide, b: Wide): Wide {
  const b0 = b.low % 65_536;
  const b1 = b.low >>> 16;
  const b2 = b.high % 65_536;
  const b3 = b.high >>> 16;
  // Columns of 16 bits: every partial product has at most 48 bits, so sums and quotients are exact.
  let column = a.low * b0;
  column = Math.floor(column / 65_536) + a.low * b1;
  column = Math.floor(column / 65_536) + a.low * b2 + a.high * b0;
  column = Math.floor(column / 65_536) + a.low * b3 + a.high * b1;
  const round = column % 65_536 >= 32_768 ? 1 : 0;
  column = Math.floor(column / 65_536) + a.high * b2;
  const lowest = column % 65_536;
  column = Math.floor(column / 65_536) + a.high * b3;
  const low = (column % 65_536) * 65_536 + lowest + round;
  return { high: (Math.floor(column / 65_536) + (low >= 4_294_967_296 ? 1 : 0)) >>> 0, low: low >>> 0 };
}
