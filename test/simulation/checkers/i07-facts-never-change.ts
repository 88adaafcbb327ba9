/** I7: blocks, votes and rejections never change or vanish once they are durable, and no height is taken twice. */

import { type Checker, eventsOf } from '../chronicle.js';
import { sha256 } from './documents.js';

export const factsNeverChange: Checker = (chronicle) => {
  const { blocks, votes, rejections } = chronicle.facts;
  const standing = new Set(
    [...blocks, ...votes, ...rejections].map((fact) => sha256(JSON.stringify(textsOf(fact)))),
  );
  const seen = [
    ...eventsOf(chronicle, 'block').map(({ block }) => ({ name: `block ${block.id}`, fact: block })),
    ...eventsOf(chronicle, 'vote').map(({ vote }) => ({ name: `vote ${vote.signature}`, fact: vote })),
    ...eventsOf(chronicle, 'rejection').map(({ rejection }) => ({
      name: `rejection ${rejection.digest}`,
      fact: rejection,
    })),
  ];
  const gone = seen
    .filter(({ fact }) => !standing.has(sha256(JSON.stringify(textsOf(fact)))))
    .map(({ name }) => `${name} was durable and is gone or changed`);
  const heights = blocks.map(({ height }) => height);
  const twice = heights.filter((height, index) => heights.indexOf(height) !== index);
  return [...gone, ...twice.map((height) => `height ${height} is taken twice`)];
};

/** The parts of a fact that are promised, whatever else a store keeps beside them. */
function textsOf(fact: object): unknown[] {
  const names = [
    'height',
    'id',
    'blockId',
    'node',
    'digest',
    'transactionId',
    'signature',
    'parent',
    'claimSignature',
    'text',
  ];
  return names.map((name) => (fact as Record<string, unknown>)[name] ?? null);
}
