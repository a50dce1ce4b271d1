import { describe, expect, test } from 'vitest';
import { withMcpClient } from '#features/inspector/server/mcp-session.ts';
import type { Problem } from '#features/inspector/server/problems.ts';
import { problemFinding } from '#features/inspector/server/problems.ts';
import { readCallback } from '#features/inspector/server/sign-in/callback.ts';
import type { Flow, OAuthClient, Session } from '#features/inspector/server/sign-in/flow.ts';
import { stepUp } from '#features/inspector/server/sign-in/step-up.ts';
import { redeemCode, refreshTokens } from '#features/inspector/server/sign-in/token-request.ts';
import { begun, DOCUMENT_CLIENT, ISSUER, targetWith, worldWith } from './hostile-server.ts';

const SECRET_TEXT = 'call +1 555 0100 to unlock';
const callback = (flow: Flow | undefined, parameters: Record<string, string>) =>
  readCallback(new URLSearchParams(parameters), flow);
const said = (problem: Problem | undefined) => JSON.stringify(problem && problemFinding(problem));

describe('a callback', () => {
  test('with the expected state and issuer returns its code', () => {
    const flow = begun();
    expect(callback(flow, { state: flow.state, iss: ISSUER, code: 'c' })).toEqual({ code: 'c' });
  });

  test.each([
    ['another issuer', 'https://evil.example.com'],
    ['a trailing slash', `${ISSUER}/`],
    ['another case', 'https://AUTH.example.com'],
    ['the default port', 'https://auth.example.com:443'],
    ['percent-encoding', 'https://auth.example.com%2F'],
    ['an empty issuer', ''],
  ])('from %s is refused before its code is used', (_what, iss) => {
    const flow = begun();
    const { problem } = { problem: undefined, ...callback(flow, { state: flow.state, iss, code: 'c' }) };
    expect(problem).toMatchObject({ reason: 'callback_issuer_mismatch', got: iss });
    expect(said(problem)).toContain('callback-issuer-mismatch');
  });

  test('from another issuer is refused even when the server does not advertise iss', () => {
    const flow = begun({ sendsIssuer: false });
    expect(callback(flow, { state: flow.state, iss: 'https://evil.example.com', code: 'c' })).toMatchObject({
      problem: { reason: 'callback_issuer_mismatch' },
    });
  });

  test('with two issuers is refused', () => {
    const flow = begun();
    const twice = new URLSearchParams([
      ['state', flow.state],
      ['iss', ISSUER],
      ['iss', ISSUER],
      ['code', 'c'],
    ]);
    expect(readCallback(twice, flow)).toMatchObject({ problem: { reason: 'callback_issuer_mismatch' } });
  });

  test('without an issuer is refused when the server advertises iss', () => {
    const flow = begun();
    const { problem } = { problem: undefined, ...callback(flow, { state: flow.state, code: 'c' }) };
    expect(problem).toEqual({ reason: 'callback_issuer_missing', expected: ISSUER });
  });

  test('with an error from another issuer shows nothing of that error', () => {
    const flow = begun();
    const { problem } = {
      problem: undefined,
      ...callback(flow, {
        state: flow.state,
        iss: 'https://evil.example.com',
        error: 'access_denied',
        error_description: SECRET_TEXT,
        error_uri: 'https://evil.example.com/phish',
      }),
    };
    expect(problem?.reason).toBe('callback_issuer_mismatch');
    expect(said(problem)).not.toMatch(/555|access_denied|phish/);
  });

  test('with an error from the expected issuer shows it as truncated plain text', () => {
    const flow = begun();
    const description = `<b>\u202eno\u200b</b>${'x'.repeat(10_000)}`;
    const { problem } = {
      problem: undefined,
      ...callback(flow, {
        state: flow.state,
        iss: ISSUER,
        error: 'access_denied',
        error_description: description,
      }),
    };
    expect(problem).toMatchObject({ reason: 'authorization_refused', error: 'access_denied' });
    expect(said(problem)).toContain('<b>no</b>');
    expect(said(problem).length).toBeLessThan(1_000);
  });

  test.each<[string, Record<string, string>, string]>([
    ['no state', {}, 'state_missing'],
    ['an empty state', { state: '' }, 'state_missing'],
    ['another state', { state: 'x'.repeat(43) }, 'state_unknown'],
  ])('with %s is refused', (_what, parameters, reason) => {
    const given = { iss: ISSUER, code: 'c', error: 'x', ...parameters };
    expect(callback(begun(), given)).toEqual({ problem: { reason } });
  });

  test('of a sign-in that another browser began is refused', () => {
    expect(callback(undefined, { state: begun().state, iss: ISSUER, code: 'c' })).toEqual({
      problem: { reason: 'state_unknown' },
    });
  });

  test('with neither a code nor an error is refused', () => {
    const flow = begun();
    expect(callback(flow, { state: flow.state, iss: ISSUER })).toEqual({
      problem: { reason: 'code_missing' },
    });
  });
});

