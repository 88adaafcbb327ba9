/** `show-config`: the settings in force, on standard output, every secret crossed out (1.0.1 showed passwords). */

import { configurationText, redactedDocument } from '../config/write-settings.js';
import { type CommandContext, readSettingsAloud } from './command-context.js';

export function showConfig(context: CommandContext): number {
  context.out(configurationText(redactedDocument(readSettingsAloud(context).flat)));
  return 0;
}
