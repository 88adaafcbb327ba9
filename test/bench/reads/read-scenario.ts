/** What all scenarios of reads share: a node that has caught up with a ledger made for it, pinned to its core. */

import { NodeClient } from '../../support/process-client.js';
import { NodeFolder, type NodeProcess } from '../../support/process-node.js';
import type { BenchOptions, Figure } from '../harness.js';
import { pinned } from './pinned.js';
import { INDEXED_PATH, makeReadLedger, type ReadLedger } from './read-ledger.js';

const LOOK_MS = 100;

export type AddFigure = (name: string, value: number, unit: string, target?: Figure['target']) => void;

/** Runs `use` with the node and what it stores; `use` adds the figures. */
export async function withReadLedger(
  scenario: string,
  options: BenchOptions,
  use: (node: NodeProcess, ledger: ReadLedger, add: AddFigure) => Promise<void>,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  const add: AddFigure = (name, value, unit, target = null) => {
    figures.push({ scenario, name, value, unit, target });
  };
  const folder = new NodeFolder({
    readyTimeoutMs: 120_000,
    settings: { view: { payload_indexes: [INDEXED_PATH] } },
  });
  try {
    const made = performance.now();
    const ledger = await makeReadLedger(folder, options.readStored);
    options.say(`  ${ledger.count} transactions made in ${seconds(made)} s`);
    add('transactions stored', ledger.count, '');
    const node = await startCaughtUp(folder, ledger, add);
    await pinned(node.pid, () => use(node, ledger, add));
    await node.stop();
    return figures;
  } finally {
    await folder.dispose();
  }
}

async function startCaughtUp(folder: NodeFolder, ledger: ReadLedger, add: AddFigure): Promise<NodeProcess> {
  const node = await folder.start();
  const client = new NodeClient(node.http);
  while ((await client.transactionCount()) < ledger.count)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  const took = (performance.now() - node.startedAtMs) / 1000;
  add('caught up with them from an empty view, both cores', ledger.count / took, '1/s');
  return node;
}

function seconds(sinceMs: number): string {
  return ((performance.now() - sinceMs) / 1000).toFixed(1);
}
