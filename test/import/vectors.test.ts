/**
 * Danger: the doors were compared with 1.0.1 before a ledger in memory only, and a real node answers otherwise.
 * Method: the ledger of the original's transcripts is imported as 1.0.1 stored it, and every recorded request is sent to a
 * real process on it and compared byte by byte. A gateway: a node would decide what is undecided there. Needs
 * `npm run build`.
 */

import type { JsonObject } from '../../src/codec/json-value.js';
import { prettyJson } from '../../src/codec/json-writer.js';
import {
  type Exchange,
  expectRecorded,
  recordedBody,
  recordedExchanges,
  requestBody,
} from '../compat/support/http-vectors.js';
import { exchange } from '../compat/support/raw-client.js';
import { NodeFolder, type NodeProcess } from '../support/process-node.js';
import { command, exported, folderOf } from './support/import-command.js';
import { vectorDatabase } from './support/vector-database.js';

let folder: NodeFolder;
let gateway: NodeProcess;
let port: number;

beforeAll(async () => {
  folder = folderOf(['node']);
  const path = exported(folder, vectorDatabase());
  expect(await command(folder, ['import', path])).toMatchObject({ exitCode: 0, stderr: '' });
  gateway = await new NodeFolder({ folder: folder.folder, parameters: ['--gateway'] }).start();
  port = Number(new URL(gateway.http).port);
}, 60_000);
afterAll(async () => {
  await gateway?.stop();
  await folder.dispose();
});

/** A gateway has no key, and its keyring is the whole federation's; its stream is where the settings put it. */
function bodyOfGateway(recorded: Exchange, answer: string): string {
  const json = recorded.response.json as JsonObject | undefined;
  if (!answer.includes('"streams":') || json === undefined) return recordedBody(recorded);
  const { public_key, streams, api } = JSON.parse(answer);
  if (!('software' in json)) return prettyJson({ ...json, streams } as JsonObject).concat('\n');
  const { v1 } = json.api as JsonObject;
  const shown = { ...json, api: { v1: { ...(v1 as JsonObject), streams: api.v1.streams } }, public_key };
  return `${prettyJson(shown as JsonObject)}\n`;
}

test.each(
  recordedExchanges().map((each, index) => [index, each.method, each.path.slice(0, 90), each] as const),
)('%i %s %s', async (_index, method, _path, recorded) => {
  const { path, headers } = recorded;
  const answer = await exchange(port, { method, path, headers, body: requestBody(recorded) });
  expectRecorded(answer, recorded, bodyOfGateway(recorded, answer.body));
});
