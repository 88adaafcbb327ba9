/** Transactions as lines of a table. */

import { counted, grouped, sumOf } from '../data/words.js';
import type { TransactionLineFragment } from '../generated/operations.js';
import { AssetId, Operation, PublicKeys, Table, Time, TransactionId } from './basics.js';

interface TransactionTableProps {
  readonly caption: string;
  readonly transactions: readonly TransactionLineFragment[];
  /** Leave out the asset, where all are of one. */
  readonly ofOneAsset?: boolean;
}

export function TransactionTable({ caption, transactions, ofOneAsset = false }: TransactionTableProps) {
  const head = [
    'Transaction',
    'Operation',
    ...(ofOneAsset ? [] : ['Asset']),
    { figures: 'Shares' },
    'From',
    'To',
    { figures: 'Height' },
    'Valid since',
  ];
  return (
    <Table caption={caption} head={head}>
      {transactions.map((transaction) => (
        <tr key={transaction.id}>
          <td>
            <TransactionId id={transaction.id} />
          </td>
          <td>
            <Operation name={transaction.operation} />
          </td>
          {ofOneAsset ? null : (
            <td>
              <AssetId id={transaction.asset.id} plain />
            </td>
          )}
          <td className="number">{grouped(sumOf(transaction.outputs.map(({ amount }) => amount)))}</td>
          <td>
            <PublicKeys
              keys={distinct(transaction.inputs.map((each) => each.ownersBefore))}
              plain
              shown={1}
            />
          </td>
          <td>
            <PublicKeys keys={distinct(transaction.outputs.map((each) => each.publicKeys))} plain shown={1} />
          </td>
          <td className="number">{transaction.block == null ? '' : grouped(transaction.block.height)}</td>
          <td>{transaction.decidedAt == null ? '' : <Time at={transaction.decidedAt} />}</td>
        </tr>
      ))}
    </Table>
  );
}

function distinct(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}

/** What a button that loads more says. */
export function MoreButton({
  loading,
  onClick,
  known,
}: {
  readonly loading: boolean;
  readonly onClick: () => void;
  readonly known: number;
}) {
  return (
    <button type="button" className="more" onClick={onClick} disabled={loading}>
      {loading ? 'Loading…' : `Show more (${counted(known, 'entry', 'entries')} so far)`}
    </button>
  );
}
