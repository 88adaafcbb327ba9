/**
 * Parsed documents by their text, or by a name for it; the ones that were not used for longest go first. Bounded by
 * weight, not by number: a document keeps its whole text and every token alive, comments too.
 */

import type { DocumentNode } from 'graphql';
import { GRAPHQL_DOOR } from '../config/limits.js';

const CHARACTERS_PER_WEIGHT = 50;

interface Kept<T> {
  readonly value: T;
  readonly weight: number;
}

export class DocumentCache<T> {
  /** In order of use, the latest last. */
  private readonly entries = new Map<string, Kept<T>>();
  private weight = 0;

  get(key: string): T | undefined {
    const kept = this.entries.get(key);
    if (kept === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, kept);
    return kept.value;
  }

  set(key: string, value: T, document: DocumentNode): void {
    this.delete(key);
    const weight = weightOf(document) + Math.ceil(key.length / CHARACTERS_PER_WEIGHT);
    this.entries.set(key, { value, weight });
    this.weight += weight;
    for (const oldest of this.entries.keys()) {
      if (this.weight <= GRAPHQL_DOOR.documentsWeightMax) break;
      this.delete(oldest);
    }
  }

  delete(key: string): boolean {
    const kept = this.entries.get(key);
    if (kept === undefined) return false;
    this.weight -= kept.weight;
    return this.entries.delete(key);
  }
}

function weightOf({ loc }: DocumentNode): number {
  let weight = Math.ceil((loc?.source.body.length ?? 0) / CHARACTERS_PER_WEIGHT);
  for (let token = loc?.startToken ?? null; token !== null; token = token.next) weight += 1;
  return weight;
}
