import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  type Call,
  changeCalls,
  expandTemplate,
  keptCalls,
  templateVariables,
} from '#features/inspector/calls.ts';
import { codeSamples, type SampleRequest } from '#features/inspector/code-samples.ts';
import { lineDiff } from '#features/inspector/line-diff.ts';
import { schemaProblem } from '#features/inspector/schema-check.ts';

const call = (id: string, change: Partial<Call> = {}): Call => ({
  id,
  target: { kind: 'tool', name: 'order' },
  arguments: {},
  at: 0,
  state: 'done',
  ...change,
});
const outcome = (result: object) => ({
  findings: [],
  renewed: false,
  durationMs: 1,
  result: result as never,
});

describe('the history of calls', () => {
  test('keeps the newest forty, and every pinned or running one', () => {
    let calls: readonly Call[] = [call('pinned', { pinned: true }), call('running', { state: 'running' })];
    for (let index = 0; index < 60; index++)
      calls = changeCalls(calls, { type: 'call-started', call: call(`c${index}`) });
    expect(calls).toHaveLength(40);
    expect(calls[0]?.id).toBe('c59');
    expect(calls.map(({ id }) => id)).toEqual(expect.arrayContaining(['pinned', 'running']));
    expect(changeCalls(calls, { type: 'calls-cleared' }).map(({ id }) => id)).toEqual(['pinned', 'running']);
  });

  test('is stored without credentials in any of its parts, and without what is too large', () => {
    const jwt = `eyJhbGciOiJub25lIn0.${'a'.repeat(20)}.b`;
    const kept = JSON.stringify(
      keptCalls([
        call('a', {
          arguments: { api_key: 'key-canary', note: `see ${jwt}`, nested: [{ password: 'pw-canary' }] },
          outcome: outcome({
            content: [{ type: 'text', text: '{"access_token":"token-canary"}' }],
            structuredContent: { clientSecret: { value: 'secret-canary' }, total: 3 },
          }),
        }),
        call('b', { outcome: outcome({ content: [{ type: 'text', text: 'x'.repeat(100_000) }] }) }),
      ]),
    );
    expect(kept).not.toMatch(/canary|aaaaaaaa|xxxxxxxx/);
    expect(kept).toContain('"total":3');
    const many = Array.from({ length: 40 }, (_, index) =>
      call(`c${index}`, { outcome: outcome({ content: [{ type: 'text', text: 'y'.repeat(50_000) }] }) }),
    );
    expect(JSON.stringify(keptCalls(many)).length).toBeLessThan(300_000);
  });
});

describe('a URI template', () => {
  test.each([
    ['stub://orders/{id}', { id: 'a b/c' }, 'stub://orders/a%20b%2Fc'],
    ['file:///{+path}', { path: 'a/b' }, 'file:///a/b'],
    ['x://s{?q,lang}', { q: 'é', lang: '' }, 'x://s?q=%C3%A9'],
    ['x://{a}{/b*}', { a: '1', b: '2' }, 'x://1/2'],
  ])('%s is expanded', (template, values, uri) => {
    expect(expandTemplate(template, values)).toBe(uri);
  });

  test('names its variables once', () => {
    expect(templateVariables('x://{a}/{b,c*}{?a}')).toEqual(['a', 'b', 'c']);
  });
});

