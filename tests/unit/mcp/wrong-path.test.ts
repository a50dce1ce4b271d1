import { describe, expect, test } from 'vitest';
import { refuseWrongPath } from '#lib/mcp/wrong-path.ts';
import { legacyToolCall, mcpMessage } from '#tests/support/mcp-request.ts';

const appUrl = 'https://mcp.example';
const settings = { appUrl, authkitDomain: 'https://a.authkit.app', loopback: false };

const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
  refuseWrongPath(new Request(`${appUrl}${path}`, { method, headers }), settings);

const EVENTS = { accept: 'text/event-stream' };
const BROWSER = { 'sec-fetch-site': 'none' };

describe('a program at a path that is not the endpoint', () => {
  test.each(['/', '/sse', '/mcp/', '/mcp/v1', '/messages?sessionId=1', '/login', '/nothing/here'])(
    '%s is answered with 404 and the endpoint',
    async (path) => {
      for (const headers of [legacyToolCall('x').headers, mcpMessage('server/discover').headers]) {
        const response = ask('POST', path, headers);
        expect(response?.status).toBe(404);
        expect(await response?.json()).toMatchObject({
          jsonrpc: '2.0',
          error: { message: expect.stringContaining(`${appUrl}/mcp`) },
        });
      }
      expect(ask('GET', path, EVENTS)?.status).toBe(404);
      expect(
        ask('POST', path, { 'content-type': 'application/json', origin: 'https://other.example' })?.status,
      ).toBe(404);
    },
  );

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s on an unknown path gets 404', (method) => {
    for (const path of ['/sse', '/wp-login.php', '/api/v1/users'])
      expect(ask(method, path, { origin: 'https://other.example' })?.status).toBe(404);
  });
});

describe('a request that a browser sends', () => {
  test.each<[string, string, Record<string, string>]>([
    ['GET', '/', { accept: 'text/html,*/*;q=0.8' }],
    ['GET', '/nothing', { accept: '*/*' }],
    ['GET', '/', { accept: 'text/event-stream', ...BROWSER }],
    ['HEAD', '/', {}],
    ['OPTIONS', '/', { origin: 'https://other.example' }],
    ['POST', '/', { origin: appUrl, 'content-type': 'application/json' }],
    ['POST', '/unknown', { origin: appUrl }],
    ['POST', '/', { origin: 'https://other.example', 'content-type': 'text/plain' }],
    ['POST', '/logout', { origin: 'null' }],
  ])('%s %s %j is left to the pages', (method, path, headers) => {
    expect(ask(method, path, headers)).toBeUndefined();
  });
});
