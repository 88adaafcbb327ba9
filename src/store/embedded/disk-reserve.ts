/**
 * Room on the disk that is given up when it fills: what was acknowledged can then still be decided and cleared, while
 * new transactions are refused. It is a file of zeros beside the store; deleting it by hand does no harm.
 */

import { closeSync, existsSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A few blocks of ordinary size, with the log they pass through. */
const RESERVE_BYTES_MAX = 16 * 1024 * 1024;
/** On a small disk: this part of it. */
const RESERVE_PART = 1 / 16;
const CHUNK_BYTES = 1024 * 1024;

/** Gives up the reserve of the store at `path`, so that a store can be opened on a full disk. True when there was one. */
export function giveUpReserve(path: string): boolean {
  const file = reserveFile(path);
  const held = existsSync(file);
  rmSync(file, { force: true });
  return held;
}

function reserveFile(path: string): string {
  return `${path}-reserve`;
}

export class DiskReserve {
  private readonly file: string;
  private readonly bytes: number;
  private givenUp = false;

  /** Takes the reserve if there is room, for the store at `path`. */
  constructor(private readonly path: string) {
    this.file = reserveFile(path);
    const { blocks, bsize } = statfsSync(dirname(path));
    this.bytes = Math.min(RESERVE_BYTES_MAX, Math.floor(blocks * bsize * RESERVE_PART));
    if (!existsSync(this.file)) this.takeIfRoom();
  }

  /** New transactions are to be refused: the room that is left belongs to those that were acknowledged. */
  get tight(): boolean {
    return this.givenUp;
  }

  /** After a write found the disk full. True when that made room: the write may be tried again, once. */
  giveUp(): boolean {
    this.givenUp = true;
    return giveUpReserve(this.path);
  }

  /** Takes the room back once there is plenty; then the disk is no longer tight. */
  restore(): void {
    if (this.givenUp) this.takeIfRoom();
  }

  private takeIfRoom(): void {
    if (this.freeBytes() < 2 * this.bytes) {
      this.givenUp = true;
      return;
    }
    this.givenUp = !this.take();
  }

  private take(): boolean {
    try {
      const descriptor = openSync(this.file, 'w', 0o600);
      try {
        const zeros = Buffer.alloc(Math.min(CHUNK_BYTES, this.bytes));
        let left = this.bytes;
        while (left > 0) left -= writeSync(descriptor, zeros, 0, Math.min(left, zeros.length));
        return true;
      } finally {
        closeSync(descriptor);
      }
    } catch {
      // Somebody else took the room meanwhile: what was written must not stand in anybody's way.
      rmSync(this.file, { force: true });
      return false;
    }
  }

  private freeBytes(): number {
    const { bavail, bsize } = statfsSync(dirname(this.file));
    return bavail * bsize;
  }
}
