import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { serveBothLoopbacks } from '#scripts/processes.ts';

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === '::1');

test.runIf(hasIpv6).each(['127.0.0.1', '::1'])(
  'a server that listens on %s is reached in both address families',
  async (host) => {
    const server = createServer((request, response) => response.end(request.headers.host));
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const { port } = server.address() as AddressInfo;
    await serveBothLoopbacks(port);
    for (const name of ['127.0.0.1', '[::1]'])
      expect(await (await fetch(`http://${name}:${port}/`)).text()).toBe(`${name}:${port}`);
    server.closeAllConnections();
    server.close();
  },
);
