import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { legacyToolCall, mcpMessage, postMcp, toolCall } from '#tests/support/mcp-request.ts';
import { type RawAnswer, rawRequest } from '#tests/support/raw-http.ts';
import { startTrustingApp, type TrustingApp } from '#tests/support/trusting-app.ts';

let app: TrustingApp;
let token: string;

beforeAll(async () => {
  app = await startTrustingApp();
  token = await app.issuer.token({ client_id: 'https://body.example/id.json' });
});
afterAll(() => app?.stop());

const MEGABYTE = 1024 * 1024;
const common = toolCall('identity').headers;

type Lines = readonly (readonly [string, string])[];

const send = (
  body: string | Uint8Array,
  { headers = [], method = 'POST' }: { headers?: Lines; method?: string } = {},
): Promise<RawAnswer> => {
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  return rawRequest(app.appUrl, {
    method,
    headers: [
      ...Object.entries(common).filter(([name]) => !given.has(name)),
      ['Authorization', `Bearer ${token}`],
      ...headers.filter(([, value]) => value !== ''),
    ],
    body,
  });
};

/** An immediate refusal that names the problem and shows no internals. */
function expectProblem(answer: RawAnswer, status: number, message: RegExp): void {
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({
    jsonrpc: '2.0',
    error: { message: expect.stringMatching(message) },
  });
  expect(answer.body).not.toMatch(/node_modules|\.ts:|\.js:|at \w+ \(/);
  expect(answer.durationMs).toBeLessThan(3_000);
}

const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);
/** A valid message with these bytes as an argument. */
const withArgument = (json: string) =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'identity', arguments: {} },
  }).replace('"arguments":{}', `"arguments":${json}`);

