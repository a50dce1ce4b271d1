import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type PageSession, pageSession, unsealSession } from '#lib/session/refresh.ts';
import {
  answer,
  answerHtml,
  type FakeSessions,
  hang,
  startFakeSessions,
} from '#tests/support/fake-sessions.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

let fake: FakeSessions;
beforeAll(async () => {
  fake = await startFakeSessions();
  stubConfiguration(fake.variables);
});
afterAll(() => fake.close());
beforeEach(() => {
  fake.next = {};
  fake.atToken = undefined;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => vi.useRealTimers();
});

/** A sealed session whose access token expires in so many seconds. */
const sealedSession = (expiresIn: number) => fake.seal({ expiresIn });

const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);
const stateOf = async (sealed: string | undefined) => (await pageSession(sealed)).state;

test('no cookie, a made-up one and one sealed by another deployment are signed out', async () => {
  for (const sealed of [
    undefined,
    '',
    'garbage',
    'Fe26.2*1*00*00*00**00*00',
    (await sealedSession(300)).replace(/\*.{9}/, '*tampered'),
  ])
    expect(await stateOf(sealed)).toBe('signed_out');
});

test('a session whose token is valid for a while is used as it is, without WorkOS', async () => {
  const sealed = await sealedSession(300);
  fake.atToken = hang;
  expect(await pageSession(sealed)).toEqual({ state: 'signed_in', sealed, renewed: false });
});

const OUTAGES: [string, RequestListener][] = [
  ['hangs', hang],
  ['returns 429', answer(429, { message: 'Too many requests' }, { 'retry-after': '60' })],
  ['returns an error', answer(500, { message: 'Internal' })],
  ['returns an HTML page with 503', answerHtml(503)],
  ['returns an HTML page with 200', answerHtml(200)],
  ['returns an HTML page with 403', answerHtml(403)],
  ['refuses the API key', answer(401, { message: 'Unauthorized' })],
  ['refuses the client', answer(400, { error: 'invalid_client' })],
];

test.each(OUTAGES)(
  'while WorkOS %s an expired session is unavailable, and it is signed in later',
  async (_what, at) => {
    const [expired, expiring] = [await sealedSession(-1), await sealedSession(20)];
    fake.atToken = at;
    expect(await stateOf(expired)).toBe('unavailable');
    expect(await pageSession(expiring)).toEqual({ state: 'signed_in', sealed: expiring, renewed: false });

    const asked = fake.refreshes;
    expect(await stateOf(expired)).toBe('unavailable');
    // WorkOS is not asked again for each page.
    expect(fake.refreshes).toBe(asked);
    fake.atToken = undefined;
    // A request that hangs is given up by its own deadline first.
    const sixSecondsLater = () => {
      later(6);
      return stateOf(expired);
    };
    await expect.poll(sixSecondsLater, { timeout: 20_000 }).toBe('signed_in');
  },
);

test('requests that arrive together share one refresh, and so does a later one with the old cookie', async () => {
  const sealed = await sealedSession(-1);
  const before = fake.refreshes;
  const together = await Promise.all(Array.from({ length: 6 }, () => pageSession(sealed)));
  later(30);
  const all: PageSession[] = [...together, await pageSession(sealed)];
  expect(fake.refreshes - before).toBe(1);
  expect(
    new Set(all.map((each) => (each.state === 'signed_in' && each.renewed ? each.sealed : ''))),
  ).toHaveLength(1);
  const [first] = all;
  expect(first).toMatchObject({ state: 'signed_in', renewed: true });
  expect(await unsealSession(first?.state === 'signed_in' ? first.sealed : '')).toMatchObject({
    user: { email: 'ada@example.com' },
    refreshToken: expect.stringMatching(/^refresh_/),
  });
});

test('a response that comes after the deadline of a page is not lost: the next page has it', async () => {
  const sealed = await sealedSession(-1);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const session = { access_token: (await unsealSession(await sealedSession(300)))?.accessToken };
  fake.atToken = async (request, response) => {
    await released;
    answer(200, { ...session, refresh_token: 'late', user: { id: 'user_ada' } })(request, response);
  };
  expect(await stateOf(sealed)).toBe('unavailable');
  release();
  await expect.poll(() => stateOf(sealed)).toBe('signed_in');
});

test('a session that WorkOS ended is deleted only later, because another instance may have refreshed it just now', async () => {
  const sealed = await sealedSession(-1);
  fake.endSessions();
  expect(await pageSession(sealed)).toEqual({ state: 'ended', remove: false });
  later(11);
  expect(await pageSession(sealed)).toEqual({ state: 'ended', remove: true });
});
