/**
 * JSON as text, exactly as it is: no number loses a digit. Whatever stands in it is text and nothing else, and text of
 * another direction does not turn what is around it. Long texts are shown in part until somebody asks for all.
 */

import { useMemo, useState } from 'react';
import type { JsonValue } from '../../codec/json-value.js';
import { cut, indentedJson } from '../data/json-words.js';
import { byteSize } from '../data/words.js';
import { CopyButton, Scroll } from './basics.js';

/** Characters that are shown at first. */
const SHOWN_AT_FIRST = 4_000;

export function JsonView({ value, label }: { readonly value: JsonValue; readonly label: string }) {
  const text = useMemo(() => indentedJson(value), [value]);
  return <TextView text={text} label={label} />;
}

/** A long text of fixed width. */
export function TextView({
  text,
  label,
  wrap = false,
}: {
  readonly text: string;
  readonly label: string;
  readonly wrap?: boolean;
}) {
  const [whole, setWhole] = useState(false);
  const long = text.length > SHOWN_AT_FIRST;
  const shown = long && !whole ? `${cut(text, SHOWN_AT_FIRST)}…` : text;
  return (
    <div className="text-view">
      <Scroll className={wrap ? 'text wrap' : 'text'} label={label}>
        <pre>{shown}</pre>
      </Scroll>
      <div className="text-actions">
        <CopyButton text={text} label={label} />
        {long ? (
          <button type="button" className="small" onClick={() => setWhole(!whole)}>
            {whole ? 'Show less' : `Show all ${byteSize(new Blob([text]).size)}`}
          </button>
        ) : null}
      </div>
    </div>
  );
}
