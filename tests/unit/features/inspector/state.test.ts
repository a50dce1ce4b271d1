import { describe, expect, test } from 'vitest';
import type { Exchange } from '#features/discovery/exchange.ts';
import type { SessionSummary } from '#features/inspector/messages.ts';
import { type InspectorState, initialState, reduce } from '#features/inspector/state.ts';
import type { Finding } from '#lib/checks/finding.ts';

const SESSION: SessionSummary = {
  serverUrl: 'https://mcp.example.com/mcp',
  resource: 'https://mcp.example.com/mcp',
  issuer: 'https://auth.example.com',
  clientId: 'https://app.example.com/oauth/client-metadata.json',
  clientKind: 'document',
  scopes: ['openid'],
  canRefresh: false,
  token: { format: 'opaque' },
};
const VIEW: InspectorState['view'] = {
  era: 'modern',
  sse: false,
  protocolVersion: '2026-07-28',
  serverInfo: undefined,
  instructions: undefined,
  capabilities: {},
  tools: [],
  resources: [],
  resourceTemplates: [],
  prompts: [],
};
const exchange = (id: string): Exchange => ({
  id,
  step: 'mcp',
  title: id,
  from: 'client',
  to: 'mcp-server',
  request: { method: 'POST', url: 'https://mcp.example.com/mcp', headers: [] },
  durationMs: 1,
});
const finding = (id: string): Finding => ({
  id,
  severity: 'error',
  title: id,
  observed: '',
  fix: '',
  reference: { name: 'RFC 6749' },
});
const connected: InspectorState = { ...initialState(SESSION), serverUrl: SESSION.serverUrl, view: VIEW };

describe('the state of the inspector', () => {
  test('starts anew with a run and keeps the session', () => {
    const before = {
      ...connected,
      rows: [exchange('a')],
      findings: { run: [], signIn: [], call: [finding('x')] },
    };
    expect(
      reduce(before, {
        type: 'run-started',
        serverUrl: 'https://other.example.com',
        session: SESSION,
      }),
    ).toEqual({
      ...initialState(SESSION),
      serverUrl: 'https://other.example.com',
      discovery: { status: 'running' },
      busy: 'run',
    });
  });

  test('shows an exchange before its response, and then the response in its place', () => {
    const { request, durationMs: _, ...started } = exchange('a');
    const pending = reduce(connected, {
      type: 'run-progressed',
      event: { type: 'started', ...started, method: request.method, url: request.url },
    });
    expect(pending.rows).toMatchObject([{ id: 'a', pending: true }]);
    const done = reduce(pending, {
      type: 'run-progressed',
      event: { type: 'exchange', exchange: exchange('a') },
    });
    expect(done.rows).toEqual([exchange('a')]);
  });

  test('a cancelled run is not taken for a complete one, and its rows wait for nothing', () => {
    const { request, durationMs: _, ...started } = exchange('a');
    const running = reduce(
      reduce(connected, { type: 'run-started', serverUrl: SESSION.serverUrl, session: SESSION }),
      {
        type: 'run-progressed',
        event: { type: 'started', ...started, method: request.method, url: request.url },
      },
    );
    for (const end of [
      { type: 'run-cancelled' },
      { type: 'request-failed', failure: 'signed_out' },
    ] as const) {
      const ended = reduce(running, end);
      expect(ended.discovery.status).toBe('cancelled');
      expect(ended.busy).toBe(undefined);
      expect(ended.rows).toMatchObject([{ id: 'a', error: 'The run was cancelled before the response.' }]);
      expect(ended.rows[0]?.pending).toBe(undefined);
    }
  });

  test('keeps at most 150 exchanges, the latest', () => {
    const exchanges = Array.from({ length: 200 }, (_, index) => exchange(`e${index}`));
    const { rows } = exchanges.reduce<InspectorState>(
      (state, next) => reduce(state, { type: 'traced', event: { type: 'exchange', exchange: next } }),
      connected,
    );
    expect(rows).toHaveLength(150);
    expect(rows.at(-1)?.id).toBe('e199');
  });

  test('keeps the view of the server over a call, and drops it when the session has ended', () => {
    expect(reduce(connected, { type: 'session-changed', session: SESSION }).view).toBe(VIEW);
    expect(reduce(connected, { type: 'session-changed', session: undefined })).toMatchObject({
      session: undefined,
      view: undefined,
    });
  });

  test('drops the findings of the last call when a sign-in gives a session, and keeps them otherwise', () => {
    const before = { ...connected, findings: { run: [], signIn: [], call: [finding('insufficient-scope')] } };
    const answer = { exchanges: [], findings: [finding('x')] };
    const completed = (session?: SessionSummary) =>
      reduce(before, { type: 'sign-in-completed', answer: session ? { ...answer, session } : answer })
        .findings;
    expect(completed(SESSION)).toMatchObject({ signIn: [{ id: 'x' }], call: [] });
    expect(completed()).toMatchObject({ signIn: [{ id: 'x' }], call: [{ id: 'insufficient-scope' }] });
  });

  test('is busy while a request runs, and says why it failed', () => {
    const busy = reduce(connected, { type: 'request-started', busy: 'call' });
    expect(busy.busy).toBe('call');
    const failed = reduce(busy, { type: 'request-failed', failure: 'signed_out' });
    expect(failed).toMatchObject({ busy: undefined, failure: 'signed_out' });
    expect(reduce(failed, { type: 'request-started', busy: 'call' }).failure).toBe(undefined);
  });
});
