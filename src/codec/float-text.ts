/**
 * Canonical text of a float: RapidJSON 1.1.0's Grisu2, as 1.0.1's serializer prints it (1.0.1, section 1.2). It is not
 * always the shortest text that reads back as the same double, and the id of every document with a float in it depends
 * on these digits. Step numbers in comments are those of that section.
 */

import {
  add,
  isLess,
  leadingZeros,
  multiplyHigh,
  shiftLeft,
  subtract,
  timesSmall,
  type Wide,
} from './wide.js';

/** Canonical text of a finite double. Throws RangeError for NaN and infinities, which canonical text cannot say. */
export function floatText(x: number): string {
  if (!Number.isFinite(x)) throw new RangeError('only finite numbers have a canonical text');
  if (x === 0) return Object.is(x, -0) ? '-0.0' : '0.0';
  return x < 0 ? `-${positiveText(-x)}` : positiveText(x);
}

/** Whole numbers below this are their own digits: half an ulp is too little to reach a shorter or another number. */
const PLAIN_BELOW = 1e15;

function positiveText(x: number): string {
  if (x < PLAIN_BELOW && Math.floor(x) === x) return `${x}.0`;
  const decimal = decimalOf(x);
  return layout(decimal.digits, decimal.exponent);
}

/** About `digits` times ten to the `exponent`. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

interface CachedPower {
  readonly significand: Wide;
  readonly binaryExponent: number;
  readonly decimalExponent: number;
}

const bits = new DataView(new ArrayBuffer(8));
const ONE: Wide = { high: 0, low: 1 };
const HIDDEN_BIT_HIGH = 0x100000;

function decimalOf(x: number): Decimal {
  // Step 1: x = f * 2^e.
  bits.setFloat64(0, x);
  const head = bits.getUint32(0);
  const biased = head >>> 20;
  const fraction = head % HIDDEN_BIT_HIGH;
  const f: Wide = { high: biased === 0 ? fraction : fraction + HIDDEN_BIT_HIGH, low: bits.getUint32(4) };
  const e = biased === 0 ? -1074 : biased - 1075;
  // Step 2: the interval of numbers that read back as x.
  const twice = shiftLeft(f, 1);
  const above = add(twice, ONE);
  const shift = leadingZeros(above);
  const upperExponent = e - 1 - shift;
  const upper = shiftLeft(above, shift);
  const closeBelow = f.high === HIDDEN_BIT_HIGH && f.low === 0;
  const lower = closeBelow
    ? shiftLeft(subtract(shiftLeft(f, 2), ONE), shift - 1)
    : shiftLeft(subtract(twice, ONE), shift);
  const value = shiftLeft(f, leadingZeros(f));
  // Steps 3 and 4: bring it near one by a power of ten; the interval shrinks by the error of the products.
  const power = powerFor(upperExponent);
  const scaledUpper = subtract(multiplyHigh(upper, power.significand), ONE);
  const scaledLower = add(multiplyHigh(lower, power.significand), ONE);
  const scaledValue = multiplyHigh(value, power.significand);
  return cutDigits({
    upper: scaledUpper,
    width: subtract(scaledUpper, scaledLower),
    toValue: subtract(scaledUpper, scaledValue),
    shift: -(upperExponent + power.binaryExponent + 64),
    exponent: power.decimalExponent,
  });
}

/** Digits of the number under way, as characters; eighteen are the most there can be. */
const digits = Buffer.alloc(32);

/** What step 5 works on; the numbers of 64 bits have `shift` bits of fraction, 32 to 60. */
interface Scaled {
  readonly upper: Wide;
  /** The interval of numbers that read back as the same double. */
  readonly width: Wide;
  /** From its upper end down to the value itself. */
  readonly toValue: Wide;
  readonly shift: number;
  readonly exponent: number;
}

/** Step 5, integer part: takes digits off the upper end until what is left lies inside the interval. */
function cutDigits(scaled: Scaled): Decimal {
  const { upper, width, toValue, exponent } = scaled;
  const unitHigh = 2 ** (scaled.shift - 32);
  let whole = Math.floor(upper.high / unitHigh);
  const restHigh = upper.high % unitHigh;
  let power = 1;
  let kappa = 1;
  for (; whole >= power * 10; kappa++) power *= 10;
  let length = 0;
  for (; kappa > 0; power /= 10) {
    const digit = Math.floor(whole / power);
    whole -= digit * power;
    digits[length++] = 48 + digit;
    kappa--;
    const rest: Wide = { high: whole * unitHigh + restHigh, low: upper.low };
    if (isLess(width, rest)) continue;
    roundLast(length, width, rest, { high: power * unitHigh, low: 0 }, toValue);
    return { digits: digits.toString('latin1', 0, length), exponent: exponent + kappa };
  }
  return cutFraction(scaled, length);
}

