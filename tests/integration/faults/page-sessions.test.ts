import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  answer,
  answerHtml,
  type FakeSessions,
  hang,
  startFakeSessions,
} from '#tests/support/fake-sessions.ts';
import { openPages, type PageSession } from '#tests/support/page-session.ts';
import { startTrustingApp, type TrustingApp } from '#tests/support/trusting-app.ts';

let workos: FakeSessions;
let app: TrustingApp;
beforeAll(async () => {
  workos = await startFakeSessions();
  app = await startTrustingApp({}, { workosPort: workos.port });
});
afterAll(async () => {
  await app?.stop();
  await workos?.close();
});
beforeEach(() => {
  workos.next = {};
  workos.atToken = undefined;
  workos.atKeys = undefined;
});

const permissions = (count: number) =>
  Array.from({ length: count }, (_, index) => `resource-${index}:administer`);

/** What a page without private content says about the session. */
async function header(pages: PageSession): Promise<'signed in' | 'signed out' | 'not checked'> {
  const text = await (await pages.request('/how-it-works')).text();
  if (text.includes('Session not checked')) return 'not checked';
  return text.includes('ada@example.com') ? 'signed in' : 'signed out';
}

/** A session whose access token has expired. */
async function expiredSession() {
  workos.next = { expiresIn: -1 };
  const pages = await workos.signIn(app.appUrl);
  workos.next = {};
  return pages;
}

const sessionCookies = ({ cookies }: PageSession) =>
  [...cookies].filter(([name]) => name.startsWith('wos-session'));

