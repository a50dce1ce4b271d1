import { beforeAll, describe, expect, it } from 'vitest';
import { PAGES } from '#lib/config/pages.ts';
import { openPages, type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { PAGE_PATHS, PROGRAM_PATHS, ROUTE_PATHS } from '#tests/support/routes.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

let stack: SharedStack;
let ada: PageSession;
beforeAll(async () => {
  stack = await sharedStack();
  ada = await signInToPages(stack.appUrl, 'ada');
});

const PATHS = [...PAGE_PATHS, '/no/such/page', '/mcp/x'];
const PRIVATE_PATHS = PAGES.filter((page) => !page.public).map(({ path }) => path);
/** Route handlers that act for the person of a session. */
const SESSION_PATHS = ROUTE_PATHS.filter((path) => !PROGRAM_PATHS.includes(path) && !path.includes('.'));

function directives(response: Response): Map<string, string> {
  const policy = response.headers.get('content-security-policy') ?? '';
  return new Map(
    policy.split(';').map((directive) => {
      const [name = '', ...values] = directive.trim().split(' ');
      return [name, values.join(' ')];
    }),
  );
}

describe('every page, error pages included,', () => {
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

  it('has a new nonce in each response', async () => {
    const [one, two] = await Promise.all([ada.request('/'), ada.request('/')]);
    expect(directives(one).get('script-src')).not.toBe(directives(two).get('script-src'));
  });

  it.each([...PATHS, '/login'])('%s is private and is not stored for a signed-in person', async (path) =>
    expect((await ada.request(path)).headers.get('cache-control')).toMatch(/private.*no-store/),
  );

  it.each(PATHS)('%s shows no stack and no file of the server', async (path) => {
    const html = await (await ada.request(path)).text();
    expect(html).not.toMatch(/node_modules|at .*\.(ts|js):\d+|\.next\//);
  });
});

describe('without a session', () => {
  it.each(PRIVATE_PATHS)('%s redirects to sign-in, and from there back', async (path) => {
    const response = await openPages(stack.appUrl).request(path);
    expect([response.status, response.headers.get('location')]).toEqual([
      307,
      `/login?returnTo=${encodeURIComponent(path)}`,
    ]);
  });
});

describe('a POST from another site', () => {
  const TYPES = [
    'application/x-www-form-urlencoded',
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
  ];
  it.each([...PAGE_PATHS, ...SESSION_PATHS])('to %s is refused with any media type', async (path) => {
    for (const type of TYPES)
      for (const origin of ['https://evil.example', 'null']) {
        const headers = { origin, 'content-type': type };
        const response = await ada.request(path, { method: 'POST', headers, body: 'theme=dark' });
        // A program may have sent JSON: it learns where the endpoint is. The last is the target of a rewrite and no page.
        expect(response.status).toBe(type === 'application/json' || path === '/public-origin' ? 404 : 403);
        expect(response.headers.getSetCookie().join()).not.toMatch(/theme|wos-session/);
      }
  });
});

/** Submits the theme switch of a page as a browser without JavaScript does. */
function submitTheme(pages: PageSession, path: string, origin: string): Promise<Response> {
  const query = new URLSearchParams({ theme: 'dark', returnTo: path });
  return pages.request(`/theme?${query}`, { method: 'POST', headers: { origin } });
}

describe('choosing a theme', () => {
  it.each(['/', '/sign-in-failed?reason=x', '/nothing-here'])(
    'without JavaScript returns to %s',
    async (path) => {
      const response = await submitTheme(ada, path, stack.appUrl);
      expect(response.status).toBe(303);
      expect(response.headers.get('location')).toBe(`${stack.appUrl}${path}`);
      expect(response.headers.getSetCookie().join()).toMatch(/theme=dark; Path=\/;.*Max-Age=31536000/);
    },
  );

  it.each(['//evil.example/x', 'https://evil.example', '/\\evil.example'])(
    'never redirects to the other site %s',
    async (path) =>
      expect((await submitTheme(ada, path, stack.appUrl)).headers.get('location')).toBe(`${stack.appUrl}/`),
  );

  it.each(['https://evil.example', 'null', ''])('is refused from the origin %j', async (origin) => {
    const response = await submitTheme(ada, '/', origin);
    expect(response.status).toBe(403);
    expect(response.headers.getSetCookie().join()).not.toContain('theme=');
  });
});

it('cookies cannot be read by scripts or sent by other sites', async () => {
  const login = await openPages(stack.appUrl).request('/login');
  const theme = await submitTheme(ada, '/', stack.appUrl);
  const cookies = [...login.headers.getSetCookie(), ...theme.headers.getSetCookie()];
  expect(cookies.length).toBeGreaterThanOrEqual(2);
  for (const cookie of cookies) {
    expect(cookie).toMatch(/;\s*httponly/i);
    expect(cookie).toMatch(/;\s*samesite=lax/i);
  }
});
