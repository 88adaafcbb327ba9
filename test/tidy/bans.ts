/**
 * What no file of the node may do, where it is allowed all the same, and what to use instead. A ban without a
 * replacement is only a complaint, so each one names its own.
 */

import type { Finding } from './layers.js';
import type { FileFacts } from './syntax.js';

interface Ban {
  /** Names of uses that `syntax.ts` reports. */
  readonly what: readonly string[];
  readonly instead: string;
  readonly allowedIn: RegExp | null;
}

/** Time, chance and the process have one owner each, so that a simulation can own them all; in browsers, one file each. */
const TIME_OWNERS = /^src\/(runtime|config)\/|^src\/dashboard\/data\/browser\.ts$/;
const CHANCE_OWNERS = /^src\/(runtime|config)\/|^src\/dashboard\/crypto\/keys\.ts$/;
/** The entry points speak to the process they were started in. */
const ENTRIES = /^src\/(runtime|config|cli)\/|^src\/main\.ts$/;

const BANS: readonly Ban[] = [
  {
    what: ['Date.now', 'new Date()', 'Date()', 'performance.now'],
    instead: 'take the time from Runtime.clock (runtime/runtime.ts)',
    allowedIn: TIME_OWNERS,
  },
  {
    what: ['Math.random', 'random bytes'],
    instead: 'take chance from Runtime.random (runtime/runtime.ts)',
    allowedIn: CHANCE_OWNERS,
  },
  {
    what: ['setTimeout', 'setInterval', 'setImmediate'],
    instead: 'use Runtime.scheduler (runtime/runtime.ts)',
    // How long a stopping process may linger is a matter of the process, not of the node in it.
    allowedIn: new RegExp(`${ENTRIES.source}|${TIME_OWNERS.source}`),
  },
  {
    what: ['process'],
    instead:
      'take what is needed as an argument; config/ reads the environment, main.ts and cli/ own the process',
    allowedIn: ENTRIES,
  },
  {
    what: ['JSON.parse', 'JSON.stringify'],
    instead: 'use the lossless reader and the canonical writer of codec/: JSON loses 1.0 and big integers',
    // Settings, log lines and what a command prints are not ledger data.
    allowedIn: /^src\/(codec|config|runtime|cli)\/|^src\/main\.ts$/,
  },
  { what: ['any'], instead: 'use `unknown` and narrow it', allowedIn: null },
  { what: ['as unknown as'], instead: 'narrow the value with a check, or mend its type', allowedIn: null },
  {
    what: ['!'],
    instead: 'handle the missing value, or make the type say that it is there',
    allowedIn: null,
  },
  { what: ['console'], instead: 'log through Runtime.logger, print through cli/', allowedIn: null },
  { what: ['export default'], instead: 'export by name', allowedIn: null },
  { what: ['leftover'], instead: 'do it, or say in plain words why it is not done', allowedIn: null },
];

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*((\.d)?\.ts|\.tsx)$/;
/** Nobody reads what a program wrote. */
const GENERATED = /^src\/dashboard\/generated\//;

/** Every use of something banned among `files`. */
export function banFindings(files: readonly FileFacts[]): Finding[] {
  return files.flatMap((file) =>
    file.uses.flatMap((use) => {
      const ban = BANS.find((each) => each.what.includes(use.what));
      if (ban === undefined || ban.allowedIn?.test(file.path)) return [];
      return [{ path: file.path, line: use.line, message: `${use.what} is banned here: ${ban.instead}` }];
    }),
  );
}

/** Files and functions that a person can no longer hold in mind, barrels, and names out of line. */
export function shapeFindings(files: readonly FileFacts[]): Finding[] {
  return files.flatMap((file) => {
    if (GENERATED.test(file.path)) return [];
    const name = file.path.split('/').at(-1) ?? '';
    const found: Finding[] = file.functions
      .filter((each) => each.lines > FUNCTION_LINES_MAX)
      .map(({ name: fn, line, lines }) => ({
        path: file.path,
        line,
        message: `${fn} has ${lines} lines: split it (at most ${FUNCTION_LINES_MAX})`,
      }));
    const say = (message: string): number => found.push({ path: file.path, line: 1, message });
    if (file.lines > FILE_LINES_MAX) say(`${file.lines} lines: split it (at most ${FILE_LINES_MAX})`);
    if (name === 'index.ts' || file.onlyReExports) say('a barrel: import from the file that owns the name');
    if (!FILE_NAME.test(name)) say('file names are kebab-case');
    return found;
  });
}
