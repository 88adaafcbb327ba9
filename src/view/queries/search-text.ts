/**
 * The language of searches, which is MongoDB's `$text` (1.0.1: section 5.2), turned into a query of SQLite's FTS5.
 * Nothing a client writes reaches FTS5 but in quotes, so none of its operators can be written from outside.
 */

import { VIEW } from '../../config/limits.js';
import { STOP_WORDS } from './stop-words.js';

export interface SearchText {
  /** Any of them suffices, unless there are phrases. */
  readonly words: readonly string[];
  /** Every one must stand, literally but for case and diacritics. */
  readonly phrases: readonly string[];
  readonly excludedWords: readonly string[];
  readonly excludedPhrases: readonly string[];
}

/** `-` counts only in front of a word or phrase and after a space: `pre-market` is two words. */
const TOKEN = /((?<!\S)-)?(?:"([^"]*)"|([^\s"]+))/gu;
const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

export function readSearch(text: string): SearchText {
  const words: string[] = [];
  const phrases: string[] = [];
  const excludedWords: string[] = [];
  const excludedPhrases: string[] = [];
  for (const [, minus, phrase, chunk] of text.matchAll(TOKEN)) {
    const excluded = minus !== undefined;
    const found = wordsOf(phrase ?? chunk ?? '');
    if (found.length === 0) continue;
    const telling = found.filter((word) => !STOP_WORDS.has(word.toLowerCase()));
    if (phrase === undefined) (excluded ? excludedWords : words).push(...telling);
    else (excluded ? excludedPhrases : phrases).push(phrase);
    if (phrase !== undefined && !excluded) words.push(...telling);
  }
  const most = VIEW.searchTermsMax;
  return {
    words: words.slice(0, most),
    phrases: phrases.slice(0, most),
    excludedWords: excludedWords.slice(0, most),
    excludedPhrases: excludedPhrases.slice(0, most),
  };
}

function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** The FTS5 query over one column; null when nothing could match: no word is left, or all are excluded. */
export function matchExpression(search: SearchText, column: 'asset' | 'metadata'): string | null {
  const { words, phrases, excludedWords, excludedPhrases } = search;
  if (words.length === 0) return null;
  const anyWord = words.map(quoted).join(' OR ');
  const everyPhrase = phrases.map(quotedPhrase).join(' AND ');
  // With phrases, words only add to the rank of what holds them all.
  const wanted = phrases.length === 0 ? anyWord : `(${everyPhrase}) AND (${anyWord})`;
  const excluded = [...excludedWords.map(quoted), ...excludedPhrases.map(quotedPhrase)];
  const expression = excluded.length === 0 ? wanted : `(${wanted}) NOT (${excluded.join(' OR ')})`;
  return `{${column}} : (${expression})`;
}

/** `word` holds letters, digits and marks only. */
function quoted(word: string): string {
  return `"${word}"`;
}

function quotedPhrase(phrase: string): string {
  return `"${wordsOf(phrase).join(' ')}"`;
}

/**
 * Whether every phrase stands in one of the strings and no excluded one does: the index compares stems, and MongoDB
 * compares phrases as they are written.
 */
export function phrasesHold({ phrases }: SearchText, values: readonly string[]): boolean {
  if (phrases.length === 0) return true;
  const folded = values.map(fold);
  return phrases.every((phrase) => folded.some((value) => value.includes(fold(phrase))));
}

const MARKS = /\p{M}+/gu;

function fold(text: string): string {
  return text.normalize('NFD').replace(MARKS, '').toLowerCase();
}
