/**
 * Planted bugs in how the store is asked: reads that miss what was acknowledged, and reads of what may still be lost.
 * Where they are the store's own, they stand in the simulated store: of a real one they are a read concern.
 */

import type { SourcePatch } from './load-sources.js';
import type { PlantedBug } from './planted-bugs.js';

const STORE = 'test/simulation/shared-store.ts';

/** The simulated store tells a copy of each durable change, and answers these reads from it. */
function answersFrom(copy: string, reads: readonly string[]): SourcePatch[] {
  const imported = "import { type Author, type FactChange, SharedFacts } from './shared-facts.js';\n";
  return [
    { file: STORE, find: imported, put: `${imported}import { ${copy} } from './store-copies.js';\n` },
    {
      file: STORE,
      find: '  readonly facts: SharedFacts;\n',
      put: `  facts: SharedFacts;\n  readonly copy = new ${copy}(this.options.world);\n`,
    },
    {
      file: STORE,
      find: 'new SharedFacts(options.record)',
      put: 'new SharedFacts((change, by) => {\n      options.record(change, by);\n      this.copy.take(change);\n    })',
    },
    ...reads.map((read) => ({
      file: STORE,
      find: `this.store.facts.${read}(`,
      put: `this.store.copy.facts.${read}(`,
    })),
  ];
}

export const BUGS_OF_READS: readonly PlantedBug[] = [
  {
    name: 'the store answers from a member that is behind',
    patches: answersFrom('LateCopy', ['backlogByTransaction', 'readBlocks', 'readVotes']),
    seeds: [4, 20],
  },
  {
    name: 'what is read may still be lost',
    patches: [
      ...answersFrom('EarlyCopy', ['readBlocks', 'readVotes']),
      {
        file: STORE,
        find: '      this.batch.push({ by, commit, lose });\n',
        put: '      this.batch.push({ by, commit, lose });\n      const { facts } = this;\n      this.facts = this.copy.facts;\n      apply();\n      this.facts = facts;\n',
      },
      {
        file: STORE,
        find: '    for (const write of lost) write.lose();\n',
        put: '    for (const write of lost) write.lose();\n    this.copy.fallBack(this.facts);\n',
      },
    ],
    seeds: [3, 5, 10],
  },
  {
    name: 'a look serves those who came after it began',
    patches: [
      {
        file: 'src/ledger/look.ts',
        find: '    if (this.gathering?.ids === ids) this.gathering = null;\n    try {',
        put: '    try {',
      },
      {
        file: 'src/ledger/look.ts',
        find: '      this.underWay -= 1;\n',
        put: '      this.underWay -= 1;\n      if (this.gathering?.ids === ids) this.gathering = null;\n',
      },
    ],
    seeds: [4, 6, 12],
  },
];
