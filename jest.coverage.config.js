// `npm run coverage`: which branches of the rules the tests in this process reach. Fails below 95 %, and below
// 85 % of the ledger, which simulations and node processes run too, unseen here.
const { tmpdir } = require('node:os');
const { join } = require('node:path');

module.exports = {
  ...require('./jest.config.js'),
  collectCoverage: true,
  coverageProvider: 'v8',
  collectCoverageFrom: ['codec', 'conditions', 'model', 'ledger'].map((folder) => `src/${folder}/**/*.ts`),
  coverageDirectory: join(tmpdir(), 'bigchaindb-coverage'),
  coverageReporters: ['text'],
  coverageThreshold: {
    './src/codec/': { branches: 95 },
    './src/conditions/': { branches: 95 },
    './src/model/': { branches: 95 },
    './src/ledger/': { branches: 85 },
  },
};
