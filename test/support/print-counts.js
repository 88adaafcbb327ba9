/**
 * Reads the JSON report of jest and prints what a reader of a test run needs last: the failed steps, every failed and
 * every skipped test by name, and one line `N passed, N failed, N skipped`. Exits 1 unless everything passed.
 *
 * Use: node print-counts.js <report.json> <exit code of jest> [failed step ...]
 */

const { readFileSync } = require('node:fs');

const [reportPath, jestExit, ...failedSteps] = process.argv.slice(2);

function readReport() {
  try {
    return JSON.parse(readFileSync(reportPath, 'utf8'));
  } catch {
    return null;
  }
}

function namesWith(report, statuses) {
  return report.testResults.flatMap((file) =>
    file.assertionResults.filter((test) => statuses.includes(test.status)).map((test) => test.fullName),
  );
}

const report = readReport();
const lines = failedSteps.map((step) => `FAILED step: ${step}`);
let passed = 0;
let failed = failedSteps.length;
let skipped = 0;
if (report === null) {
  lines.push('FAILED step: jest wrote no report');
  failed += 1;
} else {
  passed = report.numPassedTests;
  skipped = report.numPendingTests + report.numTodoTests;
  // A file that could not even be loaded holds no failed test, yet it is a failure.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  failed += report.numFailedTests + broken.length;
  lines.push(...broken.map((file) => `FAILED file: ${file.name}`));
  lines.push(...namesWith(report, ['failed']).map((name) => `FAILED: ${name}`));
  lines.push(...namesWith(report, ['pending', 'skipped', 'todo']).map((name) => `skipped: ${name}`));
  // Whatever else made jest fail (no tests, an open handle, a threshold) must not end as a success.
  if (jestExit !== '0' && failed === 0) {
    lines.push(`FAILED step: jest exited with ${jestExit}`);
    failed += 1;
  }
}
lines.push(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.stdout.write(`${lines.join('\n')}\n`);
process.exitCode = failed === 0 ? 0 : 1;
