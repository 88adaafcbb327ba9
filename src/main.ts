#!/usr/bin/env node
/** The program `bigchaindb`: runs one command line and ends the process with its exit code. */

import { runProgram } from './cli/program.js';
import { boundHeapGrowth } from './runtime/heap.js';

/** Time for open handles to close by themselves; a worker thread that hangs must not keep a stopped node alive. */
const LINGER_MS = 3000;
const LINGER_AFTER_FAULT_MS = 200;

boundHeapGrowth();

// Apollo and others choose their fast paths by it.
process.env.NODE_ENV ??= 'production';

// A closed pipe (`bigchaindb show-config | head -1`) is the reader's decision, not a fault.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

void runProgram(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
  setTimeout(() => process.exit(exitCode), exitCode === 0 ? LINGER_MS : LINGER_AFTER_FAULT_MS).unref();
});
