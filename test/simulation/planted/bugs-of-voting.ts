/** Planted bugs in what makes a block valid: the verdict on it and the count of the votes. */

import type { PlantedBug } from './planted-bugs.js';

export const BUGS_OF_VOTING: readonly PlantedBug[] = [
  {
    name: 'a tie is valid',
    patches: [
      {
        file: 'src/ledger/voting.ts',
        find: "return 2 * valid > voters ? 'valid'",
        put: "return 2 * valid >= voters ? 'valid'",
      },
    ],
    seeds: [13, 17, 19],
  },
  {
    name: 'votes count whoever signed them',
    patches: [
      {
        file: 'src/ledger/voting.ts',
        find: 'return signatureValid && vote.blockId',
        put: 'return vote.blockId',
      },
    ],
    seeds: [3, 65, 265],
  },
  {
    name: 'a vote that names another block before counts as valid',
    patches: [
      {
        file: 'src/ledger/voting.ts',
        find: 'content?.is_block_valid === true && content.previous_block === parent',
        put: 'content?.is_block_valid === true',
      },
    ],
    seeds: [582, 773],
  },
  {
    name: 'what is spent in a valid block may be spent again',
    patches: [
      {
        file: 'src/ledger/validate-block.ts',
        find: 'return spender === byId ? null : spender;',
        put: 'return spender === byId || index >= 0 ? null : spender;',
      },
    ],
    seeds: [6, 13, 14],
  },
  {
    name: 'one output may be spent twice in one block',
    patches: [
      {
        file: 'src/ledger/validate-block.ts',
        find: 'if (spentHere.has(key)) return',
        put: "if (spentHere.has('')) return",
      },
    ],
    seeds: [313],
  },
  {
    name: 'a transaction may stand in two valid blocks',
    patches: [
      {
        file: 'src/ledger/validate-block.ts',
        find: "if (state.inclusion(transaction.id) === 'valid') {",
        put: "if (transaction.id === '') {",
      },
      {
        file: 'src/ledger/choose-transactions.ts',
        find: "if (standing === 'undecided' || batch.ids.has(transaction.id)) return { kind: 'wait' };",
        put: '',
      },
    ],
    seeds: [3, 28],
  },
  {
    name: 'shares may be made out of nothing',
    patches: [
      {
        file: 'src/ledger/validate-transaction.ts',
        find: 'if (inputs === outputs) return null;',
        put: 'if (inputs <= outputs) return null;',
      },
    ],
    seeds: [3, 7],
  },
  {
    name: 'outputs of one asset make another',
    patches: [
      {
        file: 'src/ledger/validate-transaction.ts',
        find: 'if (assets.has(transaction.assetId)) return null;',
        put: 'if (assets.size === 1) return null;',
      },
    ],
    seeds: [84, 85],
  },
  {
    name: 'anybody who signs may spend',
    patches: [
      {
        file: 'src/ledger/validate-transaction.ts',
        find: 'return satisfied ? null',
        put: 'return satisfied || spent.length > 0 ? null',
      },
    ],
    seeds: [41, 14],
  },
  {
    name: 'the verdict asks the clock',
    patches: [
      {
        file: 'src/ledger/validate-block.ts',
        find: 'const outside = judgeBlockOnly(block, state);',
        put: "const outside = judgeBlockOnly(block, state) ?? (Number(block.timestamp) * 1000 > clock.nowMs() + 3_600_000 ? 'from the future' : null);",
      },
    ],
    seeds: [3, 13, 14],
  },
  {
    name: 'creators of invalid blocks go on',
    patches: [
      {
        file: 'src/ledger/validate-block.ts',
        find: 'if (state.isBarred(block.creator, block.height)) return',
        put: "if (state.isBarred('', block.height)) return",
      },
    ],
    seeds: [2, 20, 47],
  },
  {
    name: 'blocks need no signature',
    patches: [
      {
        file: 'src/ledger/validate-block.ts',
        find: 'if (!block.signatureValid) return',
        put: "if (block.creator === '') return",
      },
    ],
    seeds: [598, 644],
  },
  {
    name: 'only creators ask what is spent',
    patches: [
      {
        file: 'src/ledger/validate-block.ts',
        find: '  const questions = votersQuestions(state);\n',
        put: '  const questions = { ...votersQuestions(state), otherSpender: () => null };\n',
      },
    ],
    seeds: [71, 118, 138],
  },
  {
    name: 'only creators ask what stands in a valid block',
    patches: [
      {
        file: 'src/ledger/validate-block.ts',
        find: "if (state.inclusion(transaction.id) === 'valid') {",
        put: "if (transaction.id === '') {",
      },
    ],
    seeds: [14, 36, 47],
  },
  {
    name: 'only the first spender found counts',
    patches: [
      {
        file: 'src/ledger/ledger-state.ts',
        find: "if (use.height.status === 'valid') return use.id;",
        put: "return use.height.status === 'valid' ? use.id : null;",
      },
    ],
    seeds: [71, 118, 138],
  },
];
