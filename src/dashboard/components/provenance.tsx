/** The way of an asset's shares as a drawing: transactions from left to right, at the end who holds them. */

import { useMemo } from 'react';
import {
  type GraphEdge,
  type GraphNode,
  type GraphTransaction,
  layOut,
  NODE,
} from '../data/provenance-layout.js';
import { href } from '../data/route.js';
import { counted, grouped, shortId } from '../data/words.js';
import { Scroll } from './basics.js';

/** Transactions that are drawn; the list has all of them. */
export const DRAWN_MAX = 80;

export function ProvenanceGraph({ transactions }: { readonly transactions: readonly GraphTransaction[] }) {
  const graph = useMemo(() => layOut(transactions.slice(0, DRAWN_MAX)), [transactions]);
  const { width, height } = graph;
  return (
    <Scroll className="graph" label="Provenance, from the CREATE on the left to the holders">
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the part around it has the name, and what is in it are links. */}
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {graph.edges.map((edge) => (
          <Edge key={edge.key} edge={edge} />
        ))}
        {graph.nodes.map((node) => (
          <Node key={node.key} node={node} />
        ))}
      </svg>
    </Scroll>
  );
}

/** The point of an edge's curve at three tenths of its way, by the weights of a cubic curve. */
const BEGINNING = { x: 0.342, y: 0.216 } as const;

function Edge({ edge: { from, to, ways, amount, merges } }: { readonly edge: GraphEdge }) {
  const end = { x: to.x, y: to.y + NODE.height / 2 };
  let at = { x: from.x + NODE.width, y: from.y + NODE.height / 2 };
  let last = at;
  let path = `M${at.x} ${at.y}`;
  for (const way of [...ways, end]) {
    last = at;
    const bend = (way.x - at.x) / 2;
    path += `C${at.x + bend} ${at.y} ${way.x - bend} ${way.y} ${way.x} ${way.y}`;
    at = { x: way.x + NODE.width, y: way.y };
    if (way !== end) path += `H${at.x}`;
  }
  // Where several edges end, each has its amount near its own beginning.
  const label = merges
    ? { x: last.x + BEGINNING.x * (end.x - last.x), y: last.y + BEGINNING.y * (end.y - last.y) + 4 }
    : { x: end.x - 6, y: end.y - 5 };
  return (
    <g className={to.what.kind === 'transaction' ? 'edge' : 'edge held'}>
      <path d={path} />
      {amount === null ? null : (
        <text {...label} textAnchor={merges ? 'middle' : 'end'}>
          {shortAmount(amount)}
        </text>
      )}
    </g>
  );
}

function shortAmount(amount: string): string {
  return amount.length <= 7 ? grouped(amount) : `≈${amount[0]}e${amount.length - 1}`;
}

function Node({ node: { what, x, y } }: { readonly node: GraphNode }) {
  switch (what.kind) {
    case 'transaction':
      return <TransactionNode transaction={what.transaction} x={x} y={y} />;
    case 'held': {
      const [first] = what.publicKeys;
      const owners =
        what.publicKeys.length === 1 && first !== undefined
          ? shortId(first)
          : counted(what.publicKeys.length, 'key together', 'keys together');
      const drawn = (
        <Box className="held" x={x} y={y} top={`${shortAmount(what.amount)} held`} bottom={owners} />
      );
      return first === undefined ? drawn : <a href={href.account(first)}>{drawn}</a>;
    }
    case 'more':
      return (
        <a href={href.transaction(what.transactionId)}>
          <Box className="held" x={x} y={y} top={counted(what.count, 'output')} bottom="more" />
        </a>
      );
  }
}

interface PlaceProps {
  readonly x: number;
  readonly y: number;
}

function TransactionNode({ transaction, x, y }: PlaceProps & { readonly transaction: GraphTransaction }) {
  const { id, operation } = transaction;
  return (
    <a href={href.transaction(id)} data-transaction={id}>
      <Box className={operation.toLowerCase()} x={x} y={y} top={operation} bottom={shortId(id)} />
    </a>
  );
}

interface BoxProps extends PlaceProps {
  readonly className: string;
  readonly top: string;
  readonly bottom: string;
}

function Box({ className, x, y, top, bottom }: BoxProps) {
  return (
    <g className={`node ${className}`} transform={`translate(${x} ${y})`}>
      <rect width={NODE.width} height={NODE.height} rx="6" />
      <rect className="bar" width="4" height={NODE.height} rx="2" />
      <text x="14" y="21" className="top">
        {top}
      </text>
      <text x="14" y="40" className="bottom">
        {bottom}
      </text>
    </g>
  );
}