test('a completed sign-in deletes its own cookie, and not only its value', async () => {
  const pages = openPages(app.appUrl);
  const login = await pages.request('/login?returnTo=/clients');
  const state = new URL(login.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const landed = await pages.request(`/callback?code=x&state=${encodeURIComponent(state)}`);
  const deleted = landed.headers.getSetCookie().filter((line) => line.startsWith('wos-auth-verifier'));
  expect(deleted).toEqual([expect.stringContaining('Max-Age=0')]);
});

describe('a session with many permissions', () => {
  test('is kept in several cookies that browsers accept, refreshed, and deleted at sign-out', async () => {
    workos.next = { claims: { permissions: permissions(90) }, expiresIn: 20 };
    const pages = await workos.signIn(app.appUrl);
    expect(sessionCookies(pages).length).toBeGreaterThan(1);
    for (const [name, value] of sessionCookies(pages)) expect(`${name}=${value}`.length).toBeLessThan(3_800);
    const large = sessionCookies(pages).join();
    expect((await pages.request('/clients')).status).toBe(200);
    expect(sessionCookies(pages).join()).not.toBe(large);

    workos.next = {};
    expect((await pages.request('/clients')).status).toBe(200);
    expect(sessionCookies(pages).map(([name]) => name)).toEqual(['wos-session']);
    await pages.request('/logout', { method: 'POST', headers: { origin: app.appUrl } });
    expect(sessionCookies(pages)).toEqual([]);
  });

  test('that no browser could keep is refused with the reason', async () => {
    workos.next = { claims: { permissions: permissions(600) } };
    const pages = await workos.signIn(app.appUrl);
    expect(pages.landedOn).toMatch(/sign-in-failed\?reason=session_too_large/);
    expect(sessionCookies(pages)).toEqual([]);
  });
});

describe('when WorkOS never answers', () => {
  test('pages say so and keep the session, which works again later', async () => {
    const pages = await expiredSession();
    const kept = sessionCookies(pages).join();
    workos.atToken = hang;
    expect(await header(pages)).toBe('not checked');
    const clients = await pages.request('/clients');
    expect(clients.headers.get('location')).toBeNull();
    expect(await clients.text()).toContain('session-unavailable');
    expect((await pages.request('/clients/live')).status).toBe(503);
    expect(sessionCookies(pages).join()).toBe(kept);

    workos.atToken = undefined;
    await expect.poll(() => header(pages), { timeout: 30_000, interval: 500 }).toBe('signed in');
  });
});

describe('the refresh of a session', () => {
  test('happens once for requests that arrive together, and serves those that arrive later with the old cookie', async () => {
    const pages = await expiredSession();
    const old = {
      cookie: sessionCookies(pages)
        .map(([name, value]) => `${name}=${value}`)
        .join('; '),
    };
    const before = workos.refreshes;
    const get = async () => {
      const response = await fetch(`${app.appUrl}/clients`, { headers: old });
      return [response.status, response.headers.getSetCookie().some((line) => /wos-session=\w/.test(line))];
    };
    const answers = await Promise.all(Array.from({ length: 8 }, get));
    answers.push(await get());
    expect(answers).toEqual(Array.from({ length: 9 }, () => [200, true]));
    expect(workos.refreshes - before).toBe(1);
  });

  test('that fails does not delete what another instance may have stored', async () => {
    const pages = await expiredSession();
    workos.endSessions();
    const response = await pages.request('/clients');
    expect(response.headers.get('location')).toBe('/login?returnTo=%2Fclients');
    expect(response.headers.getSetCookie().join()).not.toContain('wos-session');
  });
});

describe('an exchange of the code', () => {
  const PRIVATE = {
    email: 'ada@example.com',
    pending_authentication_token: 'secret-pending',
    error_description: 'The code secret-code is invalid.',
  };
  test.each([
    ['organization_selection', answer(403, { code: 'organization_selection_required', ...PRIVATE })],
    ['policy', answer(403, { error: 'sso_required', ...PRIVATE })],
    ['policy', answer(403, { code: 'email_verification_required', ...PRIVATE })],
    ['configuration', answer(401, { message: 'Unauthorized' })],
    ['configuration', answer(400, { error: 'invalid_client', ...PRIVATE })],
    ['code_expired', answer(400, { error: 'invalid_grant', ...PRIVATE })],
    ['unavailable', answerHtml(503)],
    ['unavailable', answerHtml(403)],
    ['unavailable', hang],
  ])(
    'that fails because of %s says so on the page and in the log, without private data',
    async (reason, at) => {
      workos.atToken = at;
      const pages = await workos.signIn(app.appUrl);
      expect(pages.landedOn).toBe(`${app.appUrl}/sign-in-failed?reason=${reason}&returnTo=%2Fclients`);
      expect([...pages.cookies.keys()]).toEqual([]);
      const page = await (await pages.request(pages.landedOn)).text();
      expect(page).not.toContain('The sign-in could not be completed');
      expect(app.logs()).toMatch(new RegExp(`"event":"sign_in.failed","reason":"${reason}"`));
    },
  );

  test('never makes a line of the log that is not JSON or holds private data', () => {
    const lines = app.app
      .logs()
      .split('\n')
      .filter((line) => /secret-|ada@|AuthKit callback|^\s+at |Error/.test(line));
    expect(lines.filter((line) => !line.startsWith('{') || /secret-|ada@/.test(line))).toEqual([]);
  });
});

test('an error that AuthKit returns has a reason of its own, and its description is not shown', async () => {
  const reasons = [];
  for (const error of ['access_denied', 'sso_required', 'server_error', 'made_up', '<b>'])
    reasons.push(
      (
        await fetch(`${app.appUrl}/callback?error=${encodeURIComponent(error)}`, { redirect: 'manual' })
      ).headers
        .get('location')
        ?.split('reason=')[1],
    );
  expect(reasons).toEqual(['access_denied', 'policy', 'unavailable', 'refused', 'refused']);
});

test('an impersonated session names the impersonator on every page', async () => {
  workos.next = { members: { impersonator: { email: 'support@acme.example', reason: 'ticket' } } };
  const pages = await workos.signIn(app.appUrl);
  for (const path of ['/', '/clients', '/how-it-works'])
    expect(await (await pages.request(path)).text()).toContain(
      'support@acme.example is impersonating ada@example.com',
    );
});

test('signing keys that cannot be read are an outage and no redirect, and the last known keys work on', async () => {
  const pages = await workos.signIn(app.appUrl);
  workos.atKeys = answerHtml(502);
  await app.restartAfterKill();
  expect(await header(pages)).toBe('not checked');
  const clients = await pages.request('/clients');
  expect(clients.headers.get('location')).toBeNull();
  expect(await clients.text()).toContain('session-unavailable');
  expect(app.logs()).toContain('"event":"session.keys_unavailable"');
  workos.atKeys = undefined;
  await expect.poll(() => header(pages), { timeout: 30_000, interval: 500 }).toBe('signed in');
});
