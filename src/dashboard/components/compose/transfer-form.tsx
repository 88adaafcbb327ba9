/** The form of a TRANSFER: which outputs of one asset are spent, and who holds the shares then. */

import { type FormEvent, useState } from 'react';
import { decodeKey } from '../../../codec/base58.js';
import { makeTransfer } from '../../crypto/compose.js';
import { openDraft } from '../../data/composing.js';
import { useKeyRing } from '../../data/hooks.js';
import { payloadTitle } from '../../data/json-words.js';
import { useFollowedQuery } from '../../data/query-hooks.js';
import { counted, grouped, sumOf } from '../../data/words.js';
import { type SpendableOutputsQuery, SpendableOutputsText } from '../../generated/operations.js';
import { Amount, AssetId, Empty, Failure, Loading, PublicKeys, Table, TransactionId } from '../basics.js';
import {
  FormProblem,
  KeysField,
  OutputsField,
  PayloadField,
  readOutputs,
  readPayload,
  type TypedOutput,
} from './fields.js';

type Spendable = SpendableOutputsQuery['account']['outputs']['nodes'][number];

/** `asset`: offer only shares of this one. */
export function TransferForm({ asset }: { readonly asset: string | null }) {
  const [first] = useKeyRing();
  const [typedHolder, setTypedHolder] = useState<string | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [outputs, setOutputs] = useState<readonly TypedOutput[] | null>(null);
  const [metadata, setMetadata] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const holder = (typedHolder ?? first?.publicKey ?? '').trim();
  const known = decodeKey(holder) !== null;
  const query = useFollowedQuery(SpendableOutputsText, { publicKey: holder }, { publicKey: holder }, !known);
  const offered = (query.data?.account.outputs.nodes ?? []).filter(
    (each) => asset === null || each.asset.id === asset,
  );
  const spends = offered.filter((each) => chosen.includes(keyOf(each)));
  const total = sumOf(spends.map(({ amount }) => amount));
  // Until something is typed, everything that is spent goes into one output.
  const shownOutputs = outputs ?? [{ row: 0, amount: String(total), owners: '', threshold: '' }];
  const make = (event: FormEvent): void => {
    event.preventDefault();
    try {
      openDraft.set(draftOf(spends, shownOutputs, metadata));
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const toggle = (key: string): void =>
    setChosen(chosen.includes(key) ? chosen.filter((each) => each !== key) : [...chosen, key]);
  return (
    <form className="compose-form" onSubmit={make}>
      <KeysField label="Spend what this key holds" value={holder} onChange={setTypedHolder} one />
      {query.error === null ? null : <Failure error={query.error} reload={query.reload} />}
      {known && query.data === null && query.error === null ? <Loading /> : null}
      {query.data === null ? null : <Choice offered={offered} chosen={chosen} onToggle={toggle} />}
      {known ? null : <Empty>Make or paste a key above, or type a public key whose outputs to spend.</Empty>}
      <OutputsField outputs={shownOutputs} onChange={setOutputs} />
      <Sums spent={total} outputs={shownOutputs} />
      <PayloadField label="Metadata" value={metadata} placeholder="nothing" rows={2} onChange={setMetadata} />
      <FormProblem problem={problem} />
      <button type="submit" className="primary">
        Make the transaction
      </button>
    </form>
  );
}

function keyOf({ transaction, index }: Spendable): string {
  return `${transaction.id}:${index}`;
}

/** Throws an Error with a sentence. */
function draftOf(spends: readonly Spendable[], outputs: readonly TypedOutput[], metadata: string) {
  const [one] = spends;
  if (one === undefined) throw new Error('Choose at least one output to spend.');
  if (spends.some((each) => each.asset.id !== one.asset.id))
    throw new Error('The chosen outputs are of different assets; a transfer moves shares of one.');
  return makeTransfer({
    assetId: one.asset.id,
    spends: spends.map((each) => ({
      transactionId: each.transaction.id,
      outputIndex: each.index,
      details: each.condition.details,
      amount: each.amount,
    })),
    outputs: readOutputs(outputs),
    metadata: readPayload(metadata, 'The metadata'),
  });
}

interface ChoiceProps {
  readonly offered: readonly Spendable[];
  readonly chosen: readonly string[];
  readonly onToggle: (key: string) => void;
}

function Choice({ offered, chosen, onToggle }: ChoiceProps) {
  if (offered.length === 0) return <Empty>This key holds nothing that it could spend.</Empty>;
  return (
    <Table caption="Outputs to spend" head={['Spend', 'Output of', 'Asset', { figures: 'Shares' }, 'Owners']}>
      {offered.map((output) => {
        const key = keyOf(output);
        return (
          <tr key={key}>
            <td>
              <input
                type="checkbox"
                aria-label={`Spend ${output.amount} of output ${output.index} of ${output.transaction.id}`}
                checked={chosen.includes(key)}
                onChange={() => onToggle(key)}
              />
            </td>
            <td>
              <TransactionId id={output.transaction.id} plain /> <span className="index">{output.index}</span>
            </td>
            <td>
              <AssetId id={output.asset.id} plain />{' '}
              <bdi className="payload">{payloadTitle(output.asset.data ?? null, 24)}</bdi>
            </td>
            <td className="number">
              <Amount amount={output.amount} />
            </td>
            <td>
              <PublicKeys keys={output.publicKeys} plain />
            </td>
          </tr>
        );
      })}
    </Table>
  );
}

/** Whether the sums are equal, before the ledger says so. */
function Sums({ spent, outputs }: { readonly spent: bigint; readonly outputs: readonly TypedOutput[] }) {
  const amounts = outputs.map(({ amount }) => amount);
  const made = amounts.every((amount) => /^\d{1,20}$/.test(amount)) ? sumOf(amounts) : null;
  if (made === null) return <p className="sums bad">An amount is a whole number.</p>;
  const rest = spent - made;
  if (rest === 0n)
    return (
      <p className="sums good">
        {spent === 0n
          ? 'Nothing chosen yet.'
          : `${counted(outputs.length, 'output')} of ${grouped(spent)} in all: equal to what is spent.`}
      </p>
    );
  return (
    <p className="sums bad">
      {rest > 0n
        ? `${grouped(rest)} left over: give them to somebody, or back.`
        : `${grouped(-rest)} more than is spent.`}
    </p>
  );
}
