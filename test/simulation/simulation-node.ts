/** One process of the simulator: its view can lose its last commits, and what it concludes is told to the chronicle. */

import { createDirectView } from '../../src/view/direct-view.js';
import type { ListQueries } from '../../src/view/list-queries.js';
import type { DecidedHeight, View, ViewRejection } from '../../src/view/view.js';
import { MemoryView } from '../support/memory-view.js';
import { type ProcessHost, SimulatedProcess } from '../support/simulated-process.js';
import type { SimulatedNode } from '../support/simulated-runtime.js';

/** What a view was told, commit by commit, so that the last commits can be undone as a power cut would. */
type Commit = (view: View) => Promise<void>;

export class SimulationNode extends SimulatedProcess {
  view: View;
  /** What can be asked of the view beyond point look-ups; null for the view in plain maps. */
  lists: ListQueries | null = null;
  /** It died for good, or is not there yet. */
  isLost = false;
  crashes = 0;
  /** How often it was started. */
  lives = 0;
  private commits: Commit[] = [];

  constructor(
    host: ProcessHost,
    simulated: SimulatedNode,
    keyring: readonly string[],
    private readonly hasSqliteView: boolean,
    private readonly onLife: (event: 'starts' | 'dies', life: number) => void,
  ) {
    super(host, simulated, keyring);
    this.view = this.openView();
    const forget = simulated.onCrash;
    simulated.onCrash = () => {
      if (this.up) {
        this.crashes += 1;
        this.onLife('dies', this.lives);
      }
      forget?.();
    };
  }

  override start(): void {
    this.lives += 1;
    this.onLife('starts', this.lives);
    super.start();
  }

  /** Whoever wants to start it, its supervisor too: what is lost does not come back. */
  override startAgain(): void {
    if (!this.isLost) super.startAgain();
  }

  /** Dies now, if it lives. */
  die(): void {
    this.crash();
  }

  /** Undoes the last commits of a view that nobody uses: SQLite in WAL mode with `synchronous=NORMAL` may lose them. */
  rollBackView(count: number): void {
    const kept = this.commits.slice(0, Math.max(0, this.commits.length - count));
    void this.view.close();
    this.commits = [];
    this.view = this.openView();
    // Both views have taken effect when the call returns.
    for (const commit of kept) void commit(this.view);
  }

  /** `bigchaindb rebuild`: the next life derives its view anew. */
  dropView(): void {
    this.rollBackView(this.commits.length);
  }

  /** Writes what its view was told into another one, in a file. */
  async copyView(path: string): Promise<void> {
    const copy = createDirectView({ path });
    for (const commit of this.commits) await commit(copy);
    await copy.close();
  }

  async closeView(): Promise<void> {
    await this.view.close();
  }

  private openView(): View {
    if (!this.hasSqliteView) return this.recorded(new MemoryView());
    const view = createDirectView({ path: ':memory:' });
    this.lists = view.lists;
    return this.recorded(view);
  }

  private recorded(view: View): View {
    const record = async (commit: Commit): Promise<void> => {
      await commit(view);
      this.commits.push(commit);
    };
    return {
      read: view.read,
      apply: (heights: readonly DecidedHeight[]) => record((each) => each.apply(heights)),
      addLateVotes: (votes) => record((each) => each.addLateVotes(votes)),
      addRejections: (rejections: readonly ViewRejection[], upToPosition: number) =>
        record((each) => each.addRejections(rejections, upToPosition)),
      rejectionPosition: () => view.rejectionPosition(),
      close: () => view.close(),
    };
  }
}
