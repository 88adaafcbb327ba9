/** The runtime of a command that has no log of its own: warnings go to standard error as sentences. */

import { noFailpoints } from '../runtime/failpoints.js';
import type { Logger, Runtime } from '../runtime/runtime.js';
import { createSystemRuntime } from '../runtime/system-runtime.js';
import type { CommandContext } from './command-context.js';

export function commandRuntime(context: CommandContext): Runtime {
  const say = (event: string, fields?: Record<string, unknown>): void => {
    const message = fields?.message;
    context.err(`${typeof message === 'string' ? message : event}\n`);
  };
  const logger: Logger = { debug: () => undefined, info: () => undefined, warn: say, error: say };
  return createSystemRuntime({ logger: () => logger, failpoints: noFailpoints });
}
