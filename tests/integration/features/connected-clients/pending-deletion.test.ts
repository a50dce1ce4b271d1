import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { freePort } from '#tests/support/free-port.ts';
import { signInToPages } from '#tests/support/page-session.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';

let refusing: Server;
let stack: Stack;
beforeAll(async () => {
  const ports = { app: await freePort(), authkit: await freePort() };
  const origin = `http://localhost:${ports.authkit}`;
  // A WorkOS API that fails every deletion.
  refusing = createServer((incoming, answer) => {
    if (incoming.method === 'DELETE') {
      answer.writeHead(500, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const headers = {
      ...incoming.headers,
      host: new URL(origin).host,
      ...(incoming.headers.origin && { origin }),
    };
    const options = { method: incoming.method ?? 'GET', headers };
    incoming.pipe(
      request(new URL(incoming.url ?? '/', origin), options, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      }),
    );
  });
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
  const { port } = refusing.address() as AddressInfo;
  stack = await startStack({ ports, env: { WORKOS_API_PORT: String(port) } });
});
afterAll(async () => {
  await stack?.stop();
  refusing?.closeAllConnections();
  refusing?.close();
});

test('the pages show a client as revoking while WorkOS has not deleted its grant', async () => {
  const client = await ScriptedClient.connect({
    url: `${stack.appUrl}/mcp`,
    account: 'ada',
    registration: 'cimd',
    era: 'auto',
    confirm: true,
  });
  const listed = (await client.callTool('connections')).structuredContent;
  const [{ id = '' } = {}] = (listed as { connections: { id?: string }[] }).connections;
  const revoked = await client.callTool('revoke', { id });
  expect(revoked.structuredContent).toEqual({ revoked: id, grant: 'pending' });

  const pages = await signInToPages(stack.appUrl, 'ada');
  // React separates adjacent texts by empty comments.
  const list = (await (await pages.request('/clients')).text()).replaceAll('<!-- -->', '');
  expect(list).toContain('Calls are refused. The grant at AuthKit is not deleted yet.');
  expect(list).toContain('>Revoking<');
  expect(list).toContain('>No app can act on your behalf.<');
  const page = await (await pages.request(`/clients/${id}`)).text();
  expect(page).toContain('The grant at AuthKit is not deleted yet');
  expect(page).toContain('Every call of this client is refused already.');
  expect(page).toContain('Permissions');
  expect(page).toContain('Deleting the grant at AuthKit failed; retrying');
  expect(page).not.toContain('Revoke access');
  await client.close();
});