describe('a request as code', () => {
  const request: SampleRequest = {
    serverUrl: "https://mcp.example.com/mcp?a='$(id)",
    method: 'tools/call',
    params: { name: 'order', arguments: { text: "it's $HOME `x`", yes: true, none: null } },
    era: 'modern',
    sse: false,
    protocolVersion: '2026-07-28',
    secretHeaders: ['authorization', 'x-api-key'],
  };
  const codeOf = (id: string, change: Partial<SampleRequest> = {}) =>
    codeSamples({ ...request, ...change }).find((sample) => sample.id === id)?.code ?? '';

  test('has placeholders for credentials, and leaves nothing for the shell to expand', () => {
    const script = `curl() { printf '%s\\n' "$@"; }\n${codeOf('curl')}`;
    const env = { ...process.env, TOKEN: 'token-1', X_API_KEY: 'key-1' };
    const sent = spawnSync('sh', ['-c', script], { env, encoding: 'utf8' }).stdout;
    expect(sent).toContain('\nAuthorization: Bearer token-1\n');
    expect(sent).toContain('\nx-api-key: key-1\n');
    expect(sent).toContain("https://mcp.example.com/mcp?a='$(id)\n");
    expect(sent).toContain(JSON.stringify("it's $HOME `x`"));
  });

  test('begins a session for a server of an earlier revision', () => {
    expect(codeOf('curl', { era: 'legacy', protocolVersion: '2025-06-18' })).toMatch(
      /initialize[\s\S]*notifications\/initialized[\s\S]*Mcp-Session-Id: \$SESSION[\s\S]*tools\/call/,
    );
  });

  test('uses the stream of a server of HTTP+SSE', () => {
    const sse = { era: 'legacy', sse: true, protocolVersion: '2024-11-05' } as const;
    expect(codeOf('typescript', sse)).toContain('new SSEClientTransport(');
    expect(codeOf('python', sse)).toContain('async with sse_client(');
    const stub = String.raw`curl() { case "$*" in *" -d "*) ;; *) printf "event: endpoint\r\ndata: /m?s=1\r\n" ;; esac; echo "to $2" >&2; }`;
    const script = `sleep() { wait; }\n${stub}\n${codeOf('curl', sse)}`;
    const sent = spawnSync('sh', ['-c', script], { env: { ...process.env, TOKEN: 't' }, encoding: 'utf8' });
    expect(sent.stderr.match(/^to .*$/gm)).toEqual([
      "to https://mcp.example.com/mcp?a='$(id)",
      ...Array.from({ length: 3 }, () => 'to https://mcp.example.com/m?s=1'),
    ]);
  });

  test('is written in the literals of its language', () => {
    expect(codeOf('python')).toContain('"yes": True, "none": None');
    expect(codeOf('typescript')).toContain('client.callTool(');
    expect(codeOf('python', { method: 'resources/read', params: { uri: 'stub://a' } })).toContain(
      'session.read_resource("stub://a")',
    );
  });

  test('shows invisible characters as escapes of its language', () => {
    const name = 'a\u202eb\u{e0041}';
    const change: Partial<SampleRequest> = { params: { name, arguments: { [name]: name } } };
    for (const [id, escaped] of [
      ['curl', String.raw`"a\u202eb\udb40\udc41"`],
      ['typescript', String.raw`"a\u202eb\udb40\udc41"`],
      ['python', String.raw`"a\U0000202eb\U000e0041"`],
    ] as const) {
      const code = codeOf(id, change);
      expect(code.split(escaped)).toHaveLength(4);
      expect(code).not.toMatch(/\p{Cf}/u);
    }
  });
});

describe('the difference of two texts', () => {
  test('names the lines that were removed and added', () => {
    expect(lineDiff('a\nb\nc\nd', 'a\nc\nx\nd').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'same a',
      'removed b',
      'same c',
      'added x',
      'same d',
    ]);
    expect(lineDiff('a', 'a')).toEqual([{ kind: 'same', text: 'a' }]);
  });

  test('of long texts stays bounded', () => {
    const text = (letter: string) =>
      Array.from({ length: 5_000 }, (_, line) => `${letter}${line}`).join('\n');
    expect(lineDiff(text('a'), text('b'))).toHaveLength(10_000);
  });
});

describe('the check of a value against a schema', () => {
  const schema = {
    type: 'object',
    properties: { total: { type: 'integer' }, pattern: { type: 'string', pattern: '^(a+)+$' } },
    required: ['total'],
  };

  test('says what does not fit', async () => {
    expect(await schemaProblem(schema, { total: 3, pattern: 'zzz' })).toBe(undefined);
    expect(await schemaProblem(schema, { total: 'many' })).toMatch(/integer/);
    expect(await schemaProblem(schema, { total: 1, pattern: 5 })).toMatch(/string/);
  });

  test('runs no pattern of a server, and leaves schemas out that could take long', async () => {
    const hostile = `${'a'.repeat(40)}!`;
    expect(await schemaProblem(schema, { total: 1, pattern: hostile })).toBe(undefined);
    const level = (depth: number) => ({
      anyOf: [{ $ref: `#/$defs/d${depth}` }, { $ref: `#/$defs/d${depth}` }],
    });
    const bomb = {
      ...level(0),
      $defs: Object.fromEntries(Array.from({ length: 40 }, (_, depth) => [`d${depth}`, level(depth + 1)])),
    };
    expect(await schemaProblem(bomb, {})).toBe(undefined);
  });
});
