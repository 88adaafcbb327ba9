/**
 * Clients at all doors of a federation at once. Each remembers what it was told, and after every 202 asks another door
 * for the status: a 404 there is a false one. Some spend one output twice, at two doors at the same moment.
 */

import { NodeClient } from './process-client.js';
import type { Door } from './process-federation.js';
import type { SeededRandom } from './simulated-random.js';
import { create, spend, to, transfer } from './transactions.js';

interface Made {
  readonly id: string;
  readonly text: string;
}

export class FederationLoad {
  /** Ids that a door answered with 202. */
  readonly acknowledged = new Set<string>();
  /** Pairs of transactions that spend the same output. */
  readonly rivals: (readonly [string, string])[] = [];
  /** A 404 after a 202: at which door, for which id. */
  readonly falseMisses: string[] = [];
  /** Answers that no right transaction may get. */
  readonly wrong: string[] = [];
  /** Statuses that were asked for right after a 202, and answered. */
  looks = 0;
  private serial = 0;
  private stopped = false;
  private running: Promise<void>[] = [];

  constructor(
    private readonly name: string,
    private readonly doors: readonly Door[],
    private readonly random: SeededRandom,
  ) {}

  /** `clientsPerDoor` clients post at each door, one transaction after the other, until `stop`. */
  start(clientsPerDoor: number): void {
    this.running = this.doors.flatMap((door) =>
      Array.from({ length: clientsPerDoor }, () => this.client(door)),
    );
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  private async client(door: Door): Promise<void> {
    while (!this.stopped) {
      const made = create({ by: 'alice', data: { load: this.name, serial: this.serial++ } });
      const accepted = await this.post(door, made, [202]);
      if (accepted && this.random.integer(4) === 0) await this.spendTwice(made);
      // A door that is down is tried again a little later.
      if (door.http === null) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The rivals may be refused, at the door or later; never may both be valid. */
  private async spendTwice(made: ReturnType<typeof create>): Promise<void> {
    const to1 = transfer(made.id, [spend(made, 0, 'alice')], [to('bob')], { serial: this.serial++ });
    const to2 = transfer(made.id, [spend(made, 0, 'alice')], [to('carol')], { serial: this.serial++ });
    this.rivals.push([to1.id, to2.id]);
    const [one, other] = [this.random.pick(this.doors), this.random.pick(this.doors)];
    await Promise.all([this.post(one, to1, [202, 400]), this.post(other, to2, [202, 400])]);
  }

  /** True when the door acknowledged it. 503 and no answer at all say nothing about the transaction. */
  private async post(door: Door, made: Made, expected: readonly number[]): Promise<boolean> {
    const { http } = door;
    if (http === null) return false;
    const answer = await new NodeClient(http).post(made.text).catch(() => null);
    if (answer === null || answer.status === 503) return false;
    if (!expected.includes(answer.status))
      this.wrong.push(`${door.name} answered ${answer.status} ${answer.text}`);
    if (answer.status !== 202) return false;
    this.acknowledged.add(made.id);
    await this.lookAt(made.id);
    return true;
  }

  private async lookAt(id: string): Promise<void> {
    const door = this.random.pick(this.doors);
    const { http } = door;
    if (http === null) return;
    const answer = await new NodeClient(http).get(`/api/v1/statuses?transaction_id=${id}`).catch(() => null);
    if (answer === null || answer.status === 503) return;
    this.looks += 1;
    // 1.0.1 has no word for a rejected transaction: it answers 404, and the store's signed rejection tells why.
    if (answer.status === 404 && (await this.rejectionAt(http, id)) === null)
      this.falseMisses.push(`${door.name} ${id}`);
  }

  /** A door that dies meanwhile has not denied anything. */
  private rejectionAt(http: string, id: string): Promise<string | null> {
    return new NodeClient(http).rejectionCode(id).catch(() => 'no answer');
  }
}
