/** «Check it here»: the id and every signature computed anew in this browser. The node is not asked. */

import { useState } from 'react';
import { checkTransaction, type InputCheck, type TransactionCheck } from '../crypto/check-transaction.js';
import type { SignatureNode } from '../crypto/signature-tree.js';
import { RequestFailed } from '../data/ask.js';
import { after } from '../data/browser.js';
import { spentConditions } from '../data/spent-outputs.js';
import { differences } from '../data/transaction-document.js';
import { counted } from '../data/words.js';
import type { WholeTransactionFragment } from '../generated/operations.js';
import { Panel, PublicKey } from './basics.js';

interface Checked {
  readonly check: TransactionCheck;
  readonly differences: readonly string[];
}

type State =
  | { readonly step: 'idle' | 'checking' }
  | { readonly step: 'done'; readonly checked: Checked }
  /** `title`: whether it is the transaction that is wrong, or the way to the node. */
  | { readonly step: 'failed'; readonly title: string; readonly reason: string };

interface CheckPanelProps {
  /** The id that the reader asked for. */
  readonly id: string;
  readonly transaction: WholeTransactionFragment;
}

export function CheckPanel({ id, transaction }: CheckPanelProps) {
  const [state, setState] = useState<State>({ step: 'idle' });
  const start = async (): Promise<void> => {
    setState({ step: 'checking' });
    setState(await checkNow(id, transaction));
  };
  const button = (
    <button
      type="button"
      className="primary"
      onClick={() => void start()}
      disabled={state.step === 'checking'}
    >
      Check it here
    </button>
  );
  return (
    <Panel title="Check" aside={button} className="check">
      <p className="quiet">
        Computes the id and every signature in this browser, from the document that the node served, and the
        conditions from the transactions that it spends. A node that altered something cannot make this green.
      </p>
      <div aria-live="polite">
        {state.step === 'checking' ? <p>Checking…</p> : null}
        {state.step === 'failed' ? (
          <p className="notice bad" data-check="failed">
            <strong>{state.title}</strong> {state.reason}
          </p>
        ) : null}
        {state.step === 'done' ? <Result id={id} transaction={transaction} checked={state.checked} /> : null}
      </div>
    </Panel>
  );
}

async function checkNow(id: string, transaction: WholeTransactionFragment): Promise<State> {
  try {
    const { document } = transaction;
    const spent = await spentConditions(document);
    // A large transaction takes a moment; the page says so first.
    await new Promise<void>((resolve) => after(20, resolve));
    const check = checkTransaction(document, spent);
    return { step: 'done', checked: { check, differences: differences(id, transaction) } };
  } catch (error) {
    const title = error instanceof RequestFailed ? 'Not checked.' : 'Not a transaction.';
    return { step: 'failed', title, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** An input of a TRANSFER must be signed by the owners of what it spends; a CREATE spends nothing. */
function inputProblem(input: InputCheck, isTransfer: boolean): string | null {
  if (!input.satisfied) return 'not enough valid signatures';
  if (input.matchesSpent === false) return 'signed, but not by the owners of the output that it spends';
  if (input.matchesSpent === null && isTransfer) return 'signed, but the node does not prove what it spends';
  return null;
}

function Result({ id, transaction, checked }: CheckPanelProps & { readonly checked: Checked }) {
  const { check, differences: different } = checked;
  const isTransfer = transaction.operation === 'TRANSFER';
  const idHolds = check.idMatches && check.computedId === id;
  const problems = check.inputs.map((input) => inputProblem(input, isTransfer));
  const passed =
    check.passed && idHolds && different.length === 0 && problems.every((problem) => problem === null);
  return (
    <div className={`notice ${passed ? 'good' : 'bad'}`} data-check={passed ? 'passed' : 'failed'}>
      <p>
        <strong>
          {passed
            ? `Everything holds: the id and the signatures of ${counted(check.inputs.length, 'input')}.`
            : 'This is not what was signed.'}
        </strong>
      </p>
      <ul className="findings">
        <li className={idHolds ? 'holds' : 'fails'}>
          {idHolds ? 'The id is the SHA3-256 of the canonical text.' : 'The canonical text has another id: '}
          {idHolds ? null : <code className="id whole">{check.computedId}</code>}
        </li>
        {check.problem === null ? null : <li className="fails">{check.problem}</li>}
        {different.length === 0 ? null : (
          <li className="fails">The page and the document differ in {different.join(', ')}.</li>
        )}
        {check.inputs.map((input, index) => (
          <InputResult key={input.index} input={input} problem={problems[index] ?? null} />
        ))}
      </ul>
    </div>
  );
}

function InputResult({ input, problem }: { readonly input: InputCheck; readonly problem: string | null }) {
  const holds =
    input.matchesSpent === null ? 'signed by its makers' : 'signed by the owners of what it spends';
  return (
    <li className={problem === null ? 'holds' : 'fails'}>
      Input {input.index}: {problem ?? holds}
      <ul className="condition">
        <SignatureTree node={input.tree} />
      </ul>
    </li>
  );
}

const STATES = { valid: 'signed', invalid: 'wrong signature', missing: 'did not sign' } as const;

function SignatureTree({ node }: { readonly node: SignatureNode }) {
  switch (node.kind) {
    case 'ed25519':
      return (
        <li>
          <PublicKey id={node.publicKey} plain />{' '}
          <span className={`signature ${node.state}`}>{STATES[node.state]}</span>
        </li>
      );
    case 'threshold':
      return (
        <li>
          <span className="threshold">
            {node.threshold} of {node.children.length}
          </span>{' '}
          <span className={`signature ${node.satisfied ? 'valid' : 'invalid'}`}>
            {node.satisfied ? 'enough signed' : 'not enough signed'}
          </span>
          <ul>
            {node.children.map((child, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a signed document never move.
              <SignatureTree key={index} node={child} />
            ))}
          </ul>
        </li>
      );
    case 'unknown':
      return (
        <li>
          <code className="id">{node.uri ?? 'unreadable'}</code>{' '}
          <span className="signature missing">hidden part, did not sign</span>
        </li>
      );
  }
}
