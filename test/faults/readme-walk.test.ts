// Danger: the first five minutes of a new user end in an error.
// Method: take the commands of README's walk as they stand, run them in order against a fresh node, and look for every
// line of the answers that README shows. The subscription runs beside them, as in its own terminal.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { NodeFolder, type NodeProcess, REPOSITORY } from '../support/process-node.js';
import { type Block, fencedBlocks } from '../tidy/readme-blocks.js';
import { readText } from '../tidy/source-files.js';

const run = promisify(execFile);
const blocks = fencedBlocks(readText('README.md')).filter((block) =>
  block.marks.some((mark) => mark === 'walk' || mark === 'answer'),
);

/** README's commands say the default address; this node has another. */
function commands(block: Block, node: NodeProcess): string {
  return block.text.replaceAll('localhost:9984', new URL(node.http).host);
}

/** A command that goes on in a terminal of its own. */
class Terminal {
  private text = '';
  private wake: () => void = () => undefined;
  private readonly child: ChildProcess;

  constructor(script: string) {
    this.child = spawn('bash', ['-c', `exec ${script}`], { cwd: REPOSITORY });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.text += chunk.toString();
        this.wake();
      });
  }

  /** Resolves when `text` was printed; the time limit of the test ends a wait in vain. */
  shows(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        if (this.text.includes(text)) resolve();
      };
      this.wake();
    });
  }

  close(): void {
    this.child.kill('SIGKILL');
  }
}

async function walk(node: NodeProcess, terminals: Terminal[]): Promise<string[]> {
  const wrong: string[] = [];
  let output = '';
  for (const block of blocks) {
    if (block.marks.includes('answer')) {
      for (const line of block.text.split('\n'))
        if (!output.includes(line)) wrong.push(`README.md:${block.line}: ${line}\nbut it answers: ${output}`);
    } else if (block.marks.includes('background')) {
      const terminal = new Terminal(commands(block, node));
      terminals.push(terminal);
      await terminal.shows('following');
    } else {
      const script = ['-euo', 'pipefail', '-c', commands(block, node)];
      output = (await run('bash', script, { cwd: REPOSITORY, timeout: 30_000 })).stdout;
      const until = block.marks.find((mark) => mark.startsWith('until='))?.slice('until='.length);
      if (until !== undefined) await Promise.all(terminals.map((terminal) => terminal.shows(until)));
    }
  }
  return wrong;
}

it('the walk of README runs on a fresh node and answers what README shows', async () => {
  expect(blocks.length).toBeGreaterThanOrEqual(8);
  const folder = new NodeFolder();
  const terminals: Terminal[] = [];
  try {
    const node = await folder.start();
    expect(await walk(node, terminals)).toEqual([]);
  } finally {
    for (const terminal of terminals) terminal.close();
    await folder.dispose();
  }
});
