import { beforeAll, describe, expect, it, test } from 'vitest';
import { PAGES } from '#lib/config/pages.ts';
import { openPages, type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';
import { approve } from '#tests/support/sign-in.ts';

let stack: SharedStack;
let ada: PageSession;
let ben: PageSession;
beforeAll(async () => {
  stack = await sharedStack();
  [ada, ben] = await Promise.all([signInToPages(stack.appUrl, 'ada'), signInToPages(stack.appUrl, 'ben')]);
});

/** Whether the frame of the pages offers to sign out. */
async function isSignedIn(pages: PageSession, headers: Record<string, string> = {}): Promise<boolean> {
  const response = await pages.request('/', { headers });
  return (await response.text()).includes('action="/logout"');
}

describe('signing in', () => {
  it.each([...PAGES.map(({ path }) => path), '/sign-in-failed?x=1'])('returns to %s', async (path) =>
    expect((await signInToPages(stack.appUrl, 'ada', path)).landedOn).toBe(`${stack.appUrl}${path}`),
  );

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/%2f%2fevil.example',
    '/\t/evil.example',
  ])('returns to the start page when asked for %j', async (path) =>
    expect((await signInToPages(stack.appUrl, 'ada', path)).landedOn).toBe(`${stack.appUrl}/`),
  );

  it('uses the configured URL, not one from request headers', async () => {
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
    };
    const response = await openPages(stack.appUrl).request('/login', { headers });
    const location = new URL(response.headers.get('location') ?? '');
    expect(location.origin).toBe(stack.authkitUrl);
    expect(location.searchParams.get('redirect_uri')).toBe(`${stack.appUrl}/callback`);
  });

  it('does not start for a prefetch, so that cookies do not accumulate', async () => {
    for (const header of ['sec-purpose', 'purpose']) {
      const response = await openPages(stack.appUrl).request('/login', { headers: { [header]: 'prefetch' } });
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(response.headers.get('location')).toBeNull();
    }
  });

  it('without a page to return to goes through AuthKit even when a person is signed in, because AuthKit may have begun it for another', async () => {
    const location = (await ada.request('/login')).headers.get('location') ?? '';
    expect(new URL(location).origin).toBe(stack.authkitUrl);
  });

  it('that another browser started fails, and the code is not logged', async () => {
    const pages = openPages(stack.appUrl);
    const response = await pages.request('/callback?code=canary-code-4711&state=canary-state-4711');
    expect(response.headers.get('location')).toBe(
      `${stack.appUrl}/sign-in-failed?reason=missing_pkce_cookie`,
    );
    expect([...pages.cookies.keys()]).not.toContain('wos-session');
    expect(await stack.logs()).not.toMatch(/canary-(code|state)-4711/);
  });
});

describe('a session that the browser does not keep', () => {
  test('does not loop: the third sign-in in a row is explained, and the next click tries again', async () => {
    const pages = openPages(stack.appUrl);
    const round = async () => {
      const login = await pages.request('/login?returnTo=/clients');
      const location = new URL(login.headers.get('location') ?? '', stack.appUrl);
      if (location.origin !== stack.authkitUrl) return location.pathname + location.search;
      const callback = await approve(location, { account: 'ada' });
      await pages.request(callback.pathname + callback.search);
      (pages.cookies as Map<string, string>).delete('wos-session');
      return 'signed in';
    };
    expect([await round(), await round()]).toEqual(['signed in', 'signed in']);
    expect(await round()).toBe('/sign-in-failed?reason=session_lost&returnTo=%2Fclients');
    expect(await round()).toBe('signed in');
    expect(await stack.logs()).toContain('"reason":"session_lost"');
  });
});

describe('sign-ins in many tabs', () => {
  test('keep the newest pending, and delete only the oldest', async () => {
    const pages = openPages(stack.appUrl);
    const started: string[] = [];
    for (let tab = 0; tab < 12; tab++) {
      const login = await pages.request(`/login?returnTo=/tab/${tab}`);
      started.push(new URL(login.headers.get('location') ?? '').searchParams.get('state') ?? '');
    }
    const kept = [...pages.cookies.values()];
    expect(kept.length).toBeGreaterThan(4);
    expect(kept).toEqual(started.slice(-kept.length));
    expect([...pages.cookies].flat().join('').length).toBeLessThan(4_500);
  });
});

