/** The page «Compose»: transactions made and signed in this browser, whose keys never leave it. */

import { useEffect, useState } from 'react';
import { Panel } from '../components/basics.js';
import { CreateForm } from '../components/compose/create-form.js';
import { DraftPanel, TakeText } from '../components/compose/draft-panel.js';
import { FormProblem } from '../components/compose/fields.js';
import { KeysPanel } from '../components/compose/keys-panel.js';
import { TransferForm } from '../components/compose/transfer-form.js';
import { Heading } from '../components/page-frame.js';
import { importText } from '../crypto/import-draft.js';
import { draftIsSubmitted, openDraft } from '../data/composing.js';
import { useOpenDraft } from '../data/hooks.js';

type Kind = 'create' | 'transfer' | 'sign';

const KINDS: readonly (readonly [Kind, string])[] = [
  ['create', 'Create'],
  ['transfer', 'Transfer'],
  ['sign', 'Sign'],
];

/** `asset`: begin with a transfer of this one. */
export function ComposePage({ asset }: { readonly asset: string | null }) {
  const [kind, setKind] = useState<Kind>(asset === null ? 'create' : 'transfer');
  const draft = useOpenDraft();
  // Who comes back wants to make another one.
  useEffect(() => {
    if (draftIsSubmitted()) openDraft.set(null);
  }, []);
  const choice = KINDS.map(([each, words]) => (
    <button key={each} type="button" aria-pressed={each === kind} onClick={() => setKind(each)}>
      {words}
    </button>
  ));
  return (
    <>
      <Heading>Compose</Heading>
      <KeysPanel />
      {draft === null ? (
        <Panel title="Transaction" aside={<div className="choice">{choice}</div>}>
          {kind === 'create' ? <CreateForm /> : null}
          {kind === 'transfer' ? <TransferForm asset={asset} /> : null}
          {kind === 'sign' ? <SignForm /> : null}
        </Panel>
      ) : (
        <DraftPanel key={draft.id} draft={draft} />
      )}
    </>
  );
}

/** Takes a transaction that was made elsewhere. */
function SignForm() {
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const take = (text: string): void => {
    try {
      openDraft.set(importText(text));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <p className="quiet">
        Somebody else made a transaction that needs your signature: paste what they sent. What it says is
        shown before you sign.
      </p>
      <TakeText
        label="Transaction to sign"
        button="Open it"
        typed={typed}
        setTyped={setTyped}
        onTake={take}
      />
      <FormProblem problem={problem} />
    </>
  );
}
