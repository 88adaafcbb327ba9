/** Items 17 to 21: fields of a transaction that look right and are not. */

import { JsonFloat, type JsonObject, type JsonValue } from '../../../src/codec/json-value.js';
import {
  create,
  documentOf,
  inputsOf,
  publicKeyOf,
  resigned,
  spend,
  to,
  transfer,
  withId,
} from '../../support/transactions.js';
import {
  type BadDocument,
  changed,
  changedAndSigned,
  outputOf,
  refused,
  SCHEMA,
  spoken,
} from './bad-documents.js';

/** Whatever the transfers of this table spend. Nobody posts it, so their inputs are unknown besides. */
const KNOWN = create();

/** A TRANSFER whose every input is changed by `change`. */
function transferWith(change: (input: JsonObject) => void): JsonObject {
  const document = documentOf(transfer(KNOWN.id, [spend(KNOWN, 0, 'alice')], [to('bob')]));
  for (const input of inputsOf(document)) change(input);
  return resigned(document);
}

function linked(link: JsonValue): JsonObject {
  return transferWith((input) => {
    input.fulfills = link;
  });
}

/** Item 17: 1.0.1's patterns are not anchored. */
function patterns(): BadDocument[] {
  const { id } = KNOWN;
  const wrapped = [`x${id}`, `${id}x`, `${id}\n`, id.toUpperCase(), id.slice(1), `${id.slice(1)}g`, ''];
  const key = publicKeyOf('alice');
  return [
    ...wrapped.map((text) =>
      refused(
        17,
        `id ${JSON.stringify(text.slice(0, 8))} of ${text.length} characters`,
        changed((document) => {
          document.id = text;
        }),
      ),
    ),
    refused(
      17,
      'an id of another body',
      changed((document) => {
        document.id = 'a'.repeat(64);
      }),
      /InvalidHash/,
    ),
    ...wrapped.map((text) =>
      refused(
        17,
        `transaction_id of ${text.length} characters like ${JSON.stringify(text.slice(0, 4))}`,
        linked({ transaction_id: text, output_index: 0 }),
      ),
    ),
    ...wrapped.map((text) =>
      refused(
        17,
        `asset id of ${text.length} characters like ${JSON.stringify(text.slice(0, 4))}`,
        resigned({
          ...documentOf(transfer(id, [spend(KNOWN, 0, 'alice')], [to('bob')])),
          asset: { id: text },
        }),
      ),
    ),
    ...[key.slice(0, 30), `${key.slice(0, 42)}0`, ''].map((text) =>
      refused(
        17,
        `an owner before of ${text.length} characters`,
        changedAndSigned((document) => {
          for (const input of inputsOf(document)) input.owners_before = [text];
        }),
      ),
    ),
    ...['1', '2.0', '01.0', '1.0 ', '1.0.0', ''].map((version) =>
      refused(
        17,
        `version ${JSON.stringify(version)}`,
        changedAndSigned((document) => {
          document.version = version;
        }),
        SCHEMA,
      ),
    ),
  ];
}

/** Items 18 and 19. */
function figures(): BadDocument[] {
  const amounts: JsonValue[] = [
    '0',
    '00',
    '01',
    '-1',
    '+1',
    '1.0',
    '1e3',
    '',
    ' 1',
    '1 ',
    '1\n',
    '0x1',
    '9000000000000000001',
    '9'.repeat(21),
    '9'.repeat(5000),
    '\u0661',
    '\uff11',
    'one',
    1,
    new JsonFloat(1),
    null,
    ['1'],
    { value: '1' },
    true,
  ];
  const indexes: JsonValue[] = [
    -1,
    1e9,
    new JsonFloat(1.5),
    new JsonFloat(0),
    2n ** 70n,
    '0',
    null,
    [],
    true,
  ];
  return [
    ...amounts.map((amount) =>
      refused(
        18,
        `amount ${spoken(amount)}`,
        changedAndSigned((document) => {
          outputOf(document).amount = amount;
        }),
      ),
    ),
    ...indexes.map((index) =>
      refused(19, `output_index ${spoken(index)}`, linked({ transaction_id: KNOWN.id, output_index: index })),
    ),
    ...[
      {},
      [],
      'x',
      { transaction_id: KNOWN.id },
      { output_index: 0 },
      { transaction_id: KNOWN.id, output_index: 0, more: 1 },
    ].map((link) => refused(19, `fulfills ${spoken(link as JsonValue)}`, linked(link as JsonValue))),
  ];
}

