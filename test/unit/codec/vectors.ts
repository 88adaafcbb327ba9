/** The golden files of 1.0.1, by name. Their own numbers are read by `JSON.parse`: exact values stand in text fields. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(join(__dirname, '..', '..', 'vectors', `${name}.json`), 'utf8')) as T;
}
