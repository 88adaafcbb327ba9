/**
 * Where the parts of a provenance graph stand: transactions in layers from left to right, each to the right of all
 * that it spends, near the middle of them; behind each the outputs that nobody has spent. Pure geometry.
 */

export interface GraphTransaction {
  readonly id: string;
  readonly operation: string;
  readonly inputs: readonly { readonly fulfills?: GraphLink | null }[];
  readonly outputs: readonly {
    readonly index: number;
    readonly amount: string;
    readonly publicKeys: readonly string[];
    readonly spent: boolean;
  }[];
}

export interface GraphLink {
  readonly transactionId: string;
  readonly outputIndex: number;
}

export interface GraphNode {
  readonly key: string;
  readonly layer: number;
  readonly x: number;
  readonly y: number;
  readonly what:
    | { readonly kind: 'transaction'; readonly transaction: GraphTransaction }
    | { readonly kind: 'held'; readonly amount: string; readonly publicKeys: readonly string[] }
    | { readonly kind: 'more'; readonly count: number; readonly transactionId: string };
}

/** What one part took from another; of an output that is held, where it came from. */
export interface GraphEdge {
  readonly key: string;
  readonly from: GraphNode;
  readonly to: GraphNode;
  /** Left ends of the ways through the layers between. */
  readonly ways: readonly { readonly x: number; readonly y: number }[];
  readonly amount: string | null;
  /** Others end where this one ends. */
  readonly merges: boolean;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly width: number;
  readonly height: number;
}

export const NODE = { width: 168, height: 52, gapX: 76, gapY: 16, margin: 8 } as const;
/** Unspent outputs of one transaction that are drawn; the rest are counted. */
const HELD_MAX = 5;

interface Part {
  readonly key: string;
  /** Null: only a way for an edge that goes past this layer, so that it does not run behind a box. */
  readonly what: GraphNode['what'] | null;
  readonly parents: readonly { readonly key: string; readonly amount: string | null }[];
}

interface Place {
  readonly layer: number;
  readonly x: number;
  readonly y: number;
}

/** `transactions` in the order of the ledger or of their distance: parents may come in any order. */
export function layOut(transactions: readonly GraphTransaction[]): Graph {
  const found = partsOf(transactions);
  const layers = layersOf(found);
  const parts = withWays(found, layers);
  const rows = orderedRows(parts, layers);
  const inner = Math.max(NODE.height, ...rows.map(heightOfRow));
  const places = placesOf(rows, inner);
  const nodes = new Map<string, GraphNode>();
  for (const { key, what } of parts) {
    const place = places.get(key);
    if (what !== null && place !== undefined) nodes.set(key, { key, what, ...place });
  }
  return {
    nodes: [...nodes.values()],
    edges: edgesOf(parts, nodes, places),
    width: 2 * NODE.margin + Math.max(1, rows.length) * (NODE.width + NODE.gapX) - NODE.gapX,
    height: 2 * NODE.margin + inner,
  };
}

function heightOf(part: Part): number {
  return part.what === null ? 0 : NODE.height;
}

function heightOfRow(row: readonly Part[]): number {
  return row.reduce((sum, part) => sum + heightOf(part) + NODE.gapY, -NODE.gapY);
}

/** Each row in the middle of the height. */
function placesOf(rows: readonly (readonly Part[])[], inner: number): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const [layer, row] of rows.entries()) {
    const x = NODE.margin + layer * (NODE.width + NODE.gapX);
    let y = NODE.margin + (inner - heightOfRow(row)) / 2;
    for (const part of row) {
      places.set(part.key, { layer, x, y });
      y += heightOf(part) + NODE.gapY;
    }
  }
  return places;
}

/** An edge that goes past layers gets a way through each of them; their layers are added to `layers`. */
function withWays(parts: readonly Part[], layers: Map<string, number>): Part[] {
  return parts.flatMap((part) => {
    const ways: Part[] = [];
    const parents = part.parents.map((parent) => {
      let before = parent.key;
      const from = (layers.get(parent.key) ?? 0) + 1;
      for (let layer = from; layer < (layers.get(part.key) ?? 0); layer++) {
        const key = `${parent.key}>${part.key}@${layer}`;
        layers.set(key, layer);
        ways.push({ key, what: null, parents: [{ key: before, amount: null }] });
        before = key;
      }
      return { ...parent, key: before };
    });
    return [...ways, { ...part, parents }];
  });
}

