/** Where a node stands, for its operator: one JSON object, without secrets. */

import { parseJson } from '../codec/json-reader.js';
import type { JsonObject } from '../codec/json-value.js';
import { flatSettingsOf, type Settings } from '../config/settings.js';
import { configurationText, redactedDocument } from '../config/write-settings.js';
import type { LedgerAccess } from '../ledger/ledger.js';
import type { Runtime } from '../runtime/runtime.js';
import { packageVersion } from '../runtime/version.js';
import type { Readiness } from '../web/health.js';

export interface StatusParts {
  readonly settings: Settings;
  readonly runtime: Runtime;
  readonly role: string;
  readonly addresses: { readonly http: string; readonly websocket: string };
  readonly readiness: Readiness;
  readonly access: LedgerAccess;
}

export function nodeStatus(parts: StatusParts): JsonObject {
  const { settings, runtime, role, addresses, readiness, access } = parts;
  const reasons = readiness.reasons();
  const { count, oldestSeconds } = access.backlog();
  return {
    version: packageVersion(),
    role,
    public_key: access.publicKey,
    addresses: { ...addresses },
    ready: reasons.length === 0,
    reasons,
    height: access.view.height(),
    undecided_blocks: access.undecidedBlocks().length,
    // Whole milliseconds: more digits say nothing.
    backlog: { count, oldest_ms: oldestSeconds === null ? null : Math.round(oldestSeconds * 1000) },
    federation: [...access.federation()],
    log_levels: { ...runtime.logControl?.levels() },
    settings: parseJson(configurationText(redactedDocument(flatSettingsOf(settings)))),
  };
}
