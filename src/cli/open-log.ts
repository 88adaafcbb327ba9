/** Opens the log as the settings say. A log file that was asked for must open; the default one may be missing. */

import { SettingError } from '../config/setting-error.js';
import type { Settings } from '../config/settings.js';
import { createLogging, type Logging } from '../runtime/logger.js';

/** `terminal`: standard error is one. Throws SettingError when a log file cannot be opened. */
export function openLog(settings: Settings, terminal: boolean): Logging {
  const { log } = settings;
  const text = log.formatConsole === 'text' || (log.formatConsole === 'auto' && terminal);
  try {
    return createLogging({
      console: { level: log.levelConsole, format: text ? 'text' : 'json' },
      file: log.file === null ? null : { path: log.file, level: log.levelLogfile },
      errorFile: log.errorFile === null ? null : { path: log.errorFile },
      granularLevels: log.granularLevels,
    });
  } catch (error) {
    const { path, message } = error as NodeJS.ErrnoException;
    const setting = path === log.errorFile ? 'log.error_file' : 'log.file';
    throw new SettingError(setting, `Setting ${setting}: ${message}`);
  }
}