/**
 * Step 5, fraction part. The loop multiplies what is left and the interval by ten; their halves are plain variables,
 * because it makes most of the digits.
 */
function cutFraction({ upper, width, toValue, shift, exponent }: Scaled, wholeLength: number): Decimal {
  const unitHigh = 2 ** (shift - 32);
  let length = wholeLength;
  let restHigh = upper.high % unitHigh;
  let restLow = upper.low;
  let widthHigh = width.high;
  let widthLow = width.low;
  for (let places = 1; ; places++) {
    restLow *= 10;
    restHigh = restHigh * 10 + Math.floor(restLow / 4_294_967_296);
    restLow = restLow >>> 0;
    widthLow *= 10;
    widthHigh = (widthHigh * 10 + Math.floor(widthLow / 4_294_967_296)) >>> 0;
    widthLow = widthLow >>> 0;
    const digit = Math.floor(restHigh / unitHigh);
    restHigh -= digit * unitHigh;
    digits[length++] = 48 + digit;
    if (restHigh > widthHigh || (restHigh === widthHigh && restLow >= widthLow)) continue;
    // 1.0.1: from the ninth place on the last digit is not rounded.
    const way = places < 9 ? timesPowerOfTen(toValue, places) : ZERO;
    const rest: Wide = { high: restHigh, low: restLow };
    roundLast(length, { high: widthHigh, low: widthLow }, rest, { high: unitHigh, low: 0 }, way);
    return { digits: digits.toString('latin1', 0, length), exponent: exponent - places };
  }
}

const ZERO: Wide = { high: 0, low: 0 };

/** `a` times ten to the `power`, 0 to 8. */
function timesPowerOfTen(a: Wide, power: number): Wide {
  return power > 4 ? timesSmall(timesSmall(a, 10 ** 4), 10 ** (power - 4)) : timesSmall(a, 10 ** power);
}

/** Step 6: lowers the last of `length` digits while that comes closer to the value. */
function roundLast(length: number, width: Wide, first: Wide, ten: Wide, toValue: Wide): void {
  let rest = first;
  while (isLess(rest, toValue) && !isLess(subtract(width, rest), ten)) {
    const next = add(rest, ten);
    if (!isLess(next, toValue) && !isLess(subtract(next, toValue), subtract(toValue, rest))) break;
    digits.writeUInt8(digits.readUInt8(length - 1) - 1, length - 1);
    rest = next;
  }
}

/** Step 7: where the point goes. */
function layout(digits: string, exponent: number): string {
  const pointAt = digits.length + exponent;
  if (exponent >= 0 && pointAt <= 21) return `${digits}${'0'.repeat(exponent)}.0`;
  if (pointAt > 0 && pointAt <= 21) return `${digits.slice(0, pointAt)}.${digits.slice(pointAt)}`;
  if (pointAt > -6 && pointAt <= 0) return `0.${'0'.repeat(-pointAt)}${digits}`;
  const mantissa = digits.length === 1 ? digits : `${digits.slice(0, 1)}.${digits.slice(1)}`;
  return `${mantissa}e${pointAt - 1}`;
}

const POWER_MIN = -348;
const POWER_STEP = 8;
const POWERS: readonly CachedPower[] = Array.from({ length: 87 }, (_, index) =>
  cachedPower(POWER_MIN + POWER_STEP * index),
);

/** Step 3: the cached power of ten that leaves 32 to 60 fraction bits. */
function powerFor(upperExponent: number): CachedPower {
  const estimate = (-61 - upperExponent) * 0.30102999566398114 + 347;
  const index = (Math.ceil(estimate) >> 3) + 1;
  const power = POWERS[index];
  if (power === undefined) throw new RangeError(`no power of ten for the exponent ${upperExponent}`);
  return power;
}

/** Ten to the `power` with 64 significant bits, to the nearest; exact integers give RapidJSON's table. */
function cachedPower(power: number): CachedPower {
  const numerator = power >= 0 ? 10n ** BigInt(power) : 1n;
  const denominator = power >= 0 ? 1n : 10n ** BigInt(-power);
  let binaryExponent = numerator.toString(2).length - denominator.toString(2).length - 63;
  let significand = nearestQuotient(numerator, denominator, binaryExponent);
  if (significand < 1n << 63n) {
    binaryExponent--;
    significand = nearestQuotient(numerator, denominator, binaryExponent);
  }
  return {
    significand: { high: Number(significand >> 32n), low: Number(significand & 0xffffffffn) },
    binaryExponent,
    decimalExponent: -power,
  };
}

/** `numerator / denominator / 2^exponent`, rounded to the nearest integer. */
function nearestQuotient(numerator: bigint, denominator: bigint, exponent: number): bigint {
  const top = exponent < 0 ? numerator << BigInt(-exponent) : numerator;
  const bottom = exponent < 0 ? denominator : denominator << BigInt(exponent);
  return (2n * top + bottom) / (2n * bottom);
}
