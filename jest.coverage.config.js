// `npm run coverage`: which branches of the rules the tests in this process reach. Fails below 95 %, of the ledger below
// 85 %: what is left there are races that only the simulation and the process tests meet.
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
