import { createServer } from 'node:net';

/**
 * A TCP port on loopback that nothing listens on now. Another process may take it before the caller does,
 * so a caller that can bind port 0 itself should.
 */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The port is not a number');
  return address.port;
}
