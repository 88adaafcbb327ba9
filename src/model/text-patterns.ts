/**
 * The patterns of 1.0.1's schemas. Those it left unanchored match anywhere in a string (1.0.1: section 2.1), which
 * here is a scan for a long enough run of characters: linear on hostile input, where a regular expression would look
 * again from every start.
 */

export const HEX_64_PATTERN = '[0-9a-f]{64}';
export const KEY_PATTERN = '[1-9a-zA-Z^OIl]{43,44}';
export const SIGNATURE_PATTERN = '[1-9a-zA-Z^OIl]{86,88}';
export const TIMESTAMP_PATTERN = '[0-9]{10}';
export const VERSION_PATTERN = '^1\\.0$';
export const AMOUNT_PATTERN = '^[0-9]{1,20}$';
export const CONDITION_URI_PATTERN =
  '^ni:///sha-256;([a-zA-Z0-9_-]{0,86})[?](fpt=(ed25519|threshold)-sha-256(&)?|cost=[0-9]+(&)?|subtypes=ed25519-sha-256(&)?){2,3}$';

const KEY = /^[1-9a-zA-Z^]*$/;
const AMOUNT = new RegExp(AMOUNT_PATTERN);
const CONDITION_URI = new RegExp(CONDITION_URI_PATTERN);
const FULFILLMENT = /^[a-zA-Z0-9_-]*$/;

/** Exactly an id: 64 hexadecimal digits and nothing else. */
export function isHex64(text: string): boolean {
  if (text.length !== 64) return false;
  for (let index = 0; index < 64; index++) if (!isHexDigit(text.charCodeAt(index))) return false;
  return true;
}

/** 1.0.1's `sha3_hexdigest`: contains 64 hexadecimal digits in a row. */
export function containsHex64(text: string): boolean {
  return isHex64(text) || containsRun(text, 64, isHexDigit);
}

/** As a key is usually written: 43 or 44 characters of that class and nothing else. */
export function isKey(text: string): boolean {
  return (text.length === 43 || text.length === 44) && KEY.test(text);
}

/** 1.0.1's `base58`: 43 characters in a row of a class that was meant to exclude O, I and l and includes them. */
export function containsKey(text: string): boolean {
  return containsRun(text, 43, isKeyCharacter);
}

export function containsSignature(text: string): boolean {
  return containsRun(text, 86, isKeyCharacter);
}

export function containsTimestamp(text: string): boolean {
  return containsRun(text, 10, isDigit);
}

export function isVersion(text: string): boolean {
  return text === '1.0';
}

export function isAmount(text: string): boolean {
  return AMOUNT.test(text);
}

export function isConditionUri(text: string): boolean {
  return CONDITION_URI.test(text);
}

export function isFulfillmentText(text: string): boolean {
  return FULFILLMENT.test(text);
}

function containsRun(text: string, length: number, inClass: (code: number) => boolean): boolean {
  let run = 0;
  for (let index = 0; index < text.length; index++) {
    if (!inClass(text.charCodeAt(index))) run = 0;
    else if (++run === length) return true;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x66);
}

/** 1-9, a-z, A-Z and ^. */
function isKeyCharacter(code: number): boolean {
  return (
    (code >= 0x31 && code <= 0x39) ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x5e
  );
}