/** Item 20. */
function counts(): BadDocument[] {
  const TOO_LARGE = 413;
  const twice = documentOf(
    transfer(KNOWN.id, [spend(KNOWN, 0, 'alice'), spend(KNOWN, 0, 'alice')], [to('bob', 2)]),
  );
  return [
    refused(
      20,
      'no inputs',
      withId(
        changed((document) => {
          document.inputs = [];
        }),
      ),
      SCHEMA,
    ),
    refused(
      20,
      'inputs that are an object',
      changed((document) => {
        document.inputs = {};
      }),
      SCHEMA,
    ),
    refused(
      20,
      'outputs that are null',
      changed((document) => {
        document.outputs = null;
      }),
      SCHEMA,
    ),
    refused(
      20,
      'an input that is null',
      changed((document) => {
        document.inputs = [null];
      }),
      SCHEMA,
    ),
    refused(
      20,
      'an output that is a list',
      changed((document) => {
        document.outputs = [[]];
      }),
      SCHEMA,
    ),
    refused(
      20,
      'two inputs of a CREATE',
      changedAndSigned((document) => {
        document.inputs = [...inputsOf(document), ...inputsOf(document)];
      }),
      SCHEMA,
    ),
    refused(20, 'one output spent twice', twice),
    refused(
      20,
      '10,000 inputs',
      resigned({
        ...twice,
        inputs: Array.from({ length: 10_000 }, () => ({ ...inputsOf(twice)[0] })) as JsonValue,
      }),
      undefined,
      TOO_LARGE,
    ),
    refused(
      20,
      '10,000 outputs',
      changedAndSigned((document) => {
        document.outputs = Array.from({ length: 10_000 }, () => ({ ...outputOf(document) })) as JsonValue;
      }),
      undefined,
      TOO_LARGE,
    ),
  ];
}

/** Item 21, and fields that are missing or too many. */
function operations(): BadDocument[] {
  const fields = ['id', 'version', 'inputs', 'outputs', 'operation', 'asset', 'metadata'];
  return [
    ...['GENESIS', 'create', 'CREATE ', '', 'DELETE'].map((operation) =>
      refused(
        21,
        `operation ${JSON.stringify(operation)}`,
        changedAndSigned((document) => {
          document.operation = operation;
        }),
      ),
    ),
    refused(
      21,
      'a CREATE with the asset of a TRANSFER',
      changedAndSigned((document) => {
        document.asset = { id: 'a'.repeat(64) };
      }),
      SCHEMA,
    ),
    refused(
      21,
      'a TRANSFER with the asset of a CREATE',
      changedAndSigned((document) => {
        document.operation = 'TRANSFER';
      }),
      SCHEMA,
    ),
    refused(
      21,
      'a CREATE that spends',
      changedAndSigned((document) => {
        for (const input of inputsOf(document))
          input.fulfills = { transaction_id: KNOWN.id, output_index: 0 };
      }),
    ),
    refused(21, 'a TRANSFER that spends nothing', linked(null)),
    ...fields.map((field) =>
      refused(
        21,
        `no ${field}`,
        changed((document) => {
          delete document[field];
        }),
        SCHEMA,
      ),
    ),
    refused(
      21,
      'one field more',
      changedAndSigned((document) => {
        document.more = 1;
      }),
      SCHEMA,
    ),
  ];
}

export function badFields(): BadDocument[] {
  return [...patterns(), ...figures(), ...counts(), ...operations()];
}
