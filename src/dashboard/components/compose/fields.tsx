/** Fields that the forms share: public keys, outputs, payloads. */

import { useId } from 'react';
import type { JsonValue } from '../../../codec/json-value.js';
import { readJson } from '../../crypto/read-json.js';
import { useKeyRing } from '../../data/hooks.js';
import { shortId } from '../../data/words.js';

/** One output as it is typed. */
export interface TypedOutput {
  /** Never shown; tells rows apart. */
  readonly row: number;
  readonly amount: string;
  readonly owners: string;
  /** Empty: all of the owners. */
  readonly threshold: string;
}

/** Public keys out of a text with one on each line, or with spaces or commas between them. */
export function readKeys(text: string): string[] {
  return text.split(/[\s,]+/).filter((each) => each !== '');
}

/** The JSON that a text holds; null for an empty one. Throws an Error with a sentence. */
export function readPayload(text: string, what: string): JsonValue {
  if (text.trim() === '') return null;
  try {
    return readJson(text);
  } catch (error) {
    throw new Error(`${what} is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

interface KeysFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly one?: boolean;
}

/** Public keys, typed, pasted, or taken from those of this page. */
export function KeysField({ label, value, onChange, one = false }: KeysFieldProps) {
  const id = useId();
  const keys = useKeyRing();
  const chosen = readKeys(value);
  const add = (publicKey: string): void => onChange(one ? publicKey : [...chosen, publicKey].join('\n'));
  const offered = keys.filter((key) => !chosen.includes(key.publicKey));
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        rows={one ? 1 : Math.max(2, chosen.length)}
        spellCheck={false}
        className="mono"
        placeholder={one ? 'public key' : 'public keys, one on each line'}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {offered.length === 0 ? null : (
        <div className="choice">
          {offered.map(({ publicKey }) => (
            <button key={publicKey} type="button" className="small" onClick={() => add(publicKey)}>
              {one ? '' : '+ '}
              <code>{shortId(publicKey, 4)}</code>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

interface OutputsFieldProps {
  readonly outputs: readonly TypedOutput[];
  readonly onChange: (outputs: readonly TypedOutput[]) => void;
}

/** Outputs to make, one below the other. */
export function OutputsField({ outputs, onChange }: OutputsFieldProps) {
  const change = (row: number, part: Partial<TypedOutput>): void =>
    onChange(outputs.map((each) => (each.row === row ? { ...each, ...part } : each)));
  const next = 1 + Math.max(0, ...outputs.map(({ row }) => row));
  return (
    <fieldset className="outputs">
      <legend>Outputs</legend>
      {outputs.map((output, index) => (
        <OutputRow
          key={output.row}
          output={output}
          index={index}
          onChange={(part) => change(output.row, part)}
          onRemove={
            outputs.length === 1 ? null : () => onChange(outputs.filter((each) => each.row !== output.row))
          }
        />
      ))}
      <button
        type="button"
        className="small"
        onClick={() => onChange([...outputs, { row: next, amount: '1', owners: '', threshold: '' }])}
      >
        Add an output
      </button>
    </fieldset>
  );
}

interface OutputRowProps {
  readonly output: TypedOutput;
  readonly index: number;
  readonly onChange: (part: Partial<TypedOutput>) => void;
  readonly onRemove: (() => void) | null;
}

function OutputRow({ output, index, onChange, onRemove }: OutputRowProps) {
  const owners = readKeys(output.owners).length;
  return (
    <div className="output-row">
      <label className="field short">
        <span>Shares of output {index}</span>
        <input
          inputMode="numeric"
          className="mono"
          value={output.amount}
          onChange={(event) => onChange({ amount: event.target.value.trim() })}
        />
      </label>
      <KeysField
        label={`Owners of output ${index}`}
        value={output.owners}
        onChange={(text) => onChange({ owners: text })}
      />
      <label className="field short">
        <span>Signatures needed</span>
        <input
          inputMode="numeric"
          className="mono"
          placeholder={owners === 0 ? 'all' : `all ${owners}`}
          value={output.threshold}
          onChange={(event) => onChange({ threshold: event.target.value.trim() })}
        />
      </label>
      {onRemove === null ? null : (
        <button
          type="button"
          className="small remove"
          aria-label={`Remove output ${index}`}
          onClick={onRemove}
        >
          Remove
        </button>
      )}
    </div>
  );
}

/** Outputs as `crypto/compose` takes them. Throws an Error with a sentence. */
export function readOutputs(outputs: readonly TypedOutput[]): {
  readonly amount: string;
  readonly publicKeys: readonly string[];
  readonly threshold: number;
}[] {
  return outputs.map(({ amount, owners, threshold }, index) => {
    const publicKeys = readKeys(owners);
    const wanted = threshold === '' ? publicKeys.length : Number(threshold);
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > publicKeys.length)
      throw new Error(
        publicKeys.length === 0
          ? `Output ${index} needs at least one owner.`
          : `Output ${index}: from 1 to ${publicKeys.length} of its owners must sign, not ${threshold}.`,
      );
    return { amount, publicKeys, threshold: wanted };
  });
}

interface PayloadFieldProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly rows: number;
  readonly onChange: (text: string) => void;
}

export function PayloadField({ label, value, placeholder, rows, onChange }: PayloadFieldProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <textarea
        rows={rows}
        spellCheck={false}
        className="mono"
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

/** What a form could not be understood as. */
export function FormProblem({ problem }: { readonly problem: string | null }) {
  return problem === null ? null : (
    <p className="notice bad" role="alert">
      {problem}
    </p>
  );
}
