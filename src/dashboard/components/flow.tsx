/** The drawing of a transaction: what it spends on the left, what it makes on the right, who held and who holds. */

import type { ReactNode } from 'react';
import { counted, grouped, sumOf } from '../data/words.js';
import type { WholeTransactionFragment } from '../generated/operations.js';
import { Amount, Operation, PublicKeys, TransactionId } from './basics.js';
import { ConditionTree, readCondition } from './conditions.js';

/** Inputs and outputs that are drawn at first; the rest are counted. */
const DRAWN_MAX = 50;

type Input = WholeTransactionFragment['inputs'][number];
type Output = WholeTransactionFragment['outputs'][number];

export function Flow({ transaction }: { readonly transaction: WholeTransactionFragment }) {
  const { inputs, outputs, operation } = transaction;
  return (
    <div className="flow">
      <Side title="Inputs" count={inputs.length} className="from">
        {inputs.slice(0, DRAWN_MAX).map((input) => (
          <InputCard key={input.index} input={input} />
        ))}
      </Side>
      <div className="flow-middle" aria-hidden="true">
        <Operation name={operation} />
      </div>
      <Side
        title="Outputs"
        count={outputs.length}
        className="to"
        sum={sumOf(outputs.map((each) => each.amount))}
      >
        {outputs.slice(0, DRAWN_MAX).map((output) => (
          <OutputCard key={output.index} output={output} />
        ))}
      </Side>
    </div>
  );
}

interface SideProps {
  readonly title: string;
  readonly count: number;
  readonly className: string;
  readonly sum?: bigint;
  readonly children: ReactNode;
}

function Side({ title, count, className, sum, children }: SideProps) {
  return (
    <div className={`flow-side ${className}`}>
      <h3>
        {title} <span className="quiet">{count}</span>
        {sum === undefined ? null : <span className="aside">{grouped(sum)} in all</span>}
      </h3>
      <ol>{children}</ol>
      {count > DRAWN_MAX ? (
        <p className="quiet">and {counted(count - DRAWN_MAX, 'more')}; the document below has them all</p>
      ) : null}
    </div>
  );
}

function InputCard({ input }: { readonly input: Input }) {
  const { fulfills, spends, ownersBefore } = input;
  return (
    <li className="card">
      <div className="card-head">
        <span className="index">{input.index}</span>
        {spends == null ? (
          <span className="quiet">{fulfills == null ? 'makes a new asset' : 'an output unknown here'}</span>
        ) : (
          <Amount amount={spends.amount} />
        )}
      </div>
      {fulfills == null ? null : (
        <p className="card-line">
          output {fulfills.outputIndex} of <TransactionId id={fulfills.transactionId} plain />
        </p>
      )}
      <p className="card-line">
        signed for <PublicKeys keys={ownersBefore} plain />
      </p>
    </li>
  );
}

function OutputCard({ output }: { readonly output: Output }) {
  const { amount, publicKeys, condition, spentBy, spent } = output;
  const single = readCondition(condition.details)?.kind === 'key';
  return (
    <li className={spent ? 'card spent' : 'card'}>
      <div className="card-head">
        <span className="index">{output.index}</span>
        <Amount amount={amount} />
        {spent ? <span className="status neutral">spent</span> : null}
      </div>
      {single ? (
        <p className="card-line">
          to <PublicKeys keys={publicKeys} plain />
        </p>
      ) : (
        <ConditionTree details={condition.details} />
      )}
      {spentBy == null ? null : (
        <p className="card-line">
          by <TransactionId id={spentBy.transaction.id} plain />
        </p>
      )}
    </li>
  );
}
