/** `FAILPOINT=name:hit` in the environment of a command: where a test lets the process die. */

import { SettingError } from '../config/setting-error.js';
import { createFailpoints, FailpointError, noFailpoints, parseFailpoint } from '../runtime/failpoints.js';
import type { Failpoints } from '../runtime/runtime.js';
import type { CommandContext } from './command-context.js';

/** Failpoints that do nothing unless the environment arms one. Throws SettingError for one that there is not. */
export function armedFailpoints(context: CommandContext): Failpoints {
  const armed = context.environment.FAILPOINT;
  if (armed === undefined || armed === '') return noFailpoints;
  try {
    return createFailpoints(parseFailpoint(armed));
  } catch (error) {
    if (error instanceof FailpointError) throw new SettingError('FAILPOINT', error.message);
    throw error;
  }
}