describe('a body that is not JSON is refused:', () => {
  test.each<[string, string | Uint8Array]>([
    ['empty', ''],
    ['spaces', '   '],
    ['half a message', toolCall('identity').body.slice(0, -5)],
    ['two messages', `${toolCall('identity').body}${toolCall('identity').body}`],
    ['single quotes', "{'jsonrpc':'2.0'}"],
    ['a trailing comma', '{"jsonrpc":"2.0",}'],
    ['a comment', '{"jsonrpc":"2.0"/* */}'],
    ['NaN', '{"jsonrpc":NaN}'],
    ['markup', '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'],
    ['a bare control character', '{"jsonrpc":"\u0001"}'],
    ['zero bytes', new Uint8Array(100)],
  ])('%s', async (_what, body) => expectProblem(await send(body), 400, /not valid JSON/));

  test.each<[string, Uint8Array]>([
    ['a lone continuation byte', new Uint8Array([0x22, 0x80, 0x22])],
    ['an overlong slash', new Uint8Array([0x22, 0xc0, 0xaf, 0x22])],
    ['a surrogate', new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['Latin-1', Buffer.from('{"a":"\u00e9"}', 'latin1')],
    ['UTF-16', Buffer.from('\ufeff{"a":1}', 'utf16le')],
  ])('%s, as invalid UTF-8', async (_what, body) =>
    expectProblem(await send(body), 400, /not valid (UTF-8|JSON)/),
  );
});

describe('a body that is JSON but no JSON-RPC message', () => {
  test.each([
    'null',
    'true',
    '7',
    '"text"',
    '[]',
    '{}',
    '[[]]',
    '[null]',
    '{"jsonrpc":"1.0","id":1,"method":"x"}',
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":"2.0","id":{},"method":"ping"}',
    '{"jsonrpc":"2.0","id":1,"method":7}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}',
  ])('%s gets a 4xx', async (body) => {
    const answer = await send(body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });
});

describe('nesting', () => {
  test.each([
    ['lists', nested(100_000, '[', ']')],
    ['lists in a message', withArgument(`{"a":${nested(100_000, '[', ']')}}`)],
    ['objects', `${'{"a":'.repeat(80_000)}1${'}'.repeat(80_000)}`],
    ['just too deep', withArgument(`{"a":${nested(62, '[', ']')}}`)],
  ])('%s deeper than the limit are refused', async (_what, body) =>
    expectProblem(await send(body), 400, /nested deeper than 64/),
  );

  test('within the limit reaches the tool', async () => {
    const answer = await send(withArgument(`{"a":${nested(50, '[', ']')}}`), {
      headers: Object.entries(legacyToolCall('identity').headers),
    });
    expect(answer.status).toBeLessThan(500);
  });
});

describe('a name of the JavaScript object model', () => {
  test.each(['__proto__', '\\u005f_proto__', '__pr\\u006fto__'])(
    '%s is refused at any depth',
    async (name) => {
      for (const json of [`{"${name}":{"x":1}}`, `{"a":[{"${name}":null}]}`])
        expectProblem(await send(withArgument(json)), 400, /__proto__/);
    },
  );

  test.each(['constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__', 'then', 'toJSON'])(
    '%s as tool, argument, method or resource is no server error',
    async (name) => {
      const { body: valid } = toolCall('identity');
      for (const request of [
        toolCall(name),
        toolCall('identity', { [name]: 1 }),
        toolCall('store', { text: { [name]: 1 } }),
        mcpMessage(name),
        mcpMessage('resources/read', { uri: name }),
        mcpMessage('prompts/get', { name }),
      ]) {
        const response = await postMcp(app.appUrl, token, request);
        expect(response.status).toBeLessThan(500);
      }
      expect((await postMcp(app.appUrl, token, { headers: common, body: valid })).status).toBe(200);
    },
  );
});

describe('a body', () => {
  const body = (bytes: number) => withArgument(JSON.stringify({ text: 'x'.repeat(bytes) }));

  test('of more than 1 MiB gets 413', async () =>
    expectProblem(await send(body(MEGABYTE)), 413, /longer than/));

  test('with a Content-Length of more than 1 MiB is refused before it arrives', async () => {
    const answer = await send('', { headers: [['Content-Length', String(10_000 * MEGABYTE)]] });
    expectProblem(answer, 413, /longer than/);
  });

  test('in chunks is refused when it exceeds 1 MiB, before its end', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const answer = await send(chunk.repeat(40), { headers: [['Transfer-Encoding', 'chunked']] });
    expectProblem(answer, 413, /longer than/);
  });

  test('of slightly less than 1 MiB is read', async () => {
    const answer = await send(body(MEGABYTE - 300));
    expect(answer.status).toBeLessThan(500);
    expect(answer.status).not.toBe(413);
  });
});

describe('the header', () => {
  test.each(['gzip', 'deflate', 'br', 'zstd', 'identity', 'GZIP', 'gzip, gzip', 'x'])(
    'Content-Encoding: %s is refused, compressed or not',
    async (encoding) => {
      const bytes = gzipSync(toolCall('identity').body);
      expectProblem(
        await send(bytes, { headers: [['content-encoding', encoding]] }),
        415,
        /Content-Encoding/,
      );
    },
  );

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'text/json',
    'application/json-patch+json',
    'application/xml',
    '',
    ',',
  ])('Content-Type: %j is refused', async (type) =>
    expectProblem(
      await send(toolCall('identity').body, { headers: [['content-type', type]] }),
      415,
      /Content-Type/,
    ),
  );

  test.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset="UTF-8"'])(
    'Content-Type: %s is read',
    async (type) =>
      expect((await send(toolCall('identity').body, { headers: [['content-type', type]] })).status).toBe(200),
  );
});

describe('a header that contradicts the body gets 400:', () => {
  test.each<[string, Lines]>([
    ['another tool in Mcp-Name', [['mcp-name', 'store']]],
    ['another method in Mcp-Method', [['mcp-method', 'tools/list']]],
    ['another version in MCP-Protocol-Version', [['mcp-protocol-version', '2025-06-18']]],
    ['no Mcp-Name', [['mcp-name', '']]],
    ['no Mcp-Method', [['mcp-method', '']]],
  ])('%s', async (_what, headers) => {
    const answer = await send(toolCall('identity').body, { headers });
    expect(answer.status).toBe(400);
    expect(answer.body).not.toContain('user_ada');
  });

  test('a duplicate member, which a proxy and this server could read differently', async () => {
    const { body } = toolCall('identity');
    const [listed, called] = ['"method":"tools/list"', '"method":"tools/call"'];
    expect(body).toContain(called);
    const asListed: Lines = [['mcp-method', 'tools/list']];
    expect((await send(body.replace(called, `${listed},${called}`), { headers: asListed })).status).toBe(400);
    expect((await send(body.replace(called, `${called},${listed}`))).status).toBe(400);
  });

  test.each([
    '1999-01-01',
    '2026-07-29',
    '9999-99-99',
    'latest',
    '2026-07-28, 2025-06-18',
    '../..',
    '\u00e9',
  ])('the unsupported version %j', async (version) => {
    const text = toolCall('identity').body.replaceAll('2026-07-28', version);
    const answer = await send(text, { headers: [['mcp-protocol-version', version]] });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('"error"');
  });
});

