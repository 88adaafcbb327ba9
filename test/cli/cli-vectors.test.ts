/**
 * Danger: a script written for 1.0.1 reads another exit code or message. Method: the observed runs of the original
 * are repeated with real processes; every difference is named.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, makeHome, runCommand } from './run-command.js';

interface Run {
  readonly args: readonly string[];
  readonly exit_code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const { runs } = JSON.parse(readFileSync(join(__dirname, '../vectors/cli.json'), 'utf8')) as { runs: Run[] };
const version = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')).version as string;

const { home, remove } = makeHome();
afterAll(remove);

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

function commandsIn(help: string): string[] {
  return [...help.matchAll(/^ {2,4}([a-z]+(?:-[a-z]+)*) {2,}|^ {2,4}([a-z]+(?:-[a-z]+)*) [<[]/gm)].map(
    ([, plain, withArguments]) => plain ?? withArguments ?? '',
  );
}

/** Runs that are compared in another way than by exit code and the last line of standard error. */
const NAMED: Record<string, (ours: Finished, original: Run) => void> = {
  // commander writes another layout; the commands and options are the original's.
  '': (ours, original) => {
    expect(commandsIn(ours.stdout)).toEqual(expect.arrayContaining(commandsIn(original.stdout)));
    expect(commandsIn(original.stdout)).toHaveLength(10);
    for (const option of ['-h', '-c', '-l', '-y', '-v']) expect(ours.stdout).toContain(`  ${option}, `);
  },
  '-h': (ours) => expect(ours.stdout).toContain('Control your BigchainDB node.'),
  '--version': (ours) => expect(ours.stdout).toBe(`bigchaindb ${version}\n`),
  // Another list of stores.
  'configure couchdb': (ours) =>
    expect(lastLine(ours.stderr)).toBe(
      "bigchaindb configure: error: argument backend: invalid choice: 'couchdb' (choose from 'embedded', 'mongodb')",
    ),
  // The choices of the message are ours and in our order.
  bogus: (ours) =>
    expect(lastLine(ours.stderr)).toMatch(
      /^bigchaindb: error: argument command: invalid choice: 'bogus' \(choose/,
    ),
  // Only what was asked is written, so that later defaults reach the node; 10 s in place of 120 s.
  '-y -c - configure mongodb': (ours, original) => {
    expect(ours.stderr).toBe(original.stderr);
    const [mine, theirs] = [ours, original].map(({ stdout }) => JSON.parse(stdout));
    expect(ours.stdout).toBe(`${JSON.stringify(mine, null, 4)}\n`);
    expect(Object.keys(mine)).toEqual([...Object.keys(mine)].sort());
    for (const [group, name] of [
      ['server', 'bind'],
      ['wsserver', 'scheme'],
      ['wsserver', 'host'],
      ['wsserver', 'port'],
      ['database', 'backend'],
      ['database', 'host'],
      ['database', 'port'],
      ['database', 'name'],
      ['database', 'replicaset'],
    ] as const)
      expect(mine[group][name]).toBe(theirs[group][name]);
    expect(mine.keyring).toEqual([]);
    expect(mine.backlog_reassign_delay).toBe(10);
    for (const key of Object.values(mine.keypair)) expect(key).toMatch(/^[1-9A-HJ-NP-Za-km-z]{40,44}$/);
  },
  // A sentence in place of a traceback.
  '-c /nonexistent.json show-config': (ours) =>
    expect(ours.stderr).toBe('There is no configuration file /nonexistent.json\n'),
};

test.each(
  runs.filter(({ args }) => args.join(' ') !== 'start').map((run) => [run.args.join(' '), run] as const),
)('bigchaindb %s', async (line, original) => {
  const ours = await runCommand(original.args, { home });
  expect(ours.exitCode).toBe(original.exit_code);
  const compare = NAMED[line];
  if (compare !== undefined) compare(ours, original);
  else {
    expect(lastLine(ours.stderr)).toBe(lastLine(original.stderr));
    expect(ours.stdout).toBe(original.stdout);
  }
});

test('start without a key pair: a first start makes one, but a file without keys is refused in the words of 1.0.1', async () => {
  const original = runs.find(({ args }) => args.join(' ') === 'start');
  const ours = await runCommand(['start', '--no-init'], { home });
  expect(ours.exitCode).toBe(original?.exit_code);
  expect(lastLine(ours.stderr)).toBe(lastLine(original?.stderr ?? ''));
});

test('every named comparison belongs to a run', () => {
  const lines = runs.map(({ args }) => args.join(' '));
  for (const line of Object.keys(NAMED)) expect(lines).toContain(line);
});
