import { describe, expect, test } from 'vitest';
import {
  acceptedOrigins,
  asMessage,
  callableByView,
  readView,
  viewUri,
} from '#features/inspector/views/view.ts';
import { ViewHost, type ViewHostOptions } from '#features/inspector/views/view-host.ts';

const MIME_TYPE = 'text/html;profile=mcp-app';
const tool = (name: string, _meta?: Record<string, unknown>) => ({
  name,
  inputSchema: { type: 'object' as const },
  ...(_meta && { _meta }),
});

describe('the view of a tool', () => {
  test.each([
    [{ ui: { resourceUri: 'ui://a' } }, 'ui://a'],
    [{ 'ui/resourceUri': 'ui://b' }, 'ui://b'],
    [{ ui: { resourceUri: 'https://example.com' } }, undefined],
    [{ ui: 'ui://c' }, undefined],
    [undefined, undefined],
  ])('is named by %j as %s', (_meta, uri) => {
    expect(viewUri({ _meta })).toBe(uri);
  });

  const content = (change: object) =>
    readView({ contents: [{ uri: 'ui://a', mimeType: MIME_TYPE, text: '', ...change }] });

  test('is the HTML of its resource, as text or as base64', () => {
    expect(content({ text: '<p>é' })).toMatchObject({ html: '<p>é' });
    const blob = Buffer.from('<p>é').toString('base64');
    expect(
      readView({ contents: [{ uri: 'ui://a', mimeType: 'text/html; profile="mcp-app"', blob }] }),
    ).toMatchObject({
      html: '<p>é',
    });
  });

  test.each([
    [{ mimeType: 'text/html' }, 'mimeType'],
    [{ mimeType: undefined }, 'missing'],
    [{ text: 'x'.repeat(1024 * 1024 + 1) }, 'larger'],
  ])('is refused with %o', (change, why) => {
    expect(content(change)).toMatchObject({ refused: expect.stringContaining(why) });
  });

  test('is refused without contents, and when its blob is no text', () => {
    expect(readView({ contents: [] })).toHaveProperty('refused');
    for (const blob of ['%', Buffer.from([255]).toString('base64')])
      expect(readView({ contents: [{ uri: 'ui://a', mimeType: MIME_TYPE, blob }] })).toHaveProperty(
        'refused',
      );
  });
});

test('the origins of a view are those of the web, and add nothing to a policy', () => {
  const accepted = ['https://api.example.com', 'https://*.example.com:8443', 'wss://x.example'];
  const refused = [
    ...['*', 'https:', "'unsafe-eval'", 'data:', 'http://example.com', 'https://localhost', 'https://*'],
    ...[
      'https://a.example; script-src *',
      'https://a.example *',
      'https://a.example/path',
      'https://10.0.0.1',
      7,
    ],
    ...['https://a.example\n', 'https://a.example,', 'https://*.com;', 'https://u@a.example'],
  ];
  expect(acceptedOrigins([...accepted, ...refused])).toEqual(accepted);
  expect(acceptedOrigins('https://a.example')).toEqual([]);
  expect(acceptedOrigins(Array.from({ length: 30 }, () => 'https://a.example'))).toHaveLength(20);
});

test('a message is an object of JSON-RPC, and not too large', () => {
  const circle: Record<string, unknown> = { jsonrpc: '2.0' };
  circle.circle = circle;
  expect(asMessage({ jsonrpc: '2.0', method: 'x' })).toEqual({ jsonrpc: '2.0', method: 'x' });
  for (const data of ['x', null, {}, { jsonrpc: '1.0' }, circle, { jsonrpc: '2.0', x: 'x'.repeat(600_000) }])
    expect(asMessage(data)).toBeUndefined();
});

