/** One line on a terminal that says how far a long command is; nothing where standard error is no terminal. */

import { systemClock } from '../runtime/system-runtime.js';
import type { CommandContext } from './command-context.js';

/** People read no faster. */
const SHOWN_EVERY_MS = 200;
/** Back to the start of the line, and nothing on it. */
const CLEAR_LINE = '\r\u001b[K';

export interface Progress {
  /** Shows a text in place of the last one; cheap to call often. */
  show(text: () => string): void;
  /** Clears the line. */
  end(): void;
  /** Since the progress was made. */
  seconds(): number;
}

export function createProgress(context: CommandContext): Progress {
  const startMs = systemClock.monotonicMs();
  let shownMs = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    show(text) {
      if (!context.terminal) return;
      const nowMs = systemClock.monotonicMs();
      if (nowMs - shownMs < SHOWN_EVERY_MS) return;
      shownMs = nowMs;
      shown = true;
      context.err(`${CLEAR_LINE}${text()}`);
    },
    end() {
      if (shown) context.err(CLEAR_LINE);
      shown = false;
    },
    seconds: () => (systemClock.monotonicMs() - startMs) / 1000,
  };
}

/** `1,234,567`. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
