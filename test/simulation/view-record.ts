/** What a node's view says at the end of a run, as plain values for the checkers. */

import type { ViewReader } from '../../src/view/view.js';
import type { ViewRecord } from './chronicle.js';

const ROWS = 1000;

export function recordView(node: string, view: ViewReader): ViewRecord {
  const heights: { height: number; blockId: string | null; status: string }[] = [];
  const spends = new Map<string, string>();
  for (let height = 0; height <= view.height(); height += 1) {
    const block = view.blockByHeight(height);
    heights.push({ height, blockId: block?.id ?? null, status: block?.status ?? 'passed' });
    if (block?.status !== 'valid') continue;
    for (const { id, text } of view.blockTransactions(height, 0, ROWS)) {
      const { outputs } = JSON.parse(text) as { outputs: unknown[] };
      outputs.forEach((_, index) => {
        const spender = view.spender(id, index);
        if (spender !== null) spends.set(`${id}:${index}`, spender.transactionId);
      });
    }
  }
  return { node, heights, spends };
}
