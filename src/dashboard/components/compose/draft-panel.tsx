/** A made transaction: sign it here, have it signed elsewhere, submit it, follow it. */

import { type ReactNode, useEffect, useState } from 'react';
import { complete, type Draft, exportText, mergeSignatures, missing, sign } from '../../crypto/draft.js';
import { importText } from '../../crypto/import-draft.js';
import { readJson } from '../../crypto/read-json.js';
import { ask } from '../../data/ask.js';
import { saveFile } from '../../data/browser.js';
import { openDraft, submittedId } from '../../data/composing.js';
import { follow } from '../../data/connection.js';
import { useKeyRing, useSubmittedId } from '../../data/hooks.js';
import { href } from '../../data/route.js';
import { counted, plainWords, shortId } from '../../data/words.js';
import { SubmitText, TransactionStatusText } from '../../generated/operations.js';
import { CopyButton, Panel, PublicKeys, Status, TransactionId } from '../basics.js';
import { JsonView } from '../json-view.js';
import { FormProblem } from './fields.js';

export function DraftPanel({ draft }: { readonly draft: Draft }) {
  const [problem, setProblem] = useState<string | null>(null);
  const attempt = (make: () => Draft): void => {
    try {
      openDraft.set(make());
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const text = complete(draft);
  const sent = useSubmittedId() === draft.id;
  const close = (
    <button type="button" className="small" onClick={() => openDraft.set(null)}>
      {sent ? 'Compose another' : 'Discard'}
    </button>
  );
  return (
    <Panel
      title={sent ? 'Submitted' : text === null ? 'To be signed' : 'Signed'}
      aside={close}
      className="draft"
    >
      <p>
        <TransactionId id={draft.id} whole link={false} />
      </p>
      {sent ? null : (
        <>
          <Signers draft={draft} attempt={attempt} />
          <FormProblem problem={problem} />
          <Elsewhere draft={draft} attempt={attempt} />
        </>
      )}
      <details>
        <summary>What is signed</summary>
        <JsonView value={readJson(draft.message)} label="Transaction without signatures" />
      </details>
      {sent ? <Followed id={draft.id} /> : null}
      {text === null || sent ? null : <Submit id={draft.id} text={text} />}
    </Panel>
  );
}

interface PartProps {
  readonly draft: Draft;
  readonly attempt: (make: () => Draft) => void;
}

function Signers({ draft, attempt }: PartProps) {
  const keys = useKeyRing();
  const open = missing(draft);
  const usable = keys.filter(
    ({ publicKey }) =>
      !draft.signatures.has(publicKey) && open.some(({ publicKeys }) => publicKeys.includes(publicKey)),
  );
  return (
    <>
      {draft.signatures.size === 0 ? null : (
        <p>
          Signed by <PublicKeys keys={[...draft.signatures.keys()]} plain />
        </p>
      )}
      {open.length === 0 ? (
        <p className="sums good">Enough owners have signed.</p>
      ) : (
        <ul className="missing">
          {open.map(({ input, publicKeys }) => (
            <li key={input}>
              Input {input} needs more signatures. Who may sign: <PublicKeys keys={publicKeys} plain />
            </li>
          ))}
        </ul>
      )}
      {usable.length === 0 ? null : (
        <div className="choice">
          {usable.length > 1 ? (
            <button type="button" className="primary" onClick={() => attempt(() => sign(draft, usable))}>
              Sign with {counted(usable.length, 'key')}
            </button>
          ) : null}
          {usable.map((key) => (
            <button
              key={key.publicKey}
              type="button"
              className={usable.length === 1 ? 'primary' : ''}
              onClick={() => attempt(() => sign(draft, [key]))}
            >
              Sign with <code>{shortId(key.publicKey, 4)}</code>
            </button>
          ))}
        </div>
      )}
    </>
  );
}

/** Owners elsewhere get the text, sign it in their own dashboard or driver, and give theirs back. */
function Elsewhere({ draft, attempt }: PartProps) {
  const [typed, setTyped] = useState('');
  const exported = exportText(draft);
  const merge = (text: string): void => attempt(() => mergeSignatures(draft, importText(text, draft)));
  return (
    <details className="elsewhere">
      <summary>Sign elsewhere</summary>
      <p>
        Give this text to the other owners. They open it under «Sign» on their own page, sign, and send theirs
        back. <CopyButton text={exported} label="text for the other owners" />
        <button
          type="button"
          className="small"
          onClick={() => saveFile(`transaction-${draft.id.slice(0, 8)}.json`, exported)}
        >
          Save as a file
        </button>
      </p>
      <TakeText
        label="What they sent back"
        button="Take the signatures"
        typed={typed}
        setTyped={setTyped}
        onTake={merge}
      />
    </details>
  );
}

interface TakeTextProps {
  readonly label: string;
  readonly button: string;
  readonly typed: string;
  readonly setTyped: (text: string) => void;
  readonly onTake: (text: string) => void;
}

/** A text pasted, or read from a file. */
export function TakeText({ label, button, typed, setTyped, onTake }: TakeTextProps) {
  return (
    <div className="take-text">
      <label className="field">
        <span>{label}</span>
        <textarea
          rows={3}
          className="mono"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <div className="choice">
        <button type="button" disabled={typed.trim() === ''} onClick={() => onTake(typed)}>
          {button}
        </button>
        <label className="file">
          <span>or from a file</span>
          <input
            type="file"
            accept="application/json,.json,.txt"
            onChange={async (event) => {
              const file = event.target.files?.[0];
              if (file !== undefined) onTake(await file.text());
            }}
          />
        </label>
      </div>
    </div>
  );
}

type Sending =
  | { readonly step: 'ready' | 'sending' }
  | { readonly step: 'refused'; readonly reason: string; readonly retryable: boolean };

function Submit({ id, text }: { readonly id: string; readonly text: string }) {
  const [sending, setSending] = useState<Sending>({ step: 'ready' });
  const send = async (): Promise<void> => {
    setSending({ step: 'sending' });
    const refusal = await submit(text);
    if (refusal === null) submittedId.set(id);
    else setSending(refusal);
  };
  const words: ReactNode = sending.step === 'sending' ? 'Sending…' : 'Submit';
  return (
    <>
      {sending.step === 'refused' ? (
        <p className="notice bad" role="alert">
          {sending.reason} {sending.retryable ? 'The same transaction may be sent again.' : null}
        </p>
      ) : null}
      <button
        type="button"
        className="primary"
        disabled={sending.step === 'sending'}
        onClick={() => void send()}
      >
        {words}
      </button>
    </>
  );
}

/** Null when it was accepted. */
async function submit(text: string): Promise<Sending | null> {
  try {
    const { problems, retryable } = (await ask(SubmitText, { transaction: text })).submitTransaction;
    const [problem] = problems;
    if (problem === undefined) return null;
    return { step: 'refused', reason: `${plainWords(problem.code)}: ${problem.message}`, retryable };
  } catch (error) {
    return {
      step: 'refused',
      reason: error instanceof Error ? error.message : String(error),
      retryable: true,
    };
  }
}

function Followed({ id }: { readonly id: string }) {
  const [status, setStatus] = useState('BACKLOG');
  const [reason, setReason] = useState<string | null>(null);
  useEffect(
    () =>
      follow(TransactionStatusText, () => ({ id }), {
        onEvent: ({ transactionStatus }) => {
          setStatus(transactionStatus.status);
          setReason(transactionStatus.rejection?.message ?? null);
          return null;
        },
        onEnd: () => undefined,
        onRefused: setReason,
      }),
    [id],
  );
  return (
    <p className="notice good" role="status" data-submitted={status}>
      Accepted: it is on stable storage. <Status status={status} /> {reason}{' '}
      <a href={href.transaction(id)}>Open the transaction</a>
    </p>
  );
}
