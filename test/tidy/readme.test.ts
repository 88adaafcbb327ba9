// Danger: a README that names a command, a setting or a file that is not there any more.
// Method: collect every one it names and look for it. That its walk runs is test/faults/readme-walk.test.ts.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environmentVariable, SETTING_PATHS } from '../../src/config/settings.js';
import { FAILPOINT_NAMES } from '../../src/runtime/failpoints.js';
import { codeSpans, fencedBlocks } from './readme-blocks.js';
import { listFiles, ROOT, readText } from './source-files.js';

/** Texts for people, which all keep to the same rules. */
const TEXTS = ['README.md', 'src/README.md', 'schema/README.md'].filter((path) =>
  existsSync(join(ROOT, path)),
);
const commandSource = readText('src/cli/program.ts') + readText('src/cli/care-commands.ts');
const scripts = Object.keys((JSON.parse(readText('package.json')) as { scripts: object }).scripts);

/** Variables that are no setting of the table. */
const OTHER_VARIABLES = new Set(['BIGCHAINDB_CONFIG_PATH']);
const variables = new Set([...SETTING_PATHS.map(environmentVariable), ...OTHER_VARIABLES]);
const groups = new Set(SETTING_PATHS.filter((path) => path.includes('.')).map((path) => path.split('.')[0]));

/** What stands in blocks and in back quotes. */
function mentions(markdown: string): string[] {
  return [...fencedBlocks(markdown).map((block) => block.text), ...codeSpans(markdown)];
}

function unknownNames(markdown: string): string[] {
  return mentions(markdown).flatMap((text) => [
    ...unknownScripts(text),
    ...unknownVariables(text),
    ...unknownSettings(text),
    ...unknownCommands(text),
    ...unknownPaths(text),
  ]);
}

function unknownScripts(text: string): string[] {
  return [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start))\b/g)]
    .map((match) => match[1] ?? match[2] ?? '')
    .filter((name) => !scripts.includes(name))
    .map((name) => `npm run ${name}`);
}

function unknownVariables(text: string): string[] {
  return (text.match(/\bBIGCHAINDB_[A-Z_]*[A-Z]\b/g) ?? []).filter(
    (name) => !variables.has(name) && !variables.has(name.replace(/_FILE$/, '')),
  );
}

/** Only what is written like a path of a setting: `group.name`. */
function unknownSettings(text: string): string[] {
  const named = /^([a-z]+)\.([a-z_]+)$/.exec(text);
  if (named === null || !groups.has(named[1])) return [];
  return SETTING_PATHS.some((path) => path === text) || (FAILPOINT_NAMES as string[]).includes(text)
    ? []
    : [text];
}

function unknownCommands(text: string): string[] {
  return [...text.matchAll(/(?:\bbigchaindb|dist\/src\/main\.js)((?: -\w(?: \S+)?)*) ([a-z][a-z-]+)\b/g)]
    .map((match) => match[2] ?? '')
    .filter((name) => !commandSource.includes(`command('${name}')`));
}

/** Files and folders of the repository, written from its root. */
function unknownPaths(text: string): string[] {
  if (!/^(src|test|schema|rest-compat|deploy|\.ci)\/[\w./-]*$/.test(text)) return [];
  return existsSync(join(ROOT, text)) ? [] : [text];
}

describe.each(TEXTS)('%s', (path) => {
  const markdown = readText(path);

  it('names only commands, settings and files that exist', () => {
    expect(unknownNames(markdown)).toEqual([]);
  });

  it('links only to files that exist', () => {
    const folder = path.split('/').slice(0, -1).join('/');
    const links = [...markdown.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    const broken = links.filter((link) => !/^https?:/.test(link) && !existsSync(join(ROOT, folder, link)));
    expect(broken).toEqual([]);
  });
});

it('README gives both commands on its first screen', () => {
  const screen = readText('README.md').split('\n').slice(0, 40).join('\n');
  expect(screen).toContain('npm install && npm start');
  expect(screen).toContain('npm install && npm test');
});

it('.ci/run calls the test command of README', () => {
  expect(readText('.ci/run')).toMatch(/^exec npm test/m);
  expect(readText('.ci/run')).toContain('npm install');
});

it('every failpoint is hit somewhere, and every hit is a failpoint', () => {
  const hits = new Set(
    listFiles('src', ['.ts']).flatMap((path) =>
      [...readText(path).matchAll(/\.hit\('([^']+)'\)/g)].map((match) => match[1] ?? ''),
    ),
  );
  expect([...hits].sort()).toEqual([...FAILPOINT_NAMES].sort());
});

it.each([
  ['a script', '`npm run nonsense`'],
  ['a variable', '```sh\nBIGCHAINDB_SERVER_BINDD=x npm start\n```'],
  ['a setting', '`server.bindd`'],
  ['a command', '`bigchaindb -c x.json begin`'],
  ['a path', '`src/nonsense.ts`'],
])('%s that is not there is found', (_name, markdown) => {
  expect(unknownNames(markdown)).toHaveLength(1);
});
