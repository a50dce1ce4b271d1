import { generateKeyPair, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { config } from '#lib/config/env.ts';
import { authorizeMutation } from '#lib/session/authorize-mutation.ts';
import { actor, currentSession, currentUser, userOrRefusal } from '#lib/session/user.ts';
import { answerHtml, type FakeSessions, startFakeSessions } from '#tests/support/fake-sessions.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

let request = new Headers();
vi.mock('next/headers', () => ({ headers: async () => request }));

let fake: FakeSessions;
beforeAll(async () => {
  fake = await startFakeSessions();
  stubConfiguration(fake.variables);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(() => fake.close());
beforeEach(() => {
  request = new Headers();
});

/** Makes a request with a sealed session, as the proxy passes it on. */
async function passOn(next: FakeSessions['next'] = {}): Promise<void> {
  request = new Headers({ 'x-workos-session': await fake.seal(next) });
}

test('signing keys that were never read are an outage, not a signed-out user', async () => {
  await passOn();
  fake.atKeys = answerHtml(502);
  expect(await currentSession()).toBe('unavailable');
  await expect(currentUser()).rejects.toMatchObject({ digest: 'session-unavailable' });
  expect(await userOrRefusal()).toMatchObject({ status: 503 });
  fake.atKeys = undefined;
  await expect.poll(currentSession, { timeout: 10_000 }).toMatchObject({ email: 'ada@example.com' });
});

describe('a session is verified at the point of use', () => {
  test('and a valid one names the user, the organization and the impersonator', async () => {
    const claims = { org_id: 'org_1', role: 'admin', permissions: ['a', 7, 'b'] };
    await passOn({ claims, members: { impersonator: { email: 'support@acme.example', reason: null } } });
    const user = await currentUser();
    expect(user).toMatchObject({
      id: 'user_ada',
      organizationId: 'org_1',
      role: 'admin',
      permissions: ['a', 'b'],
      impersonator: 'support@acme.example',
    });
    expect(user && actor(user)).toBe('support@acme.example (impersonating ada@example.com)');
    expect(user && actor({ ...user, impersonator: undefined })).toBe('ada@example.com');
  });

  const REFUSED: [string, JWTPayload][] = [
    ['another subject', { sub: 'user_eve' }],
    ['no subject', { sub: undefined }],
    ['no session id', { sid: undefined }],
  ];
  test.each(REFUSED)('and one whose token has %s is refused', async (_what, claims) => {
    await passOn({ claims });
    expect(await currentUser()).toBeNull();
  });

  test('and one whose token has expired, or another key signed, is refused', async () => {
    await passOn({ expiresIn: -1 });
    expect(await currentUser()).toBeNull();
    await passOn({ key: (await generateKeyPair('RS256')).privateKey });
    expect(await currentUser()).toBeNull();
    expect(await userOrRefusal()).toMatchObject({ status: 401 });
  });
});

describe('a mutation', () => {
  test.each([undefined, 'null', 'https://evil.example', 'http://localhost:3000/'])(
    'from the origin %s is refused even with a valid session',
    async (origin) => {
      await passOn();
      if (origin !== undefined) request.set('origin', origin);
      expect(await authorizeMutation()).toBe('cross_site');
    },
  );

  test('from our own page needs a session', async () => {
    request.set('origin', config().appUrl);
    expect(await authorizeMutation()).toBe('signed_out');
    request.set('x-session-unavailable', 'true');
    expect(await authorizeMutation()).toBe('session_unavailable');
    await passOn();
    request.set('origin', config().appUrl);
    expect(await authorizeMutation()).toMatchObject({ id: 'user_ada' });
  });
});
