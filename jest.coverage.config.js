// `npm run coverage`: which branches of the rules their own unit tests reach, in this process; what simulations, node
// processes and checker threads run of them is not seen here. Exits with 1 below the thresholds.
//
// V8 counts branches only of functions that ran, so functions have a threshold, too. A file that no test loads, or that
// holds types only, counts as one branch and one function that were missed.
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const FOLDERS = ['codec', 'conditions', 'model', 'ledger'];

module.exports = {
  ...require('./jest.config.js'),
  // Files that no test loads are found only below a root.
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: FOLDERS.map((folder) => `<rootDir>/test/unit/${folder}/**/*.test.ts`),
  reporters: [['summary', { summaryThreshold: 0 }]],
  collectCoverage: true,
  coverageProvider: 'v8',
  collectCoverageFrom: FOLDERS.map((folder) => `src/${folder}/**/*.ts`),
  coverageDirectory: join(tmpdir(), 'bigchaindb-coverage'),
  coverageReporters: ['text-summary'],
  coverageThreshold: Object.fromEntries(
    FOLDERS.map((folder) => [`./src/${folder}/`, { branches: 95, functions: 95 }]),
  ),
};
