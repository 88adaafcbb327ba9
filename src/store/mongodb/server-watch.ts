/**
 * What the driver's monitors say of the servers: whether there is a primary, and whether the driver is stuck. Driver 7.8
 * (and 7.9) waits for ever for a socket to drain that was destroyed and has not said so yet (`Connection.writeCommand`).
 * A monitor in this state finds no server again, a connection of the pool in this state is never given back: only a new
 * client helps. Servers since 4.4 announce changes by themselves, so that monitors write only once; those of a server
 * that is polled are stuck nearly whenever all of its connections are cut at once.
 */

import type { MongoClient } from 'mongodb';
import type { Clock } from '../../runtime/runtime.js';

/** A monitor that waits for a change is answered within the driver's heartbeat interval. */
const HEARTBEAT_MS = 10_000;
const MARGIN_MS = 2_000;

export class ServerWatch {
  hasPrimary = true;
  /** Counts the times a primary was found, to tell «never sent» from «sent, and then lost». */
  primariesFound = 0;
  /** When each server's greeting that is under way must be answered or given up. */
  private readonly due = new Map<string, number>();
  private unanswered = false;

  constructor(
    client: MongoClient,
    private readonly clock: Clock,
    connectTimeoutMs: number,
  ) {
    client.on('topologyDescriptionChanged', ({ newDescription }) => {
      const primary = [...newDescription.servers.values()].some(({ type }) => type === 'RSPrimary');
      if (primary && !this.hasPrimary) this.primariesFound += 1;
      this.hasPrimary = primary;
    });
    client.on('serverHeartbeatStarted', ({ connectionId, awaited }) => {
      const allowedMs = connectTimeoutMs + MARGIN_MS + (awaited ? HEARTBEAT_MS : 0);
      this.due.set(connectionId, clock.monotonicMs() + allowedMs);
    });
    client.on('serverHeartbeatSucceeded', ({ connectionId }) => this.due.delete(connectionId));
    client.on('serverHeartbeatFailed', ({ connectionId }) => this.due.delete(connectionId));
    client.on('serverClosed', ({ address }) => this.due.delete(address));
  }

  /** A call was not answered although every command of it should have been given up before. */
  noteUnanswered(): void {
    this.unanswered = true;
  }

  /** Some monitor, or call, should have come back by now and did not. */
  get isStuck(): boolean {
    if (this.unanswered) return true;
    const now = this.clock.monotonicMs();
    return [...this.due.values()].some((due) => now > due);
  }
}
