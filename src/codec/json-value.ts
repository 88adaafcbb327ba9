/**
 * The values that the lossless JSON reader yields and the writers take. Integers of any size stay integers and a
 * literal with `.`, `e` or `E` is a float for ever (1.0.1, section 1.1), which JavaScript's own numbers cannot say.
 */

/**
 * A number that was written with `.`, `e` or `E`: `1.0`, `1e2`, `-0.0`. Always finite. The canonical text depends on
 * `value` alone. `literal` is the spelling that was read (`1e2`); writers of responses repeat it, so that a document
 * comes back with the very digits it was posted with. It is null for a float that no text was read for.
 */
export class JsonFloat {
  constructor(
    readonly value: number,
    readonly literal: string | null = null,
  ) {}
}

/** Integers are `number` when |n| <= 2^53 - 1, else `bigint`. Objects inherit nothing. */
export type JsonValue = null | boolean | string | number | bigint | JsonFloat | JsonValue[] | JsonObject;

/** An object that inherits nothing, so that `__proto__` and `constructor` are keys like any other. */
export interface JsonObject {
  [key: string]: JsonValue;
}
