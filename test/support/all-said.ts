/** What a server says to some bytes, however wrong they are. */

import { connect } from 'node:net';

/** Sends `bytes`, then its end; resolves with all that is answered until the server closes, or accepts a WebSocket. */
export function allSaid(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (received.startsWith('HTTP/1.1 101')) socket.destroy();
    });
    socket.once('close', () => resolve(received));
    socket.end(bytes);
  });
}
