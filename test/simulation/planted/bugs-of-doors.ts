/** Planted bugs in what clients see: acknowledgements, answers, streams, lists. */

import type { PlantedBug } from './planted-bugs.js';

export const BUGS_OF_DOORS: readonly PlantedBug[] = [
  {
    name: 'the store acknowledges before it has synced',
    patches: [
      {
        file: 'test/simulation/shared-store.ts',
        find: "return this.store.write(this, commit, () => items.map(() => 'unknown' as const));",
        put: "const written = this.store.write(this, commit, () => items.map(() => 'unknown' as const));\n    return changed === 'backlog' ? Promise.resolve(items.map(() => 'ok' as const)) : written;",
      },
    ],
    seeds: [3, 4, 7],
  },
  {
    name: 'an unknown outcome is acknowledged',
    patches: [
      {
        file: 'src/ledger/submit.ts',
        find: "if (row !== undefined && (result === 'ok' || result === 'duplicate')) {",
        put: "if (row !== undefined && result !== 'conflict') {",
      },
    ],
    seeds: [13, 15, 19],
  },
  {
    name: 'a miss is told without a look at the backlog',
    patches: [
      {
        file: 'src/ledger/look.ts',
        find: '      await this.options.readBacklogOf(list);\n',
        put: '',
      },
    ],
    seeds: [4, 6, 17],
  },
  {
    name: 'a miss is told without a look at the heights',
    patches: [{ file: 'src/ledger/look.ts', find: '    await this.options.readHeights();\n', put: '' }],
    seeds: [4, 151, 191],
  },
  {
    name: 'a head is published before it is committed',
    patches: [
      {
        file: 'src/ledger/applier.ts',
        find: '    await view.apply(heights);\n',
        put: '    this.options.onCommitted(batch[batch.length - 1]?.entry.height ?? 0);\n    await runtime.scheduler.yieldTurn();\n    await view.apply(heights);\n',
      },
    ],
    seeds: [3, 4, 6],
  },
  {
    name: 'a subscriber that comes back is sent its last block again',
    patches: [
      {
        file: 'src/graphql/streams/follow.ts',
        find: 'let behind = start.position;',
        put: 'let behind = -1;',
      },
    ],
    seeds: [3, 4, 6],
  },
  {
    name: 'a subscriber misses the heights of one commit but the last',
    patches: [
      {
        file: 'src/graphql/streams/follow.ts',
        find: '    behind = -1;\n',
        put: '    behind = -1;\n    height = Math.max(height, parts.events.head() - 1);\n',
      },
    ],
    seeds: [3, 6, 7],
  },
  {
    name: 'a list forgets as of which height it is',
    patches: [
      {
        file: 'src/view/queries/outputs.ts',
        find: 'isSpentAt(sequence, index, this.asOf)',
        put: 'isSpentAt(sequence, index, this.context.reader.height())',
      },
    ],
    seeds: [4, 14, 76],
  },
];
