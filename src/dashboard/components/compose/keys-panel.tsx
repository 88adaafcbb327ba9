/** The keys of this page: made here or pasted, kept in memory only. */

import { type FormEvent, useState } from 'react';
import type { KeyPair } from '../../../codec/key-pair.js';
import { importKeyPair, makeKeyPair } from '../../crypto/keys.js';
import { addKey, forgetKey } from '../../data/composing.js';
import { useKeyRing } from '../../data/hooks.js';
import { shortId } from '../../data/words.js';
import { CopyButton, Empty, Panel, PublicKey } from '../basics.js';
import { FormProblem } from './fields.js';

export function KeysPanel() {
  const keys = useKeyRing();
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const attempt = (action: () => void): void => {
    try {
      action();
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const paste = (event: FormEvent): void => {
    event.preventDefault();
    attempt(() => {
      addKey(importKeyPair(typed));
      setTyped('');
    });
  };
  return (
    <Panel title="Keys" aside="in the memory of this page only">
      {keys.length === 0 ? (
        <Empty>
          No key yet. Make one, or paste a private key. It never leaves this browser and is gone when the page
          is closed: copy a private key that you want to keep.
        </Empty>
      ) : (
        <ul className="key-list">
          {keys.map((pair) => (
            <KeyLine key={pair.publicKey} pair={pair} />
          ))}
        </ul>
      )}
      <div className="key-actions">
        <button type="button" onClick={() => attempt(() => addKey(makeKeyPair()))}>
          Make a key
        </button>
        <form className="paste" onSubmit={paste}>
          <input
            type="password"
            className="mono"
            aria-label="Private key to add"
            placeholder="private key, base58"
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <button type="submit" disabled={typed.trim() === ''}>
            Add it
          </button>
        </form>
      </div>
      <FormProblem problem={problem} />
    </Panel>
  );
}

function KeyLine({ pair: { publicKey, privateKey } }: { readonly pair: KeyPair }) {
  const name = shortId(publicKey, 4);
  return (
    <li className="key-line">
      <PublicKey id={publicKey} />
      <span className="secret">
        <span className="quiet">private key</span>
        <CopyButton text={privateKey} label={`private key of ${name}`} />
      </span>
      <button
        type="button"
        className="small"
        aria-label={`Forget ${name}`}
        onClick={() => forgetKey(publicKey)}
      >
        Forget
      </button>
    </li>
  );
}
