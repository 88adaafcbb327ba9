/** Candidates of a payload filter out of the declared indexes, where one narrows it. */

import { parseJson } from '../../codec/json-reader.js';
import type { JsonValue } from '../../codec/json-value.js';
import { VIEW } from '../../config/limits.js';
import { indexedForm, type PayloadPath, readPayloadPath } from '../payload-values.js';
import { numberAt, textAt, type Value } from '../sqlite.js';
import type { ReadyFilter } from './payload-filter.js';
import type { QueryContext, ScanBudget } from './query-context.js';
import { indexed, listed, type SequenceSource, union } from './sequences.js';

type Condition = Extract<ReadyFilter, { kind: 'condition' }>;

/** Null where no index helps: every row would have to be read. */
export function payloadSource(
  context: QueryContext,
  root: PayloadPath['root'],
  filter: ReadyFilter,
  budget: ScanBudget,
): SequenceSource | null {
  const conditions = filter.kind === 'and' ? filter.of : [filter];
  let ranged: SequenceSource | null = null;
  for (const condition of conditions) {
    if (condition.kind !== 'condition') continue;
    const path = pathNumber(context, root, condition.path);
    if (path === null) continue;
    const equal = equalSource(context, path, condition);
    if (equal !== null) return equal;
    ranged ??= rangeSource(context, path, condition, budget);
  }
  return ranged;
}

function pathNumber(
  context: QueryContext,
  root: PayloadPath['root'],
  steps: readonly string[],
): number | null {
  for (const row of context.statement('SELECT path, name FROM payload_paths').all()) {
    const path = readPayloadPath(textAt(row, 1));
    if (path === null || path.root !== root || path.steps.length !== steps.length) continue;
    if (path.steps.every((step, index) => step === steps[index])) return numberAt(row, 0);
  }
  return null;
}

function equalSource(context: QueryContext, path: number, condition: Condition): SequenceSource | null {
  const { comparison } = condition;
  if (comparison !== 'eq' && comparison !== 'in') return null;
  const operand = parseJson(condition.operand);
  const values: readonly JsonValue[] =
    comparison === 'eq' ? [operand] : Array.isArray(operand) ? operand : [];
  const forms: Value[] = [];
  for (const value of values) {
    const form = indexedForm(value);
    if (form === undefined) return null;
    forms.push(form);
  }
  if (forms.length === 0) return listed([]);
  return union(
    forms.map((form) => indexed(context, 'payload_values', 'path = ? AND value = ?', [path, form])),
  );
}

/** Texts sort above all numbers and below all blobs. */
const LEAST_NUMBER = -Number.MAX_VALUE;
const GREATEST_NUMBER = Number.MAX_VALUE;
const LEAST_TEXT = '';
const ABOVE_TEXTS = new Uint8Array(0);
/** Indexed texts are at most so many characters, so nothing with a prefix lies above the prefix and these. */
const GREATEST_TAIL = '\u{10ffff}'.repeat(64);

/** Rows of a range come in order of their values, so they are all read and sorted. */
function rangeSource(
  context: QueryContext,
  path: number,
  condition: Condition,
  budget: ScanBudget,
): SequenceSource | null {
  const bounds = boundsOf(condition);
  if (bounds === null) return null;
  const rows = context
    .statement('SELECT sequence FROM payload_values WHERE path = ? AND value >= ? AND value <= ? LIMIT ?')
    .all(path, ...bounds, VIEW.scanRowsMax + 1);
  budget.rows(rows.length);
  return listed(rows.map((row) => numberAt(row, 0)));
}

function boundsOf({ comparison, operand }: Condition): [Value, Value] | null {
  const form = indexedForm(parseJson(operand));
  if (form === undefined || form === null || form instanceof Uint8Array) return null;
  const text = typeof form === 'string';
  if (comparison === 'prefix') return text ? [form, form + GREATEST_TAIL] : null;
  if (comparison === 'gt' || comparison === 'gte') return [form, text ? ABOVE_TEXTS : GREATEST_NUMBER];
  if (comparison === 'lt' || comparison === 'lte') return [text ? LEAST_TEXT : LEAST_NUMBER, form];
  return null;
}
