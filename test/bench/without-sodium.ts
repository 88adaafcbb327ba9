/**
 * Loaded before the node (`node --require`, its threads included) to measure it as on a platform for which
 * `sodium-native` has no build: the package fails to load, and the node falls back by itself.
 */

import Module from 'node:module';

interface Loader {
  _load(request: string, ...rest: unknown[]): unknown;
}

const loader = Module as unknown as Loader;
const load = loader._load;
loader._load = (request, ...rest) => {
  if (request === 'sodium-native') throw new Error('left out on purpose');
  return load.call(loader, request, ...rest);
};