describe('signing out', () => {
  it('is refused when another site requests it, and the person stays signed in', async () => {
    for (const origin of ['https://evil.example', 'null', undefined]) {
      const headers = origin === undefined ? undefined : { origin };
      const response = await ada.request('/logout', { method: 'POST', headers });
      expect(response.status).toBe(403);
    }
    expect((await ada.request('/logout')).status).toBe(405);
    expect(await isSignedIn(ada)).toBe(true);
  });

  it('ends the session here and at AuthKit', async () => {
    const pages = await signInToPages(stack.appUrl, 'ben');
    const response = await pages.request('/logout', { method: 'POST', headers: { origin: stack.appUrl } });
    expect(response.status).toBe(200);
    const [, next = ''] = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(await response.text()) ?? [];
    const atAuthkit = new URL(next.replaceAll('&amp;', '&'));
    expect(atAuthkit.origin).toBe(stack.authkitUrl);
    expect(atAuthkit.searchParams.get('return_to')).toBe(`${stack.appUrl}/`);
    expect(atAuthkit.searchParams.get('session_id')).toMatch(/^session_/);
    expect([...pages.cookies.keys()]).not.toContain('wos-session');
    expect(await isSignedIn(pages)).toBe(false);
  });
});

describe('a request is not signed in', () => {
  it.each(['garbage', 'Fe26.2*1*00*00*00**00*00'])('by the session cookie %s', async (value) => {
    expect(await isSignedIn(openPages(stack.appUrl), { cookie: `wos-session=${value}` })).toBe(false);
  });

  it('by the headers that the proxy uses internally', async () => {
    const sealed = ada.cookies.get('wos-session') ?? '';
    const headers = { 'x-workos-middleware': 'true', 'x-workos-session': sealed };
    expect(await isSignedIn(openPages(stack.appUrl), headers)).toBe(false);
  });
});

describe('returnTo', () => {
  const OTHERS = [
    'https://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/%2fevil.example',
    '/%2f%2fevil.example',
    '/%5cevil.example',
    '/%255cevil.example',
    '/\tevil.example',
    '/%09/evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '@evil.example',
    'http:evil.example',
    'http:/evil.example',
    '/\u2215evil.example',
    '\u3000//evil.example',
    ' //evil.example',
    '/\r\nLocation: https://evil.example',
  ];
  test.each(OTHERS)('%j leads to this site', async (returnTo) => {
    const { landedOn } = await signInToPages(stack.appUrl, 'ben', returnTo);
    expect(new URL(landedOn).origin).toBe(stack.appUrl);
    expect(
      (await ben.request(`/login?returnTo=${encodeURIComponent(returnTo)}`)).headers.get('location'),
    ).toMatch(/^\/(?![/\\])/);
  });

  test('given twice does not lead elsewhere', async () => {
    const twice = '/login?returnTo=%2F&returnTo=https%3A%2F%2Fevil.example';
    expect((await ben.request(twice)).headers.get('location')).toBe('/');
  });
});

describe('the callback of the sign-in', () => {
  test.each([
    ['a made-up state', '?code=x&state=made-up'],
    ['an error', '?error=access_denied&error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E'],
    ['nothing', ''],
  ])('with %s does not sign in, and its parameters are not shown', async (_what, query) => {
    const pages = openPages(stack.appUrl);
    const response = await pages.request(`/callback${query}`);
    expect(response.status).toBe(303);
    expect([...pages.cookies.keys()]).not.toContain('wos-session');
    const location = response.headers.get('location') ?? '';
    expect(location).toMatch(/\/sign-in-failed\?reason=[a-z_]+$/);
    expect(await (await pages.request(location)).text()).not.toMatch(/<script>alert|alert\(1\)/);
  });

  test('without a state starts a new sign-in, and stops when that comes back without one too', async () => {
    const pages = openPages(stack.appUrl);
    const locations: string[] = [];
    for (let round = 0; round < 3; round++)
      locations.push((await pages.request('/callback?code=x')).headers.get('location') ?? '');
    expect(locations).toEqual([
      `${stack.appUrl}/login`,
      `${stack.appUrl}/login`,
      `${stack.appUrl}/sign-in-failed?reason=missing_auth_params`,
    ]);
    expect((await pages.request('/login')).headers.get('location')).toContain(stack.authkitUrl);
  });

  test('that fails while a person is signed in goes where the person wanted to go', async () => {
    const login = await openPages(stack.appUrl).request('/login?returnTo=/how-it-works');
    const callback = await approve(login.headers.get('location') ?? '', { account: 'ada' });
    const response = await ada.request(callback.pathname + callback.search);
    expect(response.headers.get('location')).toBe(`${stack.appUrl}/how-it-works`);
    expect(await isSignedIn(ada)).toBe(true);
    const page = await ada.request('/sign-in-failed?reason=missing_pkce_cookie&returnTo=/how-it-works');
    expect(await page.text()).toMatch(/You are signed in[\s\S]+href="\/how-it-works"/);
  });

  test('of one browser does not work in another', async () => {
    const [mine, attacker] = [openPages(stack.appUrl), openPages(stack.appUrl)];
    const login = await attacker.request('/login');
    const callback = await approve(login.headers.get('location') ?? '', { account: 'ben' });
    await mine.request(callback.pathname + callback.search);
    expect([...mine.cookies.keys()]).not.toContain('wos-session');
  });
});