test.each(['GET', 'DELETE', 'PUT', 'PATCH'])('%s with a valid token gets 405 with Allow', async (method) => {
  const answer = await send('', { method, headers: [['accept', 'text/event-stream']] });
  expect([answer.status, answer.header('allow')]).toEqual([405, 'POST, OPTIONS']);
});

describe('no server error results from', () => {
  const members = fc.constantFrom(
    'jsonrpc',
    'id',
    'method',
    'params',
    'name',
    'arguments',
    '_meta',
    'uri',
    'cursor',
  );
  const shapes = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(
        '2.0',
        'tools/call',
        'tools/list',
        'identity',
        'initialize',
        '2026-07-28',
        null,
        0,
        -1,
        1e308,
        '',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(members, fc.string({ maxLength: 6 })), tie('value'), { maxKeys: 5 }),
    ),
  }));
  const wellMeant = fc.record(
    {
      jsonrpc: fc.constantFrom('2.0', '1.0', 2),
      id: fc.oneof(fc.integer(), fc.string(), shapes.value),
      method: fc.oneof(
        fc.constantFrom(
          'initialize',
          'ping',
          'tools/list',
          'tools/call',
          'resources/read',
          'prompts/get',
          'server/discover',
          'subscriptions/listen',
          'completion/complete',
          'logging/setLevel',
          'notifications/cancelled',
        ),
        fc.string(),
      ),
      params: fc.oneof(
        fc.record(
          {
            name: fc.oneof(fc.constantFrom('identity', 'store', 'stored'), shapes.value),
            arguments: shapes.value,
            _meta: shapes.value,
            cursor: shapes.value,
          },
          { requiredKeys: [] },
        ),
        shapes.value,
      ),
    },
    { requiredKeys: [] },
  );

  const check = async (body: string | Uint8Array, headers: Record<string, string>) => {
    const response = await fetch(`${app.appUrl}/mcp`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${token}` },
      body: body as BodyInit,
    });
    const text = await response.text();
    if (response.status >= 500) throw new Error(`${response.status} ${text}`);
    expect(text).not.toMatch(/node_modules|TypeError|undefined is not/);
  };

  test('messages with generated members, in both protocol eras', async () => {
    const { 'mcp-protocol-version': _version, 'mcp-method': _method, 'mcp-name': _name, ...plain } = common;
    await fc.assert(
      fc.asyncProperty(wellMeant, fc.boolean(), async (message, modern) => {
        const { body, headers } = mcpMessage(
          typeof message.method === 'string' && /^[\w/]+$/.test(message.method)
            ? message.method
            : 'tools/list',
          typeof message.params === 'object' && message.params !== null ? { ...message.params } : {},
        );
        if (modern && /^[\x20-\x7e]*$/.test(headers['mcp-name'] ?? '')) await check(body, headers);
        else await check(JSON.stringify(message), plain);
      }),
      { numRuns: 250 },
    );
  });

  test('valid messages with changed bytes', async () => {
    const original = Buffer.from(toolCall('store', { text: 'property' }).body);
    const edit = fc.tuple(
      fc.nat(original.length - 1),
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom('set', 'insert', 'cut'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        let bytes = Buffer.from(original);
        for (const [at, value, how] of edits) {
          const byte = Buffer.from([value]);
          if (how === 'set') bytes[Math.min(at, bytes.length - 1)] = value;
          else if (how === 'insert') bytes = Buffer.concat([bytes.subarray(0, at), byte, bytes.subarray(at)]);
          else bytes = bytes.subarray(0, Math.max(1, at));
        }
        await check(bytes, common);
      }),
      { numRuns: 250 },
    );
  });
});

test('concurrent calls of several people each get the data of their own person', async () => {
  const people = await Promise.all(
    ['user_one', 'user_two', 'user_three'].map(async (sub) => ({
      sub,
      token: await app.issuer.token({ sub }),
    })),
  );
  await Promise.all(
    people.map(({ sub, token }) => postMcp(app.appUrl, token, toolCall('store', { text: `only ${sub}` }))),
  );
  await Promise.all(
    Array.from({ length: 120 }, async (_, index) => {
      const { sub, token } = people[index % people.length] ?? { sub: '', token: '' };
      // The same JSON-RPC id for all: ids belong to a client, not to the server.
      const identity = await (await postMcp(app.appUrl, token, toolCall('identity', {}, 1))).json();
      expect(identity.result.structuredContent.subject).toBe(sub);
      const stored = await (await postMcp(app.appUrl, token, toolCall('stored', {}, 1))).json();
      expect(stored.result.structuredContent).toEqual({ texts: [`only ${sub}`] });
    }),
  );
});
