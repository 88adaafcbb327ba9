/** What the doors of a federation say of everything that was acknowledged, once all of them are at rest. */

import { setTimeout as delay } from 'node:timers/promises';
import { NodeClient } from './process-client.js';
import type { Door } from './process-federation.js';

const LOOK_MS = 200;
const BLOCKS_PER_PAGE = 100;

/** What one door says: VALID, or the code of a rejection, by id. */
export class Outcomes {
  readonly decided = new Map<string, string>();
  height = -1;
  /** Why the last reading failed; null when it did not. */
  failure: string | null = null;

  constructor(
    readonly name: string,
    private readonly client: NodeClient,
    private readonly ids: readonly string[],
  ) {}

  /** Asks for all that is not valid: a rejection is not final, a valid block overrides it. */
  async read(): Promise<void> {
    try {
      const open = this.ids.filter((id) => this.decided.get(id) !== 'VALID');
      const statuses = await this.client.statuses(open);
      for (const [index, id] of open.entries()) await this.note(id, statuses[index] ?? null);
      const { ledger } = await this.client.query<{ ledger: { height: number } }>('{ ledger { height } }');
      this.height = ledger.height;
      this.failure = null;
    } catch (error) {
      // A door that cannot reach the store says so; the caller's time bounds it.
      this.failure = String(error);
    }
  }

  private async note(id: string, status: string | null): Promise<void> {
    const outcome = status === null ? await this.client.rejectionCode(id) : status;
    if (outcome === 'VALID' || (status === null && outcome !== null)) this.decided.set(id, outcome);
    else this.decided.delete(id);
  }

  isValid(id: string): boolean {
    return this.decided.get(id) === 'VALID';
  }
}

/** Asks every door until all stand at one height, know every id, and agree; or until the time is up. */
export async function untilAtRest(
  doors: readonly Door[],
  ids: readonly string[],
  timeoutMs: number,
): Promise<readonly Outcomes[]> {
  const deadline = performance.now() + timeoutMs;
  const all = doors.map((door) => new Outcomes(door.name, new NodeClient(door.http ?? 'http://down'), ids));
  for (;;) {
    await Promise.all(all.map((each) => each.read()));
    if (disagreements(all, ids).length === 0 || performance.now() > deadline) return all;
    await delay(LOOK_MS);
  }
}

/** Why these doors are not at rest: one sentence per door and reason. */
export function disagreements(all: readonly Outcomes[], ids: readonly string[]): string[] {
  const [first] = all;
  return all.flatMap((each) => {
    const missing = ids.filter((id) => !each.decided.has(id));
    const other = ids.filter((id) => each.isValid(id) !== first?.isValid(id));
    return [
      ...(each.failure === null ? [] : [`${each.name} does not answer: ${each.failure}`]),
      ...(missing.length === 0 ? [] : [`${each.name} does not know ${missing.length}, e.g. ${missing[0]}`]),
      ...(other.length === 0 ? [] : [`${each.name} disagrees about ${other.length}, e.g. ${other[0]}`]),
      ...(each.height === first?.height
        ? []
        : [`${each.name} stands at ${each.height}, not ${first?.height}`]),
    ];
  });
}

export interface ListedBlock {
  readonly id: string;
  readonly height: number;
  readonly status: string;
}

/** All decided blocks as one door lists them, by height. */
export async function listBlocks(http: string): Promise<Map<number, ListedBlock>> {
  const client = new NodeClient(http);
  const query = `query ($after: Cursor) { blocks(first: ${BLOCKS_PER_PAGE}, after: $after) {
    nodes { id height status } pageInfo { hasNextPage endCursor } } }`;
  const listed = new Map<number, ListedBlock>();
  for (let after: string | null = null; ; ) {
    const { blocks }: BlockPage = await client.query<BlockPage>(query, { after });
    for (const block of blocks.nodes) listed.set(block.height, block);
    if (!blocks.pageInfo.hasNextPage) return listed;
    after = blocks.pageInfo.endCursor;
  }
}

interface BlockPage {
  readonly blocks: {
    readonly nodes: readonly ListedBlock[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}
