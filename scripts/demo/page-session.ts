import { signIn } from '#dev/authkit/driver.ts';

/** A browser without a screen: it keeps the app's cookies, follows no redirect and runs no script. */
export type PageSession = {
  request(path: string, init?: RequestInit): Promise<Response>;
  cookies: ReadonlyMap<string, string>;
};

/** A session without a signed-in person. */
export function openPages(appUrl: string): PageSession {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async request(path, init = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has('accept')) headers.set('accept', 'text/html');
      const sent = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      if (sent !== '') headers.set('cookie', sent);
      const response = await fetch(new URL(path, appUrl), { ...init, headers, redirect: 'manual' });
      for (const line of response.headers.getSetCookie()) {
        const pair = line.split(';', 1)[0] ?? '';
        const name = pair.slice(0, pair.indexOf('='));
        const value = pair.slice(pair.indexOf('=') + 1);
        if (value === '' || /;\s*max-age=0/i.test(line)) cookies.delete(name);
        else cookies.set(name, value);
      }
      return response;
    },
  };
}

/** Signs a person in through `/login`, as a browser does. `landedOn` is the path that sign-in returned to. */
export async function signInToPages(
  appUrl: string,
  account: string,
  returnTo?: string,
): Promise<PageSession & { landedOn: string }> {
  const pages = openPages(appUrl);
  const login = await pages.request(
    returnTo === undefined ? '/login' : `/login?returnTo=${encodeURIComponent(returnTo)}`,
  );
  const back = await signIn({ authorizationUrl: login.headers.get('location') ?? '', account });
  const landed = await pages.request(back.pathname + back.search);
  return { ...pages, landedOn: landed.headers.get('location') ?? '' };
}