describe('the token endpoint', () => {
  test.each(['https://other.example.com/steal', 'http://169.254.169.254/x', '/token2'])(
    'that redirects to %s does not disclose the code',
    async (location) => {
      await using world = await worldWith({
        'auth.example.com/token': { status: 307, headers: { location } },
      });
      const { problem } = await redeemCode(world.trace(), begun(), 'code-1');
      expect(problem).toMatchObject({ reason: 'redirected', subject: 'the token endpoint' });
      expect(world.reached.requests).toBe(1);
      expect(world.forbidden.connections).toBe(0);
    },
  );

  test.each<[string, object | string]>([
    ['no access token', { token_type: 'Bearer' }],
    ['a token that would split a header', { access_token: 'a\r\nX-Evil: 1', token_type: 'Bearer' }],
    ['a token of another type', { access_token: 'a', token_type: 'mac' }],
    ['no token type', { access_token: 'a' }],
    ['a token of a megabyte', { access_token: 'a'.repeat(100_000), token_type: 'Bearer' }],
    ['HTML', '<html>'],
  ])('that returns %s is refused', async (_what, body) => {
    await using world = await worldWith({ 'auth.example.com/token': { body } });
    expect((await redeemCode(world.trace(), begun(), 'code-1')).problem).toMatchObject({
      reason: 'token_invalid',
    });
  });

  test('that echoes the request leaves no secret in the trace', async () => {
    const flow = begun(
      {},
      { ...DOCUMENT_CLIENT, clientSecret: 'client-secret-1', authMethod: 'client_secret_post' },
    );
    const sent = ['code-value-1', flow.codeVerifier, flow.state, 'client-secret-1'];
    await using world = await worldWith({
      'auth.example.com/token': {
        status: 400,
        body: { error: 'invalid_grant', error_description: sent.join(' '), sent },
      },
    });
    const trace = world.trace();
    const { problem } = await redeemCode(trace, flow, 'code-value-1');
    expect(problem?.reason).toBe('token_refused');
    for (const secret of sent) expect(JSON.stringify(trace.exchanges)).not.toContain(secret);
  });
});

describe('credentials of one issuer', () => {
  const registered: OAuthClient = {
    kind: 'registered',
    clientId: 'client-1',
    clientSecret: 'client-secret-1',
    authMethod: 'client_secret_basic',
    issuer: 'https://other.example.com',
  };

  test('are sent to no other issuer, neither with a code nor with a refresh token', async () => {
    await using world = await worldWith({});
    const session = {
      target: targetWith(),
      client: registered,
      tokens: { accessToken: 'a', refreshToken: 'refresh-1' },
    };
    const outcomes = [
      await redeemCode(world.trace(), begun({}, registered), 'code-1'),
      await refreshTokens(world.trace(), session),
    ];
    for (const { problem } of outcomes) expect(problem?.reason).toBe('client_of_another_issuer');
    expect(world.reached.requests).toBe(0);
  });
});

describe('a server that always requires more scopes', () => {
  const session: Session = {
    target: targetWith(),
    client: DOCUMENT_CLIENT,
    requested: ['openid'],
    tokens: { accessToken: 'access-token-1', scopes: ['openid'] },
  };

  test('gets at most two step-ups for the same operation', () => {
    let now = session;
    const reasons: string[] = [];
    for (let round = 1; round <= 4; round++) {
      const next = stepUp(now, 'tools/call x', [`scope-${round}`], undefined);
      reasons.push(next.problem?.reason ?? 'asked');
      if (!next.problem) now = { ...now, requested: next.scopes, stepUp: next.stepUp };
    }
    expect(reasons).toEqual(['asked', 'asked', 'step_up_exhausted', 'step_up_exhausted']);
  });

  test('gets no step-up for scopes that were granted', () => {
    expect(stepUp(session, 'tools/call x', ['openid'], undefined).problem?.reason).toBe('step_up_exhausted');
  });

  test('gets one request per call, and the finding says why', async () => {
    await using world = await worldWith({
      'mcp.example.com/mcp': {
        status: 403,
        headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="openid"' },
      },
    });
    const outcome = await withMcpClient(session, 'tools/call x', { trace: world.trace() }, (client) =>
      client.listTools(),
    );
    expect(outcome.problems?.map((problem) => problemFinding(problem).id)).toEqual(['step-up-endless']);
    expect(world.reached.requests).toBe(1);
  });
});
