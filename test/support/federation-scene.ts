/** A simulated federation as its operators see it: submit here, wait until it is decided there, stop, edit, start. */

import type { MadeTransaction } from '../../src/model/make-transaction.js';
import { type FederationNode, FederationWorld } from './federation-world.js';
import type { NodeSettings } from './simulated-process.js';
import { create } from './transactions.js';

const DECIDED_MS = 120_000;

export class Scene {
  readonly federation: FederationWorld;
  private serial = 0;

  private constructor(
    private readonly seed: number,
    members: readonly string[],
    others: readonly string[],
  ) {
    this.federation = new FederationWorld(seed, {
      members,
      others,
      faultRate: 0,
      latencyMs: 5,
      timerJitterMs: 2,
    });
  }

  /** Starts the members; the others wait. */
  static async open(
    seed: number,
    members: readonly string[],
    others: readonly string[] = [],
  ): Promise<Scene> {
    const scene = new Scene(seed, members, others);
    await scene.start(members);
    return scene;
  }

  node(name: string): FederationNode {
    const found = this.federation.nodes.find((node) => node.name === name);
    if (found === undefined) throw new Error(`there is no node ${name}`);
    return found;
  }

  nodes(names: readonly string[]): FederationNode[] {
    return names.map((name) => this.node(name));
  }

  /** Starts nodes, under new settings if given, and waits until each is ready. */
  async start(names: readonly string[], changes?: NodeSettings['changes']): Promise<void> {
    for (const node of this.nodes(names)) this.configure(node.name, changes);
    for (const node of this.nodes(names)) node.startAgain();
    await this.until(() => this.nodes(names).every((node) => node.core?.access.notReady().length === 0));
  }

  /** What the operator of `name` writes: the list of changes, and the keyring that goes with its last list. */
  configure(name: string, changes?: NodeSettings['changes']): void {
    const last = changes?.at(-1);
    if (changes === undefined || last === undefined) return;
    const keyring = last.members.filter((member) => member !== name);
    this.node(name).settings = { keyring, changes };
  }

  /** Stops and starts with other settings, one node after the other, as operators do. */
  async reconfigure(names: readonly string[], changes: NodeSettings['changes']): Promise<void> {
    for (const name of names) {
      this.node(name).crash();
      await this.start([name], changes);
    }
  }

  /** Submits a CREATE at one node; its id. */
  async submit(at: string): Promise<string> {
    return this.submitMade(at, create({ data: { seed: this.seed, serial: this.serial++ } }));
  }

  async submitMade(at: string, made: MadeTransaction): Promise<string> {
    const { core } = this.node(at);
    if (core === null) throw new Error(`${at} is down`);
    const [outcome] = await this.federation.world.settle(core.access.submit([made.text]), 10_000);
    if (outcome?.accepted !== true) throw new Error(`${at} refused: ${JSON.stringify(outcome)}`);
    return made.id;
  }

  /** Submits at one node and waits until the transaction is valid at all of `names`. */
  async decide(at: string, names: readonly string[]): Promise<string> {
    const id = await this.submit(at);
    await this.validAt(id, names);
    return id;
  }

  async validAt(id: string, names: readonly string[]): Promise<void> {
    const states = (): unknown[] =>
      this.nodes(names).map((node) => node.core?.access.transactionState(id)?.status);
    await this.until(() => states().every((status) => status === 'valid'));
  }

  async until(condition: () => boolean): Promise<void> {
    if (await this.federation.world.runUntil(condition, DECIDED_MS)) return;
    const failures = this.federation.nodes.flatMap((node) =>
      node.failures.map((each) => `${node.name}: ${each.message}`),
    );
    throw new Error(`it never came to that. Failures: ${failures.join('; ') || 'none'}`);
  }

  /** The last decided height of a node. */
  decidedHeight(name: string): number {
    return this.node(name).core?.state.decidedHeight ?? -1;
  }

  /** Every height as the node has it: block, status and how many were to vote. */
  history(name: string): string[] {
    return this.node(name).view.heights.map(
      ({ block }) => `${block?.id ?? 'no block'} ${block?.status} ${block?.votes.length}`,
    );
  }

  /** Heights, blocks and statuses, without the votes, of which a node may have seen more than another. */
  decisions(name: string): string[] {
    return this.node(name).view.heights.map(({ height, block }) => `${height} ${block?.id} ${block?.status}`);
  }
}
