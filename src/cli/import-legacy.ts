/**
 * `import SOURCE` of a BigchainDB 1.0.x: a `mongodb://` address or a folder of mongoexport files. Makes the ledger in
 * this node's store and says what was refused and why; all of it stands in the report file.
 */

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeKey } from '../codec/base58.js';
import { compactJson } from '../codec/json-writer.js';
import type { KeyPair } from '../codec/key-pair.js';
import { SettingError } from '../config/setting-error.js';
import type { Settings } from '../config/settings.js';
import { withChecker } from '../node/command-checker.js';
import { openFolderSource } from '../node/legacy/folder-source.js';
import { importLegacy as importFrom, type LegacyImportResult } from '../node/legacy/import-legacy.js';
import { ImportReport, type Refusal } from '../node/legacy/report.js';
import { databasePlace, openLegacyDatabase, openStore } from '../node/open-store.js';
import type { LegacySource, OnUnreadable } from '../store/legacy-source.js';
import type { Store } from '../store/store.js';
import { armedFailpoints } from './armed-failpoints.js';
import { type CommandContext, readSettingsAloud, UsageError } from './command-context.js';
import { commandRuntime } from './command-runtime.js';
import { createProgress, grouped } from './progress.js';

export interface ImportLegacyOptions {
  /** Public keys of 1.0.1's federation; null: `keyring` and this node's key. */
  readonly federation: readonly string[] | null;
  /** Prints the result as one JSON document. */
  readonly json: boolean;
}

const REPORT_FILE = 'import-report.ndjson';

interface Outcome extends LegacyImportResult {
  readonly report: ImportReport;
  readonly reportPath: string;
  readonly seconds: number;
  readonly place: string;
}

export async function importLegacy(
  context: CommandContext,
  from: string,
  options: ImportLegacyOptions,
): Promise<number> {
  const { settings } = readSettingsAloud(context);
  const keyPair = keyPairOf(settings);
  const federation = options.federation ?? [...settings.keyring, keyPair.publicKey];
  mkdirSync(settings.database.path, { recursive: true, mode: 0o700 });
  const reportPath = join(settings.database.path, REPORT_FILE);
  const report = new ImportReport(fileOf(reportPath));
  const progress = createProgress(context);
  const failpoints = armedFailpoints(context);
  const result = await withParts(context, settings, from, report, (source, store) =>
    withChecker(settings, context.cores, (checker) =>
      importFrom({
        source,
        store,
        checker,
        keyPair,
        federation,
        federationChanges: settings.federation.changes,
        report,
        failpoints,
        onProgress: (stage, done, transactions) =>
          progress.show(() => `${stage}: ${grouped(done)} blocks, ${grouped(transactions)} transactions`),
      }),
    ),
  ).finally(() => progress.end());
  const place = databasePlace(settings);
  const outcome: Outcome = { ...result, report, reportPath, place, seconds: progress.seconds() };
  if (options.json) context.out(`${JSON.stringify(documentOf(outcome), null, 2)}\n`);
  else context.out(textOf(outcome));
  return result.outcome === 'refused' ? 1 : 0;
}

/** `--federation`: public keys, joined by colons as 1.0.1 joined lists in its environment. Throws UsageError. */
export function parseFederation(text: string): string[] {
  const keys = text.split(':');
  const wrong = keys.find((key) => decodeKey(key) === null);
  if (wrong !== undefined) throw new UsageError(`argument --federation: '${wrong}' is no public key`);
  return keys;
}

function keyPairOf({ keypair }: Settings): KeyPair {
  const { public: publicKey, private: privateKey } = keypair;
  if (publicKey !== null && privateKey !== null) return { publicKey, privateKey };
  throw new SettingError(
    'keypair.private',
    'An import is signed: settings keypair.public and keypair.private are missing',
  );
}

/** Every line that is refused, as it comes; a run begins the file anew. */
function fileOf(path: string): (refusal: Refusal) => void {
  writeFileSync(path, '', { mode: 0o600 });
  return (refusal) => appendFileSync(path, `${compactJson(refusal)}\n`);
}

async function withParts<T>(
  context: CommandContext,
  settings: Settings,
  from: string,
  report: ImportReport,
  use: (source: LegacySource, store: Store) => Promise<T>,
): Promise<T> {
  const onUnreadable: OnUnreadable = (where, why) => report.refuse('document', where, why);
  const source = isAddress(from)
    ? await openLegacyDatabase(from, onUnreadable)
    : openFolderSource(from, onUnreadable);
  try {
    let failure: Error | null = null;
    const store = await openStore(settings, commandRuntime(context), (error) => {
      failure ??= error;
    });
    try {
      return await use(source, store);
    } catch (error) {
      throw failure ?? error;
    } finally {
      await store.close();
    }
  } finally {
    await source.close();
  }
}

export function isAddress(from: string): boolean {
  return /^mongodb(\+srv)?:\/\//.test(from);
}

function documentOf(outcome: Outcome): object {
  const { report, reportPath, place, ...result } = outcome;
  const { counts, refused, firstRefusals } = report;
  return {
    store: place,
    ...result,
    counts,
    refused,
    firstRefusals,
    notInFederation: [...report.strangers].sort(),
    reportFile: reportPath,
  };
}

function textOf(outcome: Outcome): string {
  const { report, place, breaches, seconds } = outcome;
  const { counts } = report;
  const lines: string[] = [];
  if (outcome.outcome === 'refused') lines.push('Nothing was imported: the ledger contradicts itself');
  else if (outcome.outcome === 'unchanged') lines.push(`${place}: all of it was imported before`);
  else
    lines.push(
      `${place}: heights 0 to ${grouped(outcome.lastHeight)} imported in ${seconds.toFixed(1)} s`,
      `  ${grouped(counts.valid)} valid, ${grouped(counts.invalid)} invalid, ${grouped(counts.undecided)} undecided blocks; ${grouped(counts.backlog)} transactions in the backlog`,
      `  For other members than those of 1.0.x: federation.changes at height ${outcome.lastHeight + 1}`,
    );
  for (const { invariant, height, id, message } of breaches)
    lines.push(`  ${invariant}${height === null ? '' : ` height ${height}`} ${id}: ${message}`);
  if (report.strangers.size > 0)
    lines.push(
      `Blocks name keys that are not in the federation that was counted (--federation, keyring): ${[...report.strangers].sort().join(', ')}`,
    );
  if (outcome.refusedToday > 0)
    lines.push(`${grouped(outcome.refusedToday)} transactions stay valid that would be refused today`);
  if (report.refusedCount > 0) lines.push(...refusalLines(outcome));
  return `${lines.join('\n')}\n`;
}

function refusalLines({ report, reportPath }: Outcome): string[] {
  const shown = report.firstRefusals.map(({ kind, id, reason }) => `  ${kind} ${id}: ${reason}`);
  return [`${grouped(report.refusedCount)} refused, all of them in ${reportPath}:`, ...shown];
}
