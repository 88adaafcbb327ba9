/**
 * Opens the log as the settings say. A log file that was asked for must open; where the default one in the home folder
 * cannot be (a container with a read-only home), the node goes without it and says so.
 */

import type { ReadSettings } from '../config/read-settings.js';
import { SettingError } from '../config/setting-error.js';
import { LogFileError } from '../runtime/line-writer.js';
import { createLogging, type Logging } from '../runtime/logger.js';

/** `terminal`: standard error is one. Throws SettingError when a log file that was asked for cannot be opened. */
export function openLog({ settings, given }: ReadSettings, terminal: boolean): Logging {
  const { log } = settings;
  const text = log.formatConsole === 'text' || (log.formatConsole === 'auto' && terminal);
  let { file, errorFile } = log;
  const notes: string[] = [];
  for (;;) {
    try {
      const logging = createLogging({
        console: { level: log.levelConsole, format: text ? 'text' : 'json' },
        file: file === null ? null : { path: file, level: log.levelLogfile },
        errorFile: errorFile === null ? null : { path: errorFile },
        granularLevels: log.granularLevels,
      });
      for (const note of notes) logging.logger('cli').warn('log.no_file', { note });
      return logging;
    } catch (error) {
      if (!(error instanceof LogFileError)) throw error;
      const setting = error.path === file ? 'log.file' : 'log.error_file';
      if (given.has(setting)) throw new SettingError(setting, `Setting ${setting}: ${error.message}`);
      notes.push(`${setting}: ${error.message}`);
      if (setting === 'log.file') file = null;
      else errorFile = null;
    }
  }
}
