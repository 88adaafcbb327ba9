/** The search: run the corpus, then mutations of it; keep what reaches a block that never ran; stop at a finding. */

import { writeFileSync } from 'node:fs';
import { SeededRandom } from '../support/simulated-random.js';
import type { Corpus } from './corpus.js';
import { BlockCoverage } from './coverage.js';
import { mutated, type Pool } from './mutator.js';
import type { FuzzTarget } from './target.js';

/** A single input must be done by then: what takes longer is a finding too. */
const INPUT_MS_MAX = 2000;

export interface FuzzResult {
  readonly target: string;
  readonly executions: number;
  readonly milliseconds: number;
  /** Inputs that reached something new, the seeds among them. */
  readonly corpus: readonly Buffer[];
  readonly blocks: number;
  readonly finding: Finding | null;
}

export interface Finding {
  readonly input: Buffer;
  readonly error: Error;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly milliseconds: number;
  readonly corpus: Corpus;
  /** Look at the coverage after each stored input, so that those that reach nothing of their own are left out. */
  readonly attribute: boolean;
  /** A file that holds the input under way, for whoever finds this process dead; only for targets of single inputs. */
  readonly lastInput: string;
}

export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzResult> {
  const search = new Search(target, options);
  await target.open?.();
  try {
    return await search.run();
  } finally {
    await target.close?.();
  }
}

class Search {
  private readonly coverage = new BlockCoverage();
  private readonly random: SeededRandom;
  private readonly dictionary: readonly Buffer[];
  private readonly kept: Buffer[] = [];
  private readonly startedAt = performance.now();
  private executions = 0;
  private finding: Finding | null = null;

  constructor(
    private readonly target: FuzzTarget,
    private readonly options: FuzzOptions,
  ) {
    this.random = new SeededRandom('fuzz', target.name, options.seed);
    this.dictionary = target.dictionary.map((word) => Buffer.from(word));
  }

  async run(): Promise<FuzzResult> {
    const { target, options } = this;
    try {
      await this.runFirst();
      while (this.finding === null && this.elapsed() < options.milliseconds) await this.runBatch();
    } finally {
      this.coverage.stop();
    }
    return {
      target: target.name,
      executions: this.executions,
      milliseconds: this.elapsed(),
      corpus: this.kept,
      blocks: this.coverage.size,
      finding: this.finding,
    };
  }

  /** The corpus and the seeds. Which of them reach what is only asked when the corpus is about to be written anew. */
  private async runFirst(): Promise<void> {
    const { target, options } = this;
    const stored = [...options.corpus.crashes(target.name), ...options.corpus.inputs(target.name)];
    const inputs = [...stored, ...target.seeds().map((seed) => Buffer.from(seed))];
    if (options.attribute) {
      for (const input of inputs) await this.runOne(input);
      return;
    }
    for (const input of inputs) if (await this.execute(input)) this.kept.push(input);
    this.coverage.takeNew();
  }

  /** One look at the coverage for all: only a batch that found something new is run again, one by one. */
  private async runBatch(): Promise<void> {
    const { target } = this;
    const pool: Pool = { corpus: this.kept, dictionary: this.dictionary };
    const inputs = Array.from({ length: target.batch }, () => {
      const from = this.kept.length === 0 ? Buffer.alloc(0) : this.random.pick(this.kept);
      return mutated(this.random, from, pool, target.bytesMax);
    });
    if (target.batch === 1) return this.runOne(inputs[0] ?? Buffer.alloc(0));
    for (const input of inputs) if (!(await this.execute(input))) return;
    if (this.coverage.takeNew() === 0) return;
    this.coverage.forgetLast();
    for (const input of inputs) await this.runOne(input);
  }

  private async runOne(input: Buffer): Promise<void> {
    if (!(await this.execute(input))) return;
    if (this.coverage.takeNew() > 0) this.kept.push(input);
  }

  /** False when it was a finding. */
  private async execute(input: Buffer): Promise<boolean> {
    if (this.finding !== null) return false;
    this.executions += 1;
    if (this.target.batch === 1) writeFileSync(this.options.lastInput, input);
    const startedAt = performance.now();
    try {
      await this.target.run(input);
    } catch (error) {
      this.finding = { input, error: error instanceof Error ? error : new Error(String(error)) };
      return false;
    }
    const milliseconds = performance.now() - startedAt;
    if (milliseconds <= INPUT_MS_MAX) return true;
    this.finding = { input, error: new Error(`took ${Math.round(milliseconds)} ms`) };
    return false;
  }

  private elapsed(): number {
    return performance.now() - this.startedAt;
  }
}
