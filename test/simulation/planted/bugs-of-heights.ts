/** Planted bugs in the one order: what holds a height, who may take it, when it is decided. */

import type { PlantedBug } from './planted-bugs.js';

export const BUGS_OF_HEIGHTS: readonly PlantedBug[] = [
  {
    name: 'any list of voters holds a height',
    patches: [
      {
        file: 'src/ledger/heights.ts',
        find: 'return sameMembers(block.voters, state.federation.membersAt(block.height));',
        put: 'return true;',
      },
    ],
    seeds: [3, 9, 14],
  },
  {
    name: 'a block on another parent holds a height',
    patches: [
      {
        file: 'src/ledger/heights.ts',
        find: 'if (block.parent !== state.headBlockId) return false;',
        put: '',
      },
    ],
    seeds: [11, 34, 51],
  },
  {
    name: 'the block that took the height is not checked against',
    patches: [
      {
        file: 'src/pipelines/block.ts',
        find: "    this.open = null;\n    if (result === 'conflict')",
        put: "    this.open = null;\n    if (result === 'taken') {\n      await heights.refresh();\n      const height = state.head + 1;\n      const parent = state.headBlockId;\n      const claimSignature = makeClaim(this.options.keyPair, { blockId: claim.block.id, height, parent });\n      const moved = { height, parent, claimSignature };\n      this.open = { ...claim, block: { ...claim.block, ...moved }, checked: { ...claim.checked, ...moved } };\n      return this.resolveOpen(this.open);\n    }\n    if (result === 'conflict')",
      },
    ],
    seeds: [4, 7, 13],
  },
  {
    name: 'spenders in undecided blocks do not count',
    patches: [
      {
        file: 'src/ledger/choose-transactions.ts',
        find: 'state.undecidedSpenders(transactionId, outputIndex).length > 0,',
        put: 'outputIndex < 0,',
      },
    ],
    seeds: [6, 13, 14],
  },
  {
    name: 'rivals may stand in one batch',
    patches: [
      {
        file: 'src/ledger/choose-transactions.ts',
        find: 'batch.spends.has(linkKey(transactionId, outputIndex)) ||',
        put: '',
      },
    ],
    seeds: [65, 138],
  },
  {
    name: 'the view forgets that a height was passed over',
    patches: [
      {
        file: 'src/ledger/heights.ts',
        find: "      state.decide(entry, 'passed');\n      applier.add(entry, null);",
        put: "      state.decide(entry, 'passed');\n      if (entry.height === 0) applier.add(entry, null);",
      },
    ],
    seeds: [3, 9, 14],
  },
  {
    name: 'a height is taken without a signature',
    patches: [
      {
        file: 'src/model/check-block.ts',
        find: 'if (isClaimed(stored) && !claimVerifies(claim, stored.claimSignature, block.creator)) return null;',
        put: "if (isClaimed(stored) && claim.blockId === '') return null;",
      },
    ],
    seeds: [58, 149, 230],
  },
  {
    name: 'a block is judged before the height below it is decided',
    patches: [
      {
        file: 'src/ledger/heights.ts',
        find: '      state.place(checked);\n',
        put: '      const entry = state.place(checked);\n      const { publicKey, runtime } = this.options;\n      if (publicKey !== null) entry.verdict = await judgeBlock(checked, state, runtime.clock, runtime.scheduler);\n',
      },
    ],
    seeds: [4, 6, 7],
  },
];
