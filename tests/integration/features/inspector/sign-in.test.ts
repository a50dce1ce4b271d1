import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discover } from '#features/discovery/discovery.ts';
import { signInTarget } from '#features/discovery/target.ts';
import { Trace } from '#features/discovery/trace.ts';
import { withMcpClient } from '#features/inspector/server/mcp-session.ts';
import { viewServer } from '#features/inspector/server/server-view.ts';
import { authorizationRequest } from '#features/inspector/server/sign-in/authorization-request.ts';
import { readCallback } from '#features/inspector/server/sign-in/callback.ts';
import { documentClient } from '#features/inspector/server/sign-in/clients.ts';
import type { Session } from '#features/inspector/server/sign-in/flow.ts';
import { redeemCode, refreshTokens } from '#features/inspector/server/sign-in/token-request.ts';
import { clientKey } from '#lib/cimd/client-key.ts';
import { type Config, parseConfig } from '#lib/config/env.ts';
import { guardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { approve } from '#tests/support/sign-in.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';

const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const network = { fetch: guardedFetch, allowLoopback: true };

let stack: Stack;
let config: Config;
beforeAll(async () => {
  stack = await startStack({ env: { CLIENT_PRIVATE_KEY: pem }, behaviour: { privateKeyJwt: true } });
  config = parseConfig({
    APP_URL: stack.appUrl,
    AUTHKIT_DOMAIN: stack.authkitUrl,
    WORKOS_API_KEY: 'sk_test_local',
    WORKOS_CLIENT_ID: 'client_local',
    WORKOS_COOKIE_PASSWORD: 'kZ3v9Qw1xY7bT5nR8mC2dF6gH4jL0pSa',
    CLIENT_PRIVATE_KEY: pem,
  });
});
afterAll(() => stack.stop());

async function signIn(trace: Trace): Promise<Session> {
  const discovery = await discover(`${stack.appUrl}/mcp`, { ...network, origin: stack.appUrl });
  const target = signInTarget(discovery);
  if (!target) throw new Error(JSON.stringify(discovery.problems));
  const client = documentClient(config);
  const { url, flow } = authorizationRequest({
    target,
    client,
    scopes: target.scopes,
    redirectUri: `${stack.appUrl}/inspector/callback`,
  });
  const callback = readCallback((await approve(url, { account: 'ada' })).searchParams, flow);
  if (callback.problem) throw new Error(JSON.stringify(callback.problem));
  const redeemed = await redeemCode(trace, flow, callback.code, { key: clientKey(config) });
  if (redeemed.problem) throw new Error(JSON.stringify(redeemed.problem));
  return { target, client, requested: flow.scopes ?? [], tokens: redeemed.tokens };
}

describe('with a key for private_key_jwt', () => {
  test('the inspector signs in, calls the server in both eras, refreshes, and records no secret', async () => {
    const trace = new Trace(network);
    const session = await signIn(trace);
    expect(session.client.authMethod).toBe('private_key_jwt');

    for (const [era, spoken] of [
      ['auto', 'modern'],
      ['legacy', 'legacy'],
    ] as const) {
      const outcome = await withMcpClient(session, 'view', { trace, era }, viewServer);
      expect(outcome.value?.era).toBe(spoken);
      expect(outcome.value?.tools.map(({ name }) => name)).toContain('identity');
    }

    const refreshed = await refreshTokens(trace, session, { key: clientKey(config) });
    expect(refreshed.problem).toBe(undefined);
    const shown = JSON.stringify(trace.exchanges);
    const { accessToken, refreshToken } = session.tokens;
    for (const secret of [accessToken, refreshToken ?? '', accessToken.split('.')[2] ?? ''])
      expect(shown).not.toContain(secret);
    expect(shown).toContain('client_assertion=hidden');
  });

  test('an expired token is refreshed before it is used', async () => {
    const trace = new Trace(network);
    const session = await signIn(trace);
    const ended = { ...session, tokens: { ...session.tokens, expiresAt: Date.now() - 1 } };
    const outcome = await withMcpClient(ended, 'identity', { trace, key: clientKey(config) }, (client) =>
      client.callTool({ name: 'identity', arguments: {} }),
    );
    expect(outcome.value?.isError).not.toBe(true);
    expect(outcome.session?.tokens.accessToken).not.toBe(session.tokens.accessToken);
    expect(trace.exchanges.filter(({ step }) => step === 'refresh')).toHaveLength(1);
  });

  test('a refresh without the key is refused with the reason of the authorization server', async () => {
    const trace = new Trace(network);
    const session = await signIn(trace);
    const keyless = await refreshTokens(trace, {
      ...session,
      client: { ...session.client, authMethod: 'none' },
    });
    expect(keyless.problem).toMatchObject({ reason: 'token_refused', error: 'invalid_client' });
  });
});
