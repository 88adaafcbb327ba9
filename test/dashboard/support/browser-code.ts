/** What the tests of the browser's own code ask of it; `bundle-browser-code.mjs` builds it as Vite builds the pages. */

export { publicKeyOf, sign, verifySignature } from '../../../src/codec/ed25519.js';
export { sha3Hex, sha256Hex } from '../../../src/codec/hash.js';
export { parseJsonBytes } from '../../../src/codec/json-reader.js';
export { conditionFromDetails } from '../../../src/conditions/condition.js';
export { parseFulfillment } from '../../../src/conditions/fulfillment.js';
export { checkTransaction } from '../../../src/dashboard/crypto/check-transaction.js';
export { makeCreate, makeTransfer } from '../../../src/dashboard/crypto/compose.js';
export {
  complete,
  exportText,
  mergeSignatures,
  missing,
  sign as signDraft,
} from '../../../src/dashboard/crypto/draft.js';
export { importText } from '../../../src/dashboard/crypto/import-draft.js';
export { importKeyPair, makeKeyPair } from '../../../src/dashboard/crypto/keys.js';
export { Buffer as BrowserBuffer } from '../../../src/dashboard/crypto/platform/bytes.js';
export { canonicalText, readJson } from '../../../src/dashboard/crypto/read-json.js';
