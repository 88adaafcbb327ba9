/** Names of assignments: unique among all nodes and processes, without asking for chance each time. */

import { encodeBase58 } from '../codec/base58.js';
import type { Random } from '../runtime/runtime.js';

export class Stamps {
  private readonly prefix: string;
  private count = 0;

  constructor(random: Random) {
    this.prefix = encodeBase58(random.bytes(12));
  }

  /** A stamp that no other call, process or node gives. */
  next(): string {
    this.count += 1;
    return `${this.prefix}.${this.count}`;
  }
}
