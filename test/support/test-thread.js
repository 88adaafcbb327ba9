/** A thread for the tests of worker-calls: answers, fails and dies as it is told. */

const { join } = require('node:path');
const { threadId } = require('node:worker_threads');

const { sendNotice, serveCalls, workerOptions } = require(
  join(__dirname, '..', '..', 'dist', 'src', 'runtime', 'worker-calls.js'),
);

let messages = 0;
const options = workerOptions();

function answer(call, messageSize) {
  switch (call.method) {
    case 'echo':
      return { value: call.argument };
    case 'message':
      return { value: { message: messages, size: messageSize } };
    case 'options':
      return { value: { options, threadId } };
    case 'notice':
      sendNotice(call.argument);
      return { value: null };
    case 'take': {
      const bytes = new Uint8Array(call.argument);
      return { value: bytes, transfer: [bytes.buffer] };
    }
    case 'refuse':
      return { error: new RangeError('refused') };
    case 'throw':
      throw new TypeError('thrown');
    case 'uncloneable':
      return { value: () => undefined };
    case 'die':
      setImmediate(() => {
        throw new Error('died');
      });
      return { value: null };
    default:
      return { error: new Error(`no method ${call.method}`) };
  }
}

serveCalls(
  async (calls) => {
    messages += 1;
    // Answers may take a turn: the next message must wait for them.
    await new Promise((resolve) => setImmediate(resolve));
    return calls.map((call) => answer(call, calls.length));
  },
  () => {
    if (options.failAtRelease) throw new Error('cannot release');
    sendNotice('released');
  },
);
