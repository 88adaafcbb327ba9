/**
 * What the driver's monitors say of the servers: whether there is a primary, and whether a monitor is stuck. Driver
 * 7.8 may wait for ever for the answer to a greeting whose connection was torn down in the same moment, and then finds
 * no server again; only a new client helps.
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

  /** Some monitor should have come back by now and did not. */
  get isStuck(): boolean {
    const now = this.clock.monotonicMs();
    return [...this.due.values()].some((due) => now > due);
  }
}