describe('the host of a view', () => {
  function hostWith(change: Partial<ViewHostOptions> = {}) {
    const posted: unknown[] = [];
    const did: unknown[] = [];
    const host = new ViewHost({
      html: '<p>',
      tool: tool('show'),
      tools: [tool('show'), tool('add'), tool('hidden', { ui: { visibility: ['model'] } })],
      input: { a: 1 },
      result: { content: [] },
      theme: () => 'dark',
      post: (message) => posted.push(message),
      ask: async (question) => {
        did.push(question);
        return true;
      },
      callTool: async (name) => ({ content: [{ type: 'text', text: name }] }),
      readResource: async (uri) => ({ contents: [{ uri, text: 'x' }] }),
      openLink: (url) => did.push(url),
      onHeight: (pixels) => did.push(pixels),
      onClose: () => did.push('closed'),
      ...change,
    });
    const request = async (method: string, params: Record<string, unknown> = {}) => {
      await host.receive({ jsonrpc: '2.0', id: 1, method, params });
      return posted.pop() as { result?: unknown; error?: { code: number } };
    };
    const notify = (method: string, params = {}) => host.receive({ jsonrpc: '2.0', method, params });
    return { host, posted, did, request, notify };
  }

  test('gives the HTML once, and the input and the result when the view is ready', async () => {
    const { posted, notify, request, host } = hostWith();
    host.themeChanged();
    await notify('ui/notifications/sandbox-proxy-ready');
    await notify('ui/notifications/sandbox-proxy-ready');
    expect(await request('ui/initialize')).toMatchObject({
      result: { protocolVersion: '2026-01-26', hostContext: { theme: 'dark' } },
    });
    await notify('ui/notifications/initialized');
    await notify('ui/notifications/initialized');
    host.themeChanged();
    expect(posted.map((message) => (message as { method: string }).method)).toEqual([
      'ui/notifications/sandbox-resource-ready',
      'ui/notifications/tool-input',
      'ui/notifications/tool-result',
      'ui/notifications/host-context-changed',
    ]);
  });

  test.each([
    [5_000, 800],
    [1, 40],
    [99.5, 100],
  ])('takes the height %d as %d', async (height, taken) => {
    const { notify, did } = hostWith();
    await notify('ui/notifications/size-changed', { height });
    await notify('ui/notifications/size-changed', { height: Number.NaN });
    await notify('ui/notifications/size-changed', { height: '9' });
    expect(did).toEqual([taken]);
  });

  test('calls a tool only when the person agrees, and only one that views may call', async () => {
    const agreed = hostWith();
    expect(await agreed.request('tools/call', { name: 'add', arguments: { a: 1 } })).toMatchObject({
      result: { content: [{ text: 'add' }] },
    });
    expect(agreed.did).toEqual([{ kind: 'tool', name: 'add', arguments: { a: 1 } }]);
    for (const params of [{ name: 'hidden' }, { name: 'other' }, { name: 'add', arguments: 'x' }, {}])
      expect(await agreed.request('tools/call', params)).toHaveProperty('error');
    expect(agreed.did).toHaveLength(1);

    const calls: string[] = [];
    const declined = hostWith({
      ask: async () => false,
      callTool: async (name) => {
        calls.push(name);
        return { content: [] };
      },
    });
    expect(await declined.request('tools/call', { name: 'add' })).toMatchObject({
      error: { message: 'The person declined.' },
    });
    expect(calls).toEqual([]);
    expect(callableByView(tool('x', { ui: { visibility: ['app'] } }))).toBe(true);
  });

  test('opens a link only when the person agrees, and only https', async () => {
    const agreed = hostWith();
    expect(await agreed.request('ui/open-link', { url: 'https://example.com/x' })).toMatchObject({
      result: {},
    });
    expect(agreed.did).toEqual([{ kind: 'link', url: 'https://example.com/x' }, 'https://example.com/x']);
    for (const url of [
      'http://example.com',
      'javascript:alert(1)',
      'data:text/html,x',
      'https://a:b@example.com',
      7,
    ])
      expect(await agreed.request('ui/open-link', { url })).toHaveProperty('error');
    expect(agreed.did).toHaveLength(2);
    const declined = hostWith({ ask: async () => false });
    expect(await declined.request('ui/open-link', { url: 'https://example.com' })).toMatchObject({
      result: { isError: true },
    });
    expect(declined.did).toEqual([]);
  });

  test('refuses what it does not have, and says why a request failed', async () => {
    const { request } = hostWith({
      readResource: async () => {
        throw new Error('No such resource.');
      },
    });
    expect(await request('ui/message', { content: [] })).toMatchObject({ error: { code: -32601 } });
    expect(await request('resources/read', { uri: 'x' })).toMatchObject({
      error: { message: 'No such resource.' },
    });
    expect(await request('resources/read')).toMatchObject({ error: { code: -32602 } });
    expect(await request('ping')).toMatchObject({ result: {} });
  });

  test('has at most four open requests of a view', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { host, posted } = hostWith({ ask: () => promise });
    const open = Array.from({ length: 6 }, (_, id) =>
      host.receive({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'add' } }),
    );
    expect(posted).toHaveLength(2);
    resolve(false);
    await Promise.all(open);
    expect(posted).toHaveLength(6);
  });
});
