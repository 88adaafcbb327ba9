// Danger: the first five minutes of a new user end in an error.
// Method: take the commands of README's walk as they stand, run them in one shell against a fresh node, and look for
// every line of the answers that README shows.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { NodeFolder, REPOSITORY } from '../support/process-node.js';
import { fencedBlocks } from '../tidy/readme-blocks.js';
import { readText } from '../tidy/source-files.js';

const run = promisify(execFile);
const blocks = fencedBlocks(readText('README.md'));
const walk = blocks.filter((block) => block.marks.includes('walk'));
const answers = blocks.filter((block) => block.marks.includes('answer'));

it('the walk of README runs on a fresh node and answers what README shows', async () => {
  expect(walk.length).toBeGreaterThanOrEqual(4);
  const folder = new NodeFolder();
  try {
    const node = await folder.start();
    const script = walk
      .map((block) => block.text)
      .join('\n')
      .replaceAll('http://localhost:9984', node.http)
      .replaceAll('ws://localhost:9984', node.http.replace('http', 'ws'));
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: REPOSITORY,
      timeout: 50_000,
    });
    const shown = answers.flatMap((block) => block.text.split('\n')).filter((line) => line.trim() !== '');
    expect(shown.length).toBeGreaterThan(0);
    for (const line of shown) expect(stdout).toContain(line.trim());
    expect(await node.stop()).toEqual({ code: 0, signal: null });
  } finally {
    await folder.dispose();
  }
});
