/** The form of a CREATE: who signs, what the asset says, who holds its shares at first. */

import { type FormEvent, useState } from 'react';
import { makeCreate } from '../../crypto/compose.js';
import { openDraft } from '../../data/composing.js';
import { useKeyRing } from '../../data/hooks.js';
import {
  FormProblem,
  KeysField,
  OutputsField,
  PayloadField,
  readKeys,
  readOutputs,
  readPayload,
  type TypedOutput,
} from './fields.js';

export function CreateForm() {
  const [first] = useKeyRing();
  const own = first?.publicKey ?? '';
  const [owners, setOwners] = useState<string | null>(null);
  const [outputs, setOutputs] = useState<readonly TypedOutput[] | null>(null);
  const [data, setData] = useState('');
  const [metadata, setMetadata] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  // Until something is typed, the first key of the page makes the asset for itself.
  const shownOwners = owners ?? own;
  const shownOutputs = outputs ?? [{ row: 0, amount: '1', owners: own, threshold: '' }];
  const make = (event: FormEvent): void => {
    event.preventDefault();
    try {
      openDraft.set(
        makeCreate({
          owners: readKeys(shownOwners),
          outputs: readOutputs(shownOutputs),
          data: readPayload(data, 'The data'),
          metadata: readPayload(metadata, 'The metadata'),
        }),
      );
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form className="compose-form" onSubmit={make}>
      <PayloadField
        label="Data of the asset"
        value={data}
        placeholder='{ "name": "Concert ticket" }'
        rows={4}
        onChange={setData}
      />
      <PayloadField label="Metadata" value={metadata} placeholder="nothing" rows={2} onChange={setMetadata} />
      <KeysField label="Created by, all of whom sign" value={shownOwners} onChange={setOwners} />
      <OutputsField outputs={shownOutputs} onChange={setOutputs} />
      <FormProblem problem={problem} />
      <button type="submit" className="primary">
        Make the transaction
      </button>
    </form>
  );
}
