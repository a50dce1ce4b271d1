import { beforeAll, describe, expect, it } from 'vitest';
import { PAGES } from '#lib/config/pages.ts';
import { openPages, type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { serverActionIds } from '#tests/support/server-action.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

let stack: SharedStack;
let ada: PageSession;
beforeAll(async () => {
  stack = await sharedStack();
  ada = await signInToPages(stack.appUrl, 'ada');
});

const PATHS = [...PAGES.map(({ path }) => path), '/clients/nothing', '/no/such/page', '/mcp/x'];

function directives(response: Response): Map<string, string> {
  const policy = response.headers.get('content-security-policy') ?? '';
  return new Map(
    policy.split(';').map((directive) => {
      const [name = '', ...values] = directive.trim().split(' ');
      return [name, values.join(' ')];
    }),
  );
}

describe('every page, errors too', () => {
  it.each(PATHS)('%s runs only scripts with its nonce, and cannot be framed', async (path) => {
    const response = await ada.request(path);
    const policy = directives(response);
    const nonce = /'nonce-([^']+)'/.exec(policy.get('script-src') ?? '')?.[1] ?? '';
    expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(policy.get('script-src')).not.toContain('unsafe');
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('same-origin');

    const html = await response.text();
    const scripts = html.match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
    expect(html).not.toMatch(/<[a-z][^>]*\son[a-z]+=/);
  });

  it('has another nonce each time', async () => {
    const [one, two] = await Promise.all([ada.request('/'), ada.request('/')]);
    expect(directives(one).get('script-src')).not.toBe(directives(two).get('script-src'));
  });

  it.each(PATHS)('%s is private to whom it was made for', async (path) =>
    expect((await ada.request(path)).headers.get('cache-control')).toMatch(/private.*no-store/),
  );

  it('shows no stack and no file of the server when it fails', async () => {
    const html = await (await ada.request('/clients/nothing')).text();
    expect(html).not.toMatch(/node_modules|at .*\.(ts|js):\d+|\.next\//);
  });
});

describe('signing in', () => {
  it.each(['/clients', '/sign-in-failed?x=1'])('comes back to %s', async (path) =>
    expect((await signInToPages(stack.appUrl, 'ada', path)).landedOn).toBe(`${stack.appUrl}${path}`),
  );

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/%2f%2fevil.example',
    '/\t/evil.example',
  ])('comes back to the start page when asked to go to %j', async (path) =>
    expect((await signInToPages(stack.appUrl, 'ada', path)).landedOn).toBe(`${stack.appUrl}/`),
  );

  it('sends people back to the configured URL, whatever the headers of the request say', async () => {
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

  it('sets only cookies that scripts cannot read and other sites cannot send', async () => {
    const login = await openPages(stack.appUrl).request('/login');
    const theme = await submitTheme(ada, '/', stack.appUrl);
    const cookies = [...login.headers.getSetCookie(), ...theme.headers.getSetCookie()];
    expect(cookies.length).toBeGreaterThanOrEqual(2);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/;\s*httponly/i);
      expect(cookie).toMatch(/;\s*samesite=lax/i);
    }
  });

  it('starts none for a prefetch, so that no cookies pile up', async () => {
    for (const header of ['sec-purpose', 'purpose']) {
      const response = await openPages(stack.appUrl).request('/login', { headers: { [header]: 'prefetch' } });
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(response.headers.get('location')).toBeNull();
    }
  });

  it('that was begun elsewhere ends nowhere, and the code is not logged', async () => {
    const pages = openPages(stack.appUrl);
    const response = await pages.request('/callback?code=canary-code-4711&state=canary-state-4711');
    expect(response.headers.get('location')).toBe(
      `${stack.appUrl}/sign-in-failed?reason=missing_pkce_cookie`,
    );
    expect([...pages.cookies.keys()]).not.toContain('wos-session');
    expect(await stack.logs()).not.toMatch(/canary-(code|state)-4711/);
  });
});

/** Submits the theme switch of a page as a browser without JavaScript does. */
function submitTheme(pages: PageSession, path: string, origin: string): Promise<Response> {
  const form = new FormData();
  form.set(`$ACTION_ID_${serverActionIds().get('chooseTheme')}`, '');
  form.set('theme', 'dark');
  return pages.request(path, { method: 'POST', headers: { origin }, body: form });
}

describe('choosing a theme', () => {
  it.each(['/', '/clients?state=revoked', '/nothing-here'])(
    'without JavaScript returns to %s',
    async (path) => {
      const response = await submitTheme(ada, path, stack.appUrl);
      expect(response.status).toBe(303);
      expect(response.headers.get('location')).toBe(`${path}#theme`);
      expect(response.headers.getSetCookie().join()).toMatch(/theme=dark; Path=\/;.*Max-Age=31536000/);
    },
  );

  it.each(['https://evil.example', 'null', ''])('is refused from the origin %j', async (origin) => {
    const response = await submitTheme(ada, '/', origin);
    expect(response.status).toBe(403);
    expect(response.headers.getSetCookie().join()).not.toContain('theme=');
  });
});

describe('signing out', () => {
  it('is refused when another site asks for it, and the person stays signed in', async () => {
    for (const origin of ['https://evil.example', 'null', undefined]) {
      const headers = origin === undefined ? undefined : { origin };
      const response = await ada.request('/logout', { method: 'POST', headers });
      expect(response.status).toBe(403);
    }
    expect((await ada.request('/logout')).status).toBe(405);
    expect((await ada.request('/clients')).status).toBe(200);
  });

  it('ends the session here and at AuthKit', async () => {
    const pages = await signInToPages(stack.appUrl, 'ben');
    const response = await pages.request('/logout', { method: 'POST', headers: { origin: stack.appUrl } });
    expect(response.status).toBe(303);
    expect(new URL(response.headers.get('location') ?? '').origin).toBe(stack.authkitUrl);
    expect([...pages.cookies.keys()]).not.toContain('wos-session');
    expect((await pages.request('/clients')).headers.get('location')).toContain('/login?returnTo=%2Fclients');
  });
});

describe('a session that is not one', () => {
  it.each(['garbage', 'Fe26.2*1*00*00*00**00*00'])('is nobody’s: %s', async (value) => {
    const response = await openPages(stack.appUrl).request('/clients', {
      headers: { cookie: `wos-session=${value}` },
    });
    expect(response.headers.get('location')).toContain('/login');
  });

  it('cannot be brought in by the headers that the proxy uses inside', async () => {
    const sealed = ada.cookies.get('wos-session') ?? '';
    const response = await openPages(stack.appUrl).request('/clients', {
      headers: { 'x-workos-middleware': 'true', 'x-workos-session': sealed },
    });
    expect(response.headers.get('location')).toContain('/login');
  });
});
