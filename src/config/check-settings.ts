/** Refuses settings that contradict each other, before anything is touched. Each rule names the setting to mend. */

import { publicKeyOf } from './key-pair.js';
import { SettingError } from './setting-error.js';
import type { FederationChange } from './setting-types.js';
import type { FlatSettings, SettingPath } from './settings.js';

function refuse(setting: SettingPath, why: string): never {
  throw new SettingError(setting, `Setting ${setting}: ${why}`);
}

/** Throws SettingError for the first contradiction found. */
export function checkSettings(flat: FlatSettings): void {
  checkKeys(flat);
  checkFederation(flat);
  checkAddresses(flat);
  checkTls(flat);
  checkSizes(flat);
  const file = flat['log.file'];
  if (file !== null && file === flat['log.error_file'])
    refuse('log.error_file', 'is the same file as log.file');
}

function checkKeys(flat: FlatSettings): void {
  const privateKey = flat['keypair.private'];
  if (privateKey !== null && publicKeyOf(privateKey) !== flat['keypair.public'])
    refuse('keypair.public', 'does not belong to keypair.private');
  checkDistinct('keyring', flat.keyring);
  const me = flat['keypair.public'];
  if (me !== null && flat.keyring.includes(me))
    refuse('keyring', `holds this node's own key ${me}; list only the other nodes`);
}

/** Architecture, section 4, rule 6: complete lists in order of height, the last one equal to keyring and this node. */
function checkFederation(flat: FlatSettings): void {
  const changes = flat['federation.changes'];
  let below = 0;
  for (const { height, members } of changes) {
    if (height <= below) refuse('federation.changes', `height ${height} does not follow ${below}`);
    below = height;
    if (members.length === 0) refuse('federation.changes', `the list of height ${height} is empty`);
    checkDistinct('federation.changes', members);
  }
  const last = changes.at(-1);
  if (last !== undefined) checkLastList(flat, last);
}

function checkLastList(flat: FlatSettings, { height, members }: FederationChange): void {
  const others = new Set(members.filter((member) => member !== flat['keypair.public']));
  const missing = [...others].filter((member) => !flat.keyring.includes(member));
  const surplus = flat.keyring.filter((member) => !others.has(member));
  if (missing.length > 0)
    refuse('keyring', `lacks ${missing.join(', ')}, named by federation.changes at height ${height}`);
  if (surplus.length > 0)
    refuse('keyring', `holds ${surplus.join(', ')}, not named by federation.changes at height ${height}`);
}

function checkDistinct(setting: SettingPath, keys: readonly string[]): void {
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) refuse(setting, `holds ${twice} twice`);
}

function checkAddresses(flat: FlatSettings): void {
  const management = flat['management.bind'];
  if (management === null || management.port === 0) return;
  const api = flat['server.bind'];
  if (management.port === api.port && management.host === api.host)
    refuse('management.bind', 'is the address of server.bind; metrics need their own');
  if (management.port === flat['wsserver.port'] && management.host === flat['wsserver.host'])
    refuse('management.bind', 'is the address of wsserver; metrics need their own');
}

function checkTls(flat: FlatSettings): void {
  const { 'tls.certfile': certificate, 'tls.keyfile': key } = flat;
  if (certificate !== null && key === null) refuse('tls.keyfile', 'is missing beside tls.certfile');
  if (key !== null && certificate === null) refuse('tls.certfile', 'is missing beside tls.keyfile');
  if (certificate !== null) return;
  for (const path of ['tls.client_ca_cert', 'tls.keyfile_passphrase'] as const)
    if (flat[path] !== null) refuse(path, 'is set without tls.certfile: there is no TLS that it could serve');
}

function checkSizes(flat: FlatSettings): void {
  if (flat['server.transaction_bytes_max'] > flat['server.request_bytes_max'])
    refuse(
      'server.transaction_bytes_max',
      'is more than server.request_bytes_max, so that none of that size fits',
    );
  if (flat['graphql.page_size_default'] > flat['graphql.page_size_max'])
    refuse('graphql.page_size_default', 'is more than graphql.page_size_max');
}
