/** I22: views hold every height from 0 on, and a view that is derived anew holds the same ones. */

import type { Checker } from '../chronicle.js';

export const heightsAreContiguous: Checker = (chronicle) => {
  const found: string[] = [];
  const histories = chronicle.views.map(({ node, heights }) => {
    const gap = heights.findIndex(({ height }, index) => height !== index);
    if (gap >= 0) found.push(`${node} lacks height ${gap}`);
    return {
      node,
      text: heights.map(({ height, blockId, status }) => `${height} ${blockId} ${status}`).join('\n'),
    };
  });
  const rebuilt = histories.find(({ node }) => node === 'rebuilt');
  for (const { node, text } of histories)
    if (rebuilt !== undefined && !rebuilt.text.startsWith(text) && !text.startsWith(rebuilt.text))
      found.push(`${node} has another history than the view that was derived from the store alone`);
  return found;
};
