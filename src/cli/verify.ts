/**
 * `verify`: re-checks everything this node's store and view hold, whether it runs or not. Exit code 1 when a promise
 * of the ledger is broken, with the first differences; what members wrote wrongly and the rules bear is told as well.
 */

import { databaseFiles } from '../config/database-files.js';
import type { Finding } from '../ledger/audit-types.js';
import { withChecker } from '../node/command-checker.js';
import { openFacts } from '../node/open-facts.js';
import { databasePlace, isMongodb } from '../node/open-store.js';
import { type VerifyResult, verify as verifyFiles } from '../node/verify.js';
import type { CommandContext } from './command-context.js';
import { commandRuntime } from './command-runtime.js';
import { createProgress, grouped } from './progress.js';
import { readViewSettings } from './settings-to-start.js';

export interface VerifyCommandOptions {
  /** Prints the result as one JSON document on standard output. */
  readonly json: boolean;
  /** The view is that of a gateway. */
  readonly gateway: boolean;
}

export async function verify(context: CommandContext, options: VerifyCommandOptions): Promise<number> {
  const { settings } = readViewSettings(context, options);
  const files = databaseFiles(settings);
  const facts = await openFacts(settings, commandRuntime(context), { snapshot: false });
  const progress = createProgress(context);
  const result = await withChecker(settings, context.cores, (checker) =>
    verifyFiles({
      facts,
      viewPath: files.view,
      federationChanges: settings.federation.changes,
      checker,
      onProgress: ({ height, head, transactions }) =>
        progress.show(() => {
          const perSecond = transactions / progress.seconds();
          return `height ${grouped(height)} of ${grouped(head)}, ${grouped(transactions)} transactions, ${grouped(perSecond)}/s`;
        }),
    }),
  );
  progress.end();
  const seconds = progress.seconds();
  const { view } = files;
  const store = isMongodb(settings) ? databasePlace(settings) : files.store;
  if (options.json) context.out(`${JSON.stringify({ store, view, seconds, ...result }, null, 2)}\n`);
  else context.out(reportOf(result, { store, view }, seconds));
  return result.ok ? 0 : 1;
}

function reportOf(
  result: VerifyResult,
  files: { readonly store: string; readonly view: string },
  seconds: number,
): string {
  const { breaches, breachCount, evidence, evidenceCount, summary, viewHeight } = result;
  const lines: string[] = [`Store  ${files.store}`];
  if (summary !== null) {
    const { head, decided, validBlocks, invalidBlocks, undecidedBlocks, passedHeights } = summary;
    lines.push(
      `       heights 0 to ${head}, decided to ${decided}: ${validBlocks} valid, ${invalidBlocks} invalid, ${undecidedBlocks} undecided, ${passedHeights} without a block`,
      `       ${grouped(summary.transactions)} transactions, ${grouped(summary.unspent)} unspent outputs, ${grouped(summary.votes)} votes, ${grouped(summary.rejections)} rejections, ${grouped(summary.backlog)} in the backlog`,
    );
  }
  lines.push(
    viewHeight === null
      ? 'View   not compared'
      : `View   ${files.view}\n       compared to height ${viewHeight}`,
  );
  if (evidenceCount > 0) {
    lines.push(`${evidenceCount} facts that no correct member writes; they change nothing:`);
    lines.push(...evidence.slice(0, 10).map(lineOf));
  }
  lines.push(breachCount === 0 ? `Everything is right (${seconds.toFixed(1)} s).` : `${breachCount} WRONG:`);
  lines.push(...breaches.map(lineOf));
  if (breachCount > breaches.length) lines.push(`  and ${breachCount - breaches.length} more`);
  return `${lines.join('\n')}\n`;
}

function lineOf({ invariant, height, id, message }: Finding): string {
  const place = height === null ? '' : ` height ${height}`;
  return `  ${invariant}${place}${id === '' ? '' : ` ${id}`}: ${message}`;
}
