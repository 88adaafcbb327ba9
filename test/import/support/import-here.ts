/** An import in this process, into a store in memory. */

import type { JsonObject } from '../../../src/codec/json-value.js';
import { createDirectChecker } from '../../../src/ledger/checker-direct.js';
import { openFolderSource } from '../../../src/node/legacy/folder-source.js';
import { importLegacy, type LegacyImportResult } from '../../../src/node/legacy/import-legacy.js';
import { ImportReport, type Refusal } from '../../../src/node/legacy/report.js';
import { noFailpoints } from '../../../src/runtime/failpoints.js';
import type { Failpoints } from '../../../src/runtime/runtime.js';
import { createDirectStore } from '../../../src/store/embedded/direct.js';
import type { LegacySource } from '../../../src/store/legacy-source.js';
import type { Store } from '../../../src/store/store.js';
import { createSimulatedWorld } from '../../support/simulated-runtime.js';
import { keyPairOf } from '../../support/transactions.js';
import { type Collection, FolderWriter } from './legacy-database.js';

export interface ImportedHere {
  readonly result: LegacyImportResult;
  readonly store: Store;
  readonly report: ImportReport;
  readonly refusals: readonly Refusal[];
}

export interface HereOptions {
  readonly members: readonly string[];
  readonly store?: Store;
  readonly failpoints?: Failpoints;
}

/** Rejects as `importLegacy` does. */
export async function importHere(
  source: (refuse: (where: string, why: string) => void) => LegacySource,
  { members, store = createDirectStore({ path: ':memory:' }), failpoints = noFailpoints }: HereOptions,
): Promise<ImportedHere> {
  const { runtime } = createSimulatedWorld(1).node('node');
  const refusals: Refusal[] = [];
  const report = new ImportReport((refusal) => refusals.push(refusal));
  const opened = source((where, why) => report.refuse('document', where, why));
  const [signer = ''] = members;
  try {
    const result = await importLegacy({
      source: opened,
      store,
      checker: createDirectChecker(runtime),
      keyPair: keyPairOf(signer),
      federation: members.map((name) => keyPairOf(name).publicKey),
      federationChanges: [],
      report,
      failpoints,
      onProgress: () => undefined,
    });
    return { result, store, report, refusals };
  } finally {
    await opened.close();
  }
}

/** The documents in files in `folder`. */
export function fromFolder(
  folder: string,
  documents: Readonly<Record<Collection, readonly JsonObject[]>>,
): (refuse: (where: string, why: string) => void) => LegacySource {
  new FolderWriter(folder).write(documents);
  return (refuse) => openFolderSource(folder, refuse);
}