function partsOf(transactions: readonly GraphTransaction[]): Part[] {
  const known = new Map(transactions.map((each) => [each.id, each]));
  return transactions.flatMap((transaction) => {
    const taken = new Map<string, bigint>();
    for (const { fulfills } of transaction.inputs) {
      const parent = fulfills == null ? undefined : known.get(fulfills.transactionId);
      if (fulfills == null || parent === undefined) continue;
      const amount = BigInt(parent.outputs[fulfills.outputIndex]?.amount ?? '0');
      taken.set(parent.id, (taken.get(parent.id) ?? 0n) + amount);
    }
    const parents = [...taken].map(([key, amount]) => ({ key, amount: String(amount) }));
    const own: Part = { key: transaction.id, what: { kind: 'transaction', transaction }, parents };
    return [own, ...heldOf(transaction)];
  });
}

function heldOf(transaction: GraphTransaction): Part[] {
  const unspent = transaction.outputs.filter((output) => !output.spent);
  const drawn = unspent.length > HELD_MAX ? unspent.slice(0, HELD_MAX - 1) : unspent;
  const parts = drawn.map(
    ({ index, amount, publicKeys }): Part => ({
      key: `${transaction.id}:${index}`,
      what: { kind: 'held', amount, publicKeys },
      parents: [{ key: transaction.id, amount: null }],
    }),
  );
  if (drawn.length === unspent.length) return parts;
  const what = { kind: 'more', count: unspent.length - drawn.length, transactionId: transaction.id } as const;
  return [
    ...parts,
    { key: `${transaction.id}:more`, what, parents: [{ key: transaction.id, amount: null }] },
  ];
}

/** Each part one layer to the right of the rightmost of its parents. */
function layersOf(parts: readonly Part[]): Map<string, number> {
  const byKey = new Map(parts.map((part) => [part.key, part]));
  const layers = new Map<string, number>();
  const waiting = parts.map((part) => part.key).reverse();
  // A ledger has no cycles; what a node makes up may have some, and then a part met twice stays where it is.
  const entered = new Set<string>();
  while (waiting.length > 0) {
    const key = waiting[waiting.length - 1] ?? '';
    const parents = byKey.get(key)?.parents ?? [];
    const missing = parents.filter((parent) => !layers.has(parent.key) && !entered.has(parent.key));
    entered.add(key);
    if (missing.length > 0 && !layers.has(key)) {
      waiting.push(...missing.map((parent) => parent.key));
      continue;
    }
    waiting.pop();
    if (layers.has(key)) continue;
    layers.set(key, Math.max(-1, ...parents.map((parent) => layers.get(parent.key) ?? -1)) + 1);
  }
  return layers;
}

/** Rows of each layer from the top, near the mean place of the parents. */
function orderedRows(parts: readonly Part[], layers: ReadonlyMap<string, number>): Part[][] {
  const rows: Part[][] = [];
  for (const part of parts) {
    const layer = layers.get(part.key) ?? 0;
    while (rows.length <= layer) rows.push([]);
    rows[layer]?.push(part);
  }
  const place = new Map<string, number>();
  for (const row of rows) {
    const wish = new Map(row.map((part, index) => [part, meanPlace(part, place) ?? index]));
    row.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
    for (const [index, part] of row.entries()) place.set(part.key, index - row.length / 2);
  }
  return rows;
}

function meanPlace(part: Part, place: ReadonlyMap<string, number>): number | null {
  const places = part.parents.flatMap(({ key }) => place.get(key) ?? []);
  return places.length === 0 ? null : places.reduce((sum, each) => sum + each, 0) / places.length;
}

function edgesOf(
  parts: readonly Part[],
  nodes: ReadonlyMap<string, GraphNode>,
  places: ReadonlyMap<string, Place>,
): GraphEdge[] {
  const byKey = new Map(parts.map((part) => [part.key, part]));
  return parts.flatMap((part) =>
    part.parents.flatMap(({ key, amount }) => {
      const ways: Place[] = [];
      let parent = byKey.get(key);
      while (parent?.what === null) {
        const way = places.get(parent.key);
        if (way !== undefined) ways.unshift(way);
        parent = byKey.get(parent.parents[0]?.key ?? '');
      }
      const from = nodes.get(parent?.key ?? '');
      const to = nodes.get(part.key);
      if (from === undefined || to === undefined) return [];
      return [{ key: `${from.key}>${to.key}`, from, to, ways, amount, merges: part.parents.length > 1 }];
    }),
  );
}
