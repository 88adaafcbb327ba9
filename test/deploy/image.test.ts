// Danger: the image is built from too little, or holds too little to run.
// Method: there is no engine here, so do by hand what the Dockerfile says: build from what .dockerignore lets in, copy what
// the second stage copies, and start that with the image's environment on an empty volume.

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { REPOSITORY } from '../support/process-node.js';
import { imageEnvironment } from './support/compose.js';
import { deployText, temporaryFolder } from './support/files.js';
import { succeed } from './support/tools.js';

it('the image is built from what the build may see, and starts', async () => {
  const folder = temporaryFolder();
  const seen = deployText('image/Dockerfile.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const script = `shopt -s nullglob; cp -r --parents ${seen.join(' ')} "$0"`;
  await succeed('bash', ['-c', script, folder]);
  // The build also writes into node_modules: a folder of its own, full of links.
  const links =
    'mkdir "$0/node_modules" && ln -s "$1"/node_modules/* "$1"/node_modules/.bin "$0/node_modules/"';
  await succeed('bash', ['-c', links, folder, REPOSITORY]);
  await succeed('npm', ['run', '--silent', 'build'], { cwd: folder });
  // What the second stage copies, on its own: it must be enough to run.
  const copies = [...deployText('image/Dockerfile').matchAll(/^COPY --from=build (.+) (\S+)$/gm)];
  expect(copies.length).toBeGreaterThan(5);
  const image = temporaryFolder();
  for (const [, sources = '', target = ''] of copies) {
    const from = sources.split(' ').map((path) => path.replace('/build', folder));
    const to = join(image, target);
    mkdirSync(target === './' ? to : dirname(to), { recursive: true });
    await succeed('cp', ['-r', ...from, to]);
  }
  const main = join(image, 'dist/src/main.js');
  const version = await succeed('node', [main, '--version'], { cwd: image });
  expect(deployText('image/Dockerfile')).toContain(
    version.trim().replace('bigchaindb ', 'bigchaindb-server:'),
  );
  // A first start, with an empty volume; it ends with its standard input, which is at hand.
  const environment = {
    ...Object.fromEntries(
      Object.entries(imageEnvironment()).map(([name, value]) => [name, value.replace(/^\/data/, image)]),
    ),
    BIGCHAINDB_SERVER_BIND: 'localhost:0',
    BIGCHAINDB_WSSERVER_PORT: '0',
    BIGCHAINDB_MANAGEMENT_BIND: 'localhost:0',
  };
  const start = [': | timeout 100 node "$0" start --stop-at-end-of-input', main];
  expect(await succeed('bash', ['-c', ...start], { cwd: image, environment })).toContain('"event":"ready"');
});
