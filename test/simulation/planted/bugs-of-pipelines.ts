/** Planted bugs in the loops: retries, sweeps, clearing, reassignment. */

import type { PlantedBug } from './planted-bugs.js';

export const BUGS_OF_PIPELINES: readonly PlantedBug[] = [
  {
    name: 'the backlog is cleared before the height is taken',
    patches: [
      {
        file: 'src/pipelines/block.ts',
        find: '    await this.resolveOpen(this.open);\n  }',
        put: '    await this.options.store.removeBacklog(chosen.include.map(({ transaction, stamp }) => ({ digest: transaction.digest, stamp })));\n    await this.resolveOpen(this.open);\n  }',
      },
    ],
    seeds: [3, 4, 6],
  },
  {
    name: 'an entry goes before its rejection stands',
    patches: [
      {
        file: 'src/ledger/rejections.ts',
        find: '    const results = await store.addRejections(facts);',
        put: '    await store.removeBacklog(refusals.map(({ digest, stamp }) => ({ digest, stamp })));\n    const results = await store.addRejections(facts);',
      },
    ],
    seeds: [6, 13, 14],
  },
  {
    name: 'what waits for an undecided input is rejected',
    patches: [
      {
        file: 'src/ledger/choose-transactions.ts',
        find: "if (standing === 'undecided' || batch.ids.has(transaction.id)) return { kind: 'wait' };",
        put: "if (standing === 'undecided') return { kind: 'reject', problem: problem('DOUBLE_SPEND', 'it stands in a block') };\n  if (batch.ids.has(transaction.id)) return { kind: 'wait' };",
      },
    ],
    seeds: [3, 6],
  },
  {
    name: 'a vote is signed anew when it is sent again',
    patches: [
      {
        file: 'src/pipelines/vote.ts',
        find: '    const sending = [...this.unsent];',
        put: "    const { keyPair } = this.options;\n    this.unsent = this.unsent.map(({ entry, vote }) => ({ entry, vote: makeVote(keyPair, { blockId: vote.blockId, previousBlock: entry.block?.parent ?? '', isBlockValid: entry.verdict?.valid === true, timestamp: String(runtime.clock.nowMs()) }) }));\n    const sending = [...this.unsent];",
      },
    ],
    seeds: [6, 54],
  },
  {
    name: 'a node that starts again votes again',
    patches: [
      {
        file: 'src/pipelines/vote.ts',
        find: '      if (!entry.votesRead) await heights.refresh();',
        put: '      entry.votesRead = true;',
      },
    ],
    seeds: [3, 51, 124],
  },
  {
    name: 'votes go out in any order',
    patches: [
      {
        file: 'src/pipelines/vote.ts',
        find: '      // What was decided meanwhile lies below: votes go out in order of height.\n      this.signDecided();\n',
        put: '',
      },
    ],
    seeds: [4, 6],
  },
  {
    name: 'the feed is trusted and nothing sweeps',
    patches: [
      { file: 'src/pipelines/core.ts', find: 'const SWEEP_MS = 1000;', put: 'const SWEEP_MS = 1e9;' },
    ],
    seeds: [13, 9],
  },
  {
    name: 'a loop ends at its first error',
    patches: [
      {
        file: 'src/pipelines/pipeline.ts',
        find: '    this.pauseMs = Math.min(',
        put: '    this.stopping = true;\n    this.pauseMs = Math.min(',
      },
    ],
    seeds: [3, 6, 9],
  },
  {
    name: 'what a dead member had taken is left to it',
    patches: [
      {
        file: 'src/pipelines/stale.ts',
        find: 'if (suspects.length === 0) return;',
        put: 'if (suspects.length >= 0) return;',
      },
    ],
    seeds: [21, 28, 61],
  },
  {
    name: 'a clearing that fails is forgotten',
    patches: [
      {
        file: 'src/ledger/applier.ts',
        find: '        this.toClear = [...batch, ...this.toClear];\n',
        put: '',
      },
      {
        file: 'src/ledger/backlog-sweep.ts',
        find: 'const FROM_BEGINNING_MS = 60_000;',
        put: 'const FROM_BEGINNING_MS = 1e12;',
      },
    ],
    seeds: [360, 522],
  },
  {
    name: 'the node forgets what it did not send',
    patches: [
      {
        file: 'src/pipelines/vote.ts',
        find: "      if (result !== 'ok' && result !== 'duplicate' && result !== 'conflict') return;",
        put: '',
      },
    ],
    seeds: [6, 13, 15],
  },
  {
    name: 'age is told by the clock of another',
    patches: [
      {
        file: 'src/pipelines/stale.ts',
        find: 'const now = runtime.clock.monotonicMs();',
        put: 'const now = runtime.clock.nowMs();',
      },
      {
        file: 'src/pipelines/stale.ts',
        find: 'now - entry.assignedSinceMs < reassignDelayMs',
        put: 'now - entry.acceptedAtMs < reassignDelayMs',
      },
    ],
    seeds: [2417, 2812],
  },
  {
    name: 'a loop that must wait asks again at once',
    patches: [
      {
        file: 'src/pipelines/block.ts',
        find: '    if (this.mustWait()) return;\n',
        put: '    if (this.mustWait()) return this.options.wakeSelf();\n',
      },
    ],
    seeds: [3, 1, 2],
  },
];
