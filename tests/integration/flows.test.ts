import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptedClient, type ScriptedClientOptions } from '#scripts/demo/client.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';

type How = Partial<Pick<ScriptedClientOptions, 'registration' | 'era' | 'account' | 'confirm'>>;

const connect = (appUrl: string, how: How = {}) =>
  ScriptedClient.connect({ url: `${appUrl}/mcp`, account: 'ben', registration: 'cimd', era: 'auto', ...how });

const identity = async (client: ScriptedClient) =>
  (await client.callTool('identity')).structuredContent as Record<string, unknown>;

const REGISTRATIONS = ['cimd', 'dcr'] as const;
const ERAS = ['auto', 'legacy'] as const;
const MATRIX = REGISTRATIONS.flatMap((registration) => ERAS.map((era) => ({ registration, era })));

describe('a client that knows only the URL', () => {
  let stack: SharedStack;
  beforeAll(async () => {
    stack = await sharedStack();
  });

  it.each(MATRIX)('connects by $registration in the $era era and calls a tool as the person', async (how) => {
    const client = await connect(stack.appUrl, how);
    const me = await identity(client);
    expect(me.issuer).toBe(stack.authkitUrl);
    expect(String(me.clientId).startsWith('https://client.test/')).toBe(how.registration === 'cimd');
    const version = client.client.getNegotiatedProtocolVersion();
    expect(version).toMatch(how.era === 'auto' ? /^2026-07-28$/ : /^2025-/);
    await client.close();
  });

  it('gets another scope by step-up and keeps the scopes it had', async () => {
    const client = await connect(stack.appUrl, { registration: 'dcr' });
    expect((await client.callTool('scoped')).structuredContent).toMatchObject({
      email: 'ben@example.com',
    });
    expect((await identity(client)).scopes).toEqual(expect.arrayContaining(['openid', 'profile', 'email']));
    await client.close();
  });

  it('refreshes its token, which invalidates the old refresh token', async () => {
    const client = await connect(stack.appUrl, { registration: 'dcr' });
    const { clientId } = await identity(client);
    const refresh = (token: string) =>
      fetch(`${stack.authkitUrl}/oauth2/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: token,
          client_id: String(clientId),
          resource: `${stack.appUrl}/mcp`,
        }),
      });
    const before = client.tokens?.refresh_token ?? '';
    const response = await refresh(before);
    expect(response.status).toBe(200);
    const renewed = (await response.json()) as { access_token: string; refresh_token: string };
    expect(renewed.refresh_token).not.toBe(before);
    expect((await refresh(before)).status).toBe(400);
    await client.close();
  });

  it('is refused immediately after it was revoked and works again after a new consent', async () => {
    const victim = await connect(stack.appUrl, { account: 'ada', registration: 'dcr' });
    const admin = await connect(stack.appUrl, { account: 'ada', registration: 'cimd', confirm: true });
    const { clientId } = await identity(victim);
    const listed = (await admin.callTool('connections')).structuredContent as {
      connections: { id: string; clientId: string }[];
    };
    const id = listed.connections.find((row) => row.clientId === clientId)?.id ?? '';
    const result = await admin.callTool('revoke', { id });
    expect(result.structuredContent).toEqual({ revoked: id, grant: 'deleted' });
    const refused = await fetch(`${stack.appUrl}/mcp`, {
      method: 'POST',
      headers: { authorization: `Bearer ${victim.tokens?.access_token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
    // The official client gets the 401, cannot refresh, asks for consent again, and the call succeeds.
    await expect.poll(async () => (await identity(victim)).clientId, { timeout: 10_000 }).toBe(clientId);
    await Promise.all([victim.close(), admin.close()]);
  });
});

describe('with only the claims that AuthKit documents', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ behaviour: { claims: 'older' } });
  });
  afterAll(() => stack.stop());

  it.each(MATRIX)('a client connects by $registration in the $era era', async (how) => {
    const client = await connect(stack.appUrl, how);
    const me = await identity(client);
    expect(me).toMatchObject({ clientId: null, scopes: ['openid', 'profile'], permissions: [] });
    expect(me.sessionId).toBeTruthy();
    await client.close();
  });
});
