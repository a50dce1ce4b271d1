import { describe, expect, it } from 'vitest';
import { preflightResponse, refuseForeignHost, refuseForeignOrigin } from '#lib/mcp/origin.ts';

const publicApp = {
  appUrl: 'https://app.example',
  loopback: false,
  allowedOrigins: ['https://friend.example', 'chrome-extension://abc', 'tauri://localhost'],
};
const loopbackApp: typeof publicApp = { appUrl: 'http://localhost:3000', loopback: true, allowedOrigins: [] };
const from = (headers: Record<string, string>) =>
  new Request('http://ignored.example/mcp', { method: 'POST', headers });
const origin = (value: string, app = publicApp) =>
  refuseForeignOrigin(from({ origin: value }), app)?.status ?? 'served';
const host = (value: string, app = loopbackApp) =>
  refuseForeignHost(from({ host: value }), app)?.status ?? 'served';

describe('Origin', () => {
  it('may be absent, because only browsers send one', () => {
    expect(refuseForeignOrigin(from({}), publicApp)).toBeUndefined();
  });

  it.each(['https://app.example', 'https://friend.example', 'chrome-extension://abc', 'tauri://localhost'])(
    '%s is accepted',
    (value) => {
      expect(origin(value)).toBe('served');
    },
  );

  it.each([
    'null',
    '',
    'https://evil.example',
    'http://app.example',
    'https://app.example:444',
    'https://app.example.evil.example',
    'https://app.example@evil.example',
    'https://APP.example',
    'https://app.example/',
    'http://localhost:3000',
    'file://',
    'chrome-extension://abcd',
    'chrome-extension://abc/',
    'moz-extension://abc',
    'tauri://localhost.evil.example',
  ])('%j is refused with 403', (value) => {
    expect(origin(value)).toBe(403);
  });

  it('may be any loopback origin, and no other, when the app is on loopback', () => {
    for (const value of ['http://localhost:6274', 'http://127.0.0.1:1', 'http://[::1]:8080'])
      expect(origin(value, loopbackApp)).toBe('served');
    for (const value of [
      'http://localhost.evil.example',
      'http://192.168.1.1',
      'https://friend.example',
      'null',
      'http://localhost:6274/',
      'http://localhost:6274/path',
      'http://localhost:6274?x',
      'http://user@localhost:6274',
      'http://LOCALHOST:6274',
      'http://127.1:6274',
    ])
      expect(origin(value, loopbackApp)).toBe(403);
  });

  it.each([
    ['chrome-extension://other', true],
    ['https://new.example', true],
    ['null', false],
    ['http://new.example', false],
    ['vscode-webview://a/b', false],
  ])('%s is refused with advice only if it can be allowed: %s', async (value, advised) => {
    const text = await refuseForeignOrigin(from({ origin: value }), publicApp)?.text();
    expect(text?.includes('MCP_ALLOWED_ORIGINS')).toBe(advised);
  });
});

describe('a preflight', () => {
  const allowed = (requested?: string) =>
    preflightResponse(from(requested === undefined ? {} : { 'access-control-request-headers': requested }))
      .headers.get('access-control-allow-headers')
      ?.split(', ') ?? [];

  it('allows the headers of the protocol', () => {
    expect(allowed()).toEqual(expect.arrayContaining(['Authorization', 'MCP-Protocol-Version', 'Mcp-Name']));
  });

  it('allows repeated arguments and headers of the client', () => {
    const chosen = ['mcp-param-region', 'x-requested-with', 'x-trace_id'];
    expect(allowed(['authorization', ...chosen].join(', '))).toEqual(expect.arrayContaining(chosen));
  });

  it.each(['cookie', 'host', 'mcp-param-', 'xtra', 'forwarded', 'a x-b'])('does not allow %s', (name) => {
    expect(allowed(name).map((header) => header.toLowerCase())).not.toContain(name);
    expect(allowed(name)).toEqual(allowed());
  });
});

describe('Host', () => {
  it.each(['localhost:3000', 'localhost', '127.0.0.1:3000', '[::1]:3000'])(
    '%s is accepted on loopback',
    (value) => {
      expect(host(value)).toBe('served');
    },
  );

  it.each(['evil.example:3000', 'localhost.evil.example', '127.0.0.1.evil.example', '0.0.0.0:3000', 'a b'])(
    '%s is refused with 403 on loopback',
    (value) => {
      expect(host(value)).toBe(403);
    },
  );

  it('is ignored on a public deployment', () => {
    expect(host('anything.example', publicApp)).toBe('served');
  });
});
