import { randomBytes } from 'node:crypto';
import { cookies } from 'next/headers';
import { Trace } from '#features/discovery/trace.ts';
import { clientKey } from '#lib/cimd/client-key.ts';
import { type Config, config } from '#lib/config/env.ts';
import { db } from '#lib/db/connection.ts';
import type { Database } from '#lib/db/database.ts';
import { type GuardedFetch, guardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import type { SessionUser } from '#lib/session/user.ts';

type Cookies = Pick<Awaited<ReturnType<typeof cookies>>, 'get' | 'getAll' | 'has' | 'set'>;

/** What the inspector needs of a request; tests pass their own. */
export type RequestContext = {
  config: Config;
  fetch: GuardedFetch;
  cookies: Cookies;
  database: () => Promise<Database>;
};

/** The same, to act for a user. */
export type InspectorContext = RequestContext & { user: SessionUser };

/** The context of the current request. */
export async function requestContext(): Promise<RequestContext> {
  return { config: config(), fetch: guardedFetch, cookies: await cookies(), database: db };
}

/** A trace for the user of `context`, with exchange ids that no other request uses. */
export function userTrace({ user, config: { loopback }, fetch }: InspectorContext): Trace {
  return new Trace({ fetch, allowLoopback: loopback, limitKey: user.id, idPrefix: exchangePrefix() });
}

/** Prefix for the exchange ids of one request. */
export function exchangePrefix(): string {
  return `x${randomBytes(4).toString('hex')}-`;
}

/** The private key of our own client; undefined when it is a public client. */
export const ownKey = ({ config: settings }: Pick<InspectorContext, 'config'>) => clientKey(settings);
