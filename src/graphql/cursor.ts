/**
 * Cursors: base64url of `<version>.<kind>.<fields>`. A position in the ledger is a height and a place in its block, so
 * it means the same on every node and after a rebuild. A cursor of one list is refused by every other.
 */

import type { LedgerPosition } from '../events/events.js';
import { badInput } from './errors.js';

const VERSION = '1';
/** Of `Ledger.cursor`, and of the events of every subscription that follows the ledger. */
const LEDGER_KIND = 'ledger';
const SEPARATOR = '.';

/** `fields` hold no separator. */
export function encodeCursor(kind: string, fields: readonly (string | number)[]): string {
  return Buffer.from([VERSION, kind, ...fields].join(SEPARATOR), 'utf8').toString('base64url');
}

/** The fields of a cursor of `kind`. Throws BAD_USER_INPUT for any other. */
export function decodeCursor(kind: string, cursor: string): string[] {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const [version, given, ...fields] = text.split(SEPARATOR);
  if (version !== VERSION || given === undefined) throw badInput('This is no cursor of this API.');
  if (given !== kind)
    throw badInput(`This is a cursor of another list (${given}), not of this one (${kind}).`);
  return fields;
}

/** Above every height that a ledger will reach, and every place in a block. */
const HEIGHT_MAX = 2 ** 32;
const POSITION_MAX = 2 ** 20 - 1;

/** A whole number from `min` to `max` out of a cursor. Throws BAD_USER_INPUT. */
export function cursorNumber(field: string | undefined, min: number, max: number): number {
  const value = field !== undefined && /^-?\d{1,16}$/.test(field) ? Number(field) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw badInput('This is no cursor of this API.');
}

export function cursorHeight(field: string | undefined): number {
  return cursorNumber(field, 0, HEIGHT_MAX);
}

/** -1 = before the first. */
export function cursorPosition(field: string | undefined): number {
  return cursorNumber(field, -1, POSITION_MAX);
}

/** Everything up to and with `position` lies behind this cursor. */
export function ledgerCursor(position: LedgerPosition): string {
  return encodeCursor(LEDGER_KIND, [position.height, position.position]);
}

/** Throws BAD_USER_INPUT for anything that `ledgerCursor` did not write. */
export function readLedgerCursor(cursor: string): LedgerPosition {
  const [height, position] = decodeCursor(LEDGER_KIND, cursor);
  return { height: cursorHeight(height), position: cursorPosition(position) };
}
