import type { InspectorContext, RequestContext } from '#features/inspector/server/context.ts';
import { parseConfig } from '#lib/config/env.ts';
import type { SessionUser } from '#lib/session/user.ts';
import { type World, worldWith } from './hostile-server.ts';

export const APP = 'https://app.example.com';
const config = parseConfig({
  APP_URL: APP,
  AUTHKIT_DOMAIN: 'https://tenant.authkit.app',
  WORKOS_API_KEY: 'sk_test',
  WORKOS_CLIENT_ID: 'client_test',
  WORKOS_COOKIE_PASSWORD: 'kZ3v9Qw1xY7bT5nR8mC2dF6gH4jL0pSa',
  DATABASE_URL: 'postgres://user@db.example.com/x',
});
export const userWith = (id: string): SessionUser => ({
  id,
  email: `${id}@example.com`,
  firstName: undefined,
  lastName: undefined,
  organizationId: undefined,
  role: undefined,
  permissions: [],
});
export const [ada, ben] = [userWith('user_ada'), userWith('user_ben')];

type CookieOptions = {
  path?: string;
  httpOnly?: boolean;
  sameSite?: unknown;
  secure?: boolean;
  maxAge?: number;
};

/** The cookies of a browser, as `cookies()` of Next gives them to a request. */
class Jar {
  readonly values: Map<string, string>;
  readonly options: CookieOptions[] = [];
  constructor(values: ReadonlyMap<string, string> = new Map()) {
    this.values = new Map(values);
  }
  get(name: string) {
    const value = this.values.get(name);
    return value === undefined ? undefined : { name, value };
  }
  getAll() {
    return [...this.values].map(([name, value]) => ({ name, value }));
  }
  has(name: string) {
    return this.values.has(name);
  }
  set(name: string, value: string, options: CookieOptions) {
    this.options.push(options);
    if (options.maxAge === 0) this.values.delete(name);
    else this.values.set(name, value);
  }
}

/** A browser with its cookies, and the requests that the inspector gets from it. */
export async function startBrowser(change: World = {}) {
  const world = await worldWith(change);
  let jar = new Jar();
  const request = (): RequestContext => ({
    config,
    fetch: world.fetch,
    cookies: jar as unknown as RequestContext['cookies'],
    database: () => Promise.reject(new Error('No request here refreshes tokens.')),
  });
  return {
    world,
    request,
    as: (user: SessionUser): InspectorContext => ({ ...request(), user }),
    jar: () => jar,
    /** Replaces the cookies by those of an earlier moment. */
    restore(values: ReadonlyMap<string, string>) {
      jar = new Jar(values);
    },
    [Symbol.asyncDispose]: world.close,
  };
}
