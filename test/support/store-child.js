/**
 * A process that writes to an embedded store until it is killed. Prints a line for each thing that was acknowledged,
 * after it was: `entry <name>`, `removed <name>`, `block <height> <id>`. When the store fails it says so and ends with
 * exit code 3. Arguments: the store's file, a seed for new names.
 */

const { createHash } = require('node:crypto');
const { writeSync } = require('node:fs');
const { join } = require('node:path');

const embedded = join(__dirname, '..', '..', 'dist', 'src', 'store', 'embedded');
const { createWorkerStore } = require(join(embedded, 'worker.js'));

const [, , path, seed] = process.argv;
let failed = false;

function digestOf(text) {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function entryOf(name) {
  const text = `{"entry":"${name}"}`.padEnd(700);
  const digest = digestOf(text);
  return { digest, transactionId: digest, text, assignee: 'child', stamp: name, acceptedAtMs: 0 };
}

/** One system call: a line is printed whole or not at all. */
function say(line) {
  writeSync(1, `${line}\n`);
}

async function addEntries(store, lane) {
  for (let count = 0; !failed; count += 1) {
    const names = [0, 1, 2, 3, 4].map((index) => `${seed}-${lane}-${count}-${index}`);
    const results = await store.addBacklog(names.map(entryOf));
    if (results.every((result) => result === 'ok')) say(names.map((name) => `entry ${name}`).join('\n'));
    const gone = names.slice(0, 3);
    if ((await store.removeBacklog(gone.map(entryOf))) === gone.length) {
      say(gone.map((name) => `removed ${name}`).join('\n'));
    }
  }
}

async function claimHeights(store) {
  while (!failed) {
    const blocks = await store.readBlocks(0, 1_000_000);
    const height = blocks.length;
    const id = `${seed}-${height}`;
    const text = `{"block":"${id}"}`.padEnd(5_000);
    const block = { height, id, text, signature: 's', parent: '', claimSignature: 'c' };
    if ((await store.claimHeight(block)) === 'ok') say(`block ${height} ${id}`);
  }
}

async function main() {
  const store = await createWorkerStore({
    path,
    onFailure: (error) => {
      say(`failed ${error.message}`);
      failed = true;
      process.exitCode = 3;
    },
  });
  say('ready');
  await Promise.all([addEntries(store, 0), addEntries(store, 1), claimHeights(store)]).catch((error) => {
    if (!failed) throw error;
  });
  await store.close();
}

main().catch((error) => {
  say(`error ${error.name} ${error.message}`);
  process.exitCode = 1;
});
