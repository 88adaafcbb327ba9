// A process that opens an embedded store (compiled code) at an instant, as its siblings do. Arguments: the file, and Unix
// milliseconds. Prints nothing, or the sentence with which the store was refused.

const { openStoreFile } = require('../../dist/src/store/embedded/open-file.js');

const [, , path, atMs] = process.argv;
while (Date.now() < Number(atMs));
try {
  openStoreFile(path).close();
} catch (error) {
  process.stdout.write(`${error.message}\n`);
}
