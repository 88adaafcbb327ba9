/**
 * The shipping `verify` on what a simulated store holds and what one node has seen, before and after somebody tampers with
 * the store (Z8): it must find nothing in what the run left behind, and then each act, by name.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '../../src/codec/hash.js';
import type { Finding, MembersFrom } from '../../src/ledger/audit-types.js';
import { createDirectChecker } from '../../src/ledger/checker-direct.js';
import { type VerifyResult, verify } from '../../src/node/verify.js';
import type { FactsReader } from '../../src/store/facts-reader.js';
import { SeededRandom } from '../support/simulated-random.js';
import { create } from '../support/transactions.js';
import type { Breach } from './checkers/all.js';
import type { SlowHeight } from './checkers/slow-ledger.js';
import type { Simulation } from './simulation.js';
import type { SimulationNode } from './simulation-node.js';
import { type Facts, TAMPERINGS, type Tampered, UNSEEN, VOTE_UNSEEN } from './tampering.js';

/** Of all seeds; their traces are none the different for it. */
const SHARE = 0.15;

export interface TamperingOutcome {
  readonly acts: number;
  readonly found: number;
  /** Why an act could not be found → how often. */
  readonly unseen: Readonly<Record<string, number>>;
  readonly breaches: readonly Breach[];
}

/** Of a seed in which nobody tampers. */
export const NOTHING: TamperingOutcome = { acts: 0, found: 0, unseen: {}, breaches: [] };

/** Tampers with the store of a run that is at rest, in some seeds. `heights` is what the checkers made of it. */
export async function tamper(
  simulation: Simulation,
  heights: readonly SlowHeight[],
  federationChanges: readonly MembersFrom[],
): Promise<TamperingOutcome> {
  const random = new SeededRandom(simulation.seed, 'tampering');
  const witness = simulation.nodes.find(({ isLost }) => !isLost);
  if (!random.chance(SHARE) || witness === undefined) return NOTHING;
  const folder = mkdtempSync(join(tmpdir(), 'simulation-'));
  try {
    const viewPath = join(folder, 'view.sqlite');
    await witness.copyView(viewPath);
    const audit = (facts: Facts): Promise<VerifyResult> =>
      verify({
        facts: readerOf(facts),
        viewPath,
        federationChanges,
        checker: createDirectChecker(witness.runtime),
        onProgress: () => undefined,
      });
    return await new TamperedStore(simulation, heights, witness, random, audit).run();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class TamperedStore {
  private found = 0;
  private acts = 0;
  private readonly unseen: Record<string, number> = {};
  private readonly breaches: Breach[] = [];
  private known = new Set<string>();

  constructor(
    private readonly simulation: Simulation,
    private readonly heights: readonly SlowHeight[],
    private readonly witness: SimulationNode,
    private readonly random: SeededRandom,
    private readonly audit: (facts: Facts) => Promise<VerifyResult>,
  ) {}

  async run(): Promise<TamperingOutcome> {
    const facts = this.facts();
    const before = await this.audit(facts);
    for (const { message } of before.breaches)
      this.breach(`finds in a store that nobody touched: ${message}`);
    this.known = new Set(findingsOf(before).map(nameOf));
    const blocks = new Map(facts.blocks.map((block) => [block.id, block]));
    const held = this.heights
      .filter(({ status }) => status !== 'passed' && status !== 'undecided')
      .flatMap(({ fact }) => blocks.get(fact.id) ?? []);
    for (const [what, act] of Object.entries(TAMPERINGS)) {
      const tampered = act(facts, held, this.random);
      if (tampered !== null) await this.judge(what, tampered);
    }
    return { acts: this.acts, found: this.found, unseen: this.unseen, breaches: this.breaches };
  }

  /** What the store holds at rest, and one entry that waits: at rest there may be none. */
  private facts(): Facts {
    const { facts } = this.simulation.store;
    const all = Number.MAX_SAFE_INTEGER;
    const { id, text } = create({ data: { tampered: String(this.simulation.seed) } });
    const entry = {
      transactionId: id,
      text,
      digest: sha256Hex(text),
      assignee: '',
      stamp: '',
      acceptedAtMs: 0,
    };
    const entries = facts.readBacklog(0, all);
    return {
      blocks: facts.readBlocks(0, all),
      votes: facts.allVotes(),
      rejections: facts.readRejections(0, all),
      entries: [...entries, { ...entry, position: (entries.at(-1)?.position ?? 0) + 1 }],
    };
  }

  private async judge(what: string, tampered: Tampered): Promise<void> {
    const result = await this.audit(tampered.facts);
    const news = findingsOf(result).filter((finding) => !this.known.has(nameOf(finding)));
    this.acts += 1;
    if (news.some((finding) => names(finding, tampered))) this.found += 1;
    else {
      const reason = UNSEEN[what] ?? this.voteUnseen(tampered);
      if (reason === null) this.breach(`does not find that ${what} (${tampered.names.join(' ')})`);
      else this.unseen[reason] = (this.unseen[reason] ?? 0) + 1;
    }
  }

  /** Views hold the votes that a node has read, which need not be all that anybody wrote. */
  private voteUnseen({ vote }: Tampered): string | null {
    if (vote === undefined) return null;
    const height = this.heights.find(({ fact }) => fact.id === vote.blockId)?.height ?? 0;
    const seen = this.witness.view.read.blockVotes(height);
    return seen.some(({ node, signature }) => node === vote.node && signature === vote.signature)
      ? null
      : VOTE_UNSEEN;
  }

  private breach(message: string): void {
    this.breaches.push({ invariant: 'Z8', message: `the audit ${message}` });
  }
}

function findingsOf({ breaches, evidence }: VerifyResult): Finding[] {
  return [...breaches, ...evidence];
}

function nameOf({ invariant, height, id, message }: Finding): string {
  return `${invariant} ${height} ${id} ${message}`;
}

function names(finding: Finding, { names: wanted, height }: Tampered): boolean {
  if (wanted.length === 0) return finding.severity === 'breach';
  if (height !== null && (finding.height === height || endsBelow(finding, height))) return true;
  return wanted.some((name) => finding.id === name || finding.message.includes(name));
}

/** Nothing that anybody voted on stands above: all that is known is how far the store goes and the view went. */
function endsBelow({ message }: Finding, height: number): boolean {
  return message.endsWith(height === 0 ? 'the store holds no height' : `heights up to ${height - 1}`);
}

/** Plain facts as `verify` reads those of a store. */
function readerOf(facts: Facts): FactsReader {
  const votesOf = new Map<string, Facts['votes'][number][]>();
  for (const vote of facts.votes) votesOf.set(vote.blockId, [...(votesOf.get(vote.blockId) ?? []), vote]);
  const ids = new Set(facts.blocks.map(({ id }) => id));
  return {
    importRecord: async () => null,
    head: async () => facts.blocks.at(-1)?.height ?? -1,
    async *blocks(from, to) {
      for (const block of facts.blocks)
        if (block.height >= from && block.height <= to) yield { block, votes: votesOf.get(block.id) ?? [] };
    },
    async *strayVotes() {
      for (const [blockId, votes] of votesOf) if (!ids.has(blockId)) yield { blockId, votes };
    },
    async *rejections() {
      yield* facts.rejections;
    },
    async *backlog() {
      yield* facts.entries;
    },
    close: async () => undefined,
  };
}
