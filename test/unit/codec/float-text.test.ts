/** Danger: a float with one wrong digit changes an id. Method: 1.0.1's own digits, then the rule again, written slowly. */

import fc from 'fast-check';
import { floatText } from '../../../src/codec/float-text.js';
import { readVectors } from './vectors.js';

const U64 = (1n << 64n) - 1n;
const bitLength = (x: bigint) => x.toString(2).length;

/** The rule of 1.0.1 (section 1.2), step by step in exact integers: the judge of the fast one. */
function slowFloatText(x: number): string {
  if (x === 0) return Object.is(x, -0) ? '-0.0' : '0.0';
  if (x < 0) return `-${slowFloatText(-x)}`;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const raw = view.getBigUint64(0);
  const biased = Number(raw >> 52n);
  const fraction = raw & ((1n << 52n) - 1n);
  const f = biased === 0 ? fraction : fraction | (1n << 52n);
  const e = biased === 0 ? -1074 : biased - 1075;
  const upperShift = 64 - bitLength(2n * f + 1n);
  const pe = e - 1 - upperShift;
  const upper = (2n * f + 1n) << BigInt(upperShift);
  const lower = f === 1n << 52n ? (4n * f - 1n) << BigInt(e - 2 - pe) : (2n * f - 1n) << BigInt(e - 1 - pe);
  const value = f << BigInt(64 - bitLength(f));
  const dk = (-61 - pe) * 0.30102999566398114 + 347;
  let k = Math.trunc(dk);
  if (dk - k > 0) k++;
  const index = (k >> 3) + 1;
  const power = -348 + 8 * index;
  const { significand, exponent: ce } = powerOfTen(power);
  const scale = (a: bigint) => {
    const product = a * significand;
    return ((product >> 64n) + ((product >> 63n) & 1n)) & U64;
  };
  const scaledUpper = scale(upper) - 1n;
  let delta = scaledUpper - (scale(lower) + 1n);
  const wp = scaledUpper - scale(value);
  const s = BigInt(-(pe + ce + 64));
  const one = 1n << s;
  let p1 = scaledUpper >> s;
  let p2 = scaledUpper % one;
  let exponent = -power;
  let digits: number[] = [];
  let kappa = p1.toString().length;
  while (kappa > 0) {
    const ten = 10n ** BigInt(kappa - 1);
    digits.push(Number(p1 / ten));
    p1 %= ten;
    kappa--;
    const rest = (p1 << s) + p2;
    if (rest <= delta) {
      digits = round(digits, delta, rest, (ten << s) & U64, wp);
      return place(digits, exponent + kappa);
    }
  }
  for (;;) {
    p2 = (p2 * 10n) & U64;
    delta = (delta * 10n) & U64;
    digits.push(Number(p2 >> s));
    p2 %= one;
    kappa--;
    if (p2 < delta) {
      exponent += kappa;
      digits = round(digits, delta, p2, one, -kappa < 9 ? (wp * 10n ** BigInt(-kappa)) & U64 : 0n);
      return place(digits, exponent);
    }
  }
}

function powerOfTen(power: number): { significand: bigint; exponent: number } {
  const top = power >= 0 ? 10n ** BigInt(power) : 1n << 1400n;
  const bottom = power >= 0 ? 1n : 10n ** BigInt(-power);
  const spare = 200n;
  const quotient = (top << spare) / bottom;
  const drop = BigInt(bitLength(quotient) - 64);
  const significand = (quotient + (1n << (drop - 1n))) >> drop;
  return { significand, exponent: Number(drop - spare) - (power >= 0 ? 0 : 1400) };
}

function round(digits: number[], delta: bigint, first: bigint, ten: bigint, wp: bigint): number[] {
  let rest = first;
  const last = digits.length - 1;
  while (rest < wp && delta - rest >= ten && (rest + ten < wp || wp - rest > rest + ten - wp)) {
    digits[last] = (digits[last] ?? 0) - 1;
    rest += ten;
  }
  return digits;
}

function place(list: readonly number[], exponent: number): string {
  const digits = list.join('');
  const point = digits.length + exponent;
  if (exponent >= 0 && point <= 21) return `${digits}${'0'.repeat(exponent)}.0`;
  if (point > 0 && point <= 21) return `${digits.slice(0, point)}.${digits.slice(point)}`;
  if (point > -6 && point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  return `${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${point - 1}`;
}

const { rows } = readVectors<{ rows: [string, string, string][] }>('floats-grisu2');

test('every row of the vectors', () => {
  expect(rows).toHaveLength(1073);
  for (const [hex, canonical] of rows) {
    const x = Buffer.from(hex, 'hex').readDoubleBE(0);
    expect([hex, floatText(x)]).toEqual([hex, canonical]);
    expect([hex, slowFloatText(x)]).toEqual([hex, canonical]);
  }
});

test.each<[number, string]>([
  [1e16, '10000000000000000.0'],
  [1e20, '100000000000000000000.0'],
  [1e21, '1e21'],
  [1e-6, '0.000001'],
  [1e-7, '1e-7'],
  [0.1 + 0.2, '0.30000000000000007'],
  [5.61673, '5.6167299999999999'],
  [0.811834, '0.8118339999999999'],
  [1e23, '9.999999999999999e22'],
  [5e-324, '5e-324'],
  [-0, '-0.0'],
  [0, '0.0'],
])('%d', (x, text) => {
  expect(floatText(x)).toBe(text);
});

/** Doubles of every size: their bits are drawn, not their values. */
const anyBits = fc.bigInt({ min: 0n, max: U64 }).map((raw) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, raw);
  return view.getFloat64(0);
});

test('agrees with the slow rule and reads back as the same double', () => {
  fc.assert(
    fc.property(anyBits, (x) => {
      fc.pre(Number.isFinite(x));
      expect(floatText(x)).toBe(slowFloatText(x));
      expect(Object.is(Number(floatText(x)), x)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

test('agrees with the slow rule around powers of two and ten', () => {
  for (let power = -1074; power <= 1023; power++) checkAround(2 ** power);
  for (let power = -323; power <= 308; power++) checkAround(Number(`1e${power}`));
});

function checkAround(x: number): void {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const raw = view.getBigUint64(0);
  for (const near of [raw - 1n, raw, raw + 1n]) {
    view.setBigUint64(0, near);
    const each = view.getFloat64(0);
    if (Number.isFinite(each)) expect(floatText(each)).toBe(slowFloatText(each));
  }
}

test('whole numbers and decimals of few digits', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 }), (whole, places) => {
      const x = Number(`${whole}e-${places}`);
      expect(floatText(x)).toBe(slowFloatText(x));
      expect(floatText(whole)).toBe(slowFloatText(whole));
    }),
    { numRuns: 3000 },
  );
  for (let whole = 1; whole < 3000; whole++) expect(floatText(whole)).toBe(slowFloatText(whole));
  for (let power = 1; power < 1e16; power *= 10) {
    for (const x of [power - 1, power, power + 1]) expect(floatText(x)).toBe(slowFloatText(x));
  }
});

test('what is not finite is refused', () => {
  for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    expect(() => floatText(x)).toThrow(RangeError);
  }
});
