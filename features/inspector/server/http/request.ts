import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { TraceEvent } from '#features/discovery/exchange.ts';
import { Trace } from '#features/discovery/trace.ts';
import { clientKey } from '#lib/cimd/client-key.ts';
import { type Config, config } from '#lib/config/env.ts';
import { type GuardedFetch, guardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { boundedBody } from '#lib/http/bounded-body.ts';
import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import type { SessionUser } from '#lib/session/user.ts';

/** Everything a handler needs besides the request; tests bring their own. */
export type InspectorContext = { config: Config; fetch: GuardedFetch };

/** The running product's. */
export const inspectorContext = (): InspectorContext => ({ config: config(), fetch: guardedFetch });

const MAX_BODY = 256 * 1024;

/** An answer that no cache keeps. */
export function answer(body: object, cookies: readonly string[] = [], status = 200): Response {
  const headers = new Headers({ 'cache-control': 'private, no-store' });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return Response.json(body, { status, headers });
}

const refuse = (status: number, message: string) => answer({ error: message }, [], status);

/**
 * The checked body of a request that one of our own pages made for a person.
 *
 * @param user - who is signed in, or why the request is refused
 * @returns the body, or the answer that refuses it
 */
export async function readRequest<T extends z.ZodType>(
  request: Request,
  user: SessionUser | MutationRefusal,
  schema: T,
): Promise<{ user: SessionUser; body: z.infer<T> } | Response> {
  if (user === 'cross_site') return refuse(403, 'This can only be done from the inspector itself.');
  if (user === 'signed_out') return refuse(401, 'Sign in first.');
  if (!request.headers.get('content-type')?.startsWith('application/json'))
    return refuse(415, 'Send application/json.');
  const bytes = await boundedBody(request, MAX_BODY);
  if (bytes === undefined) return refuse(413, 'The request is too large.');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return refuse(400, 'The body is not JSON.');
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? { user, body: parsed.data } : refuse(400, 'The body is not what was expected.');
}

/** A trace on behalf of a person, with ids that no other request of theirs uses. */
export function personTrace(
  { config: settings, fetch }: InspectorContext,
  user: SessionUser,
  onEvent?: (event: TraceEvent) => void,
): Trace {
  return new Trace({
    fetch,
    allowLoopback: settings.loopback,
    limitKey: user.id,
    idPrefix: exchangePrefix(),
    ...(onEvent && { onEvent }),
  });
}

/** In front of the exchange ids of one request. */
export function exchangePrefix(): string {
  return `x${randomBytes(4).toString('hex')}-`;
}

/** How values are sealed for a person. */
export function sealing({ config: settings }: InspectorContext, user: SessionUser) {
  return { secret: settings.workos.cookiePassword, userId: user.id };
}

export const secureCookies = ({ config: settings }: InspectorContext) => settings.appUrl.startsWith('https:');

/** The key of our own client; undefined when it is a public one. */
export const ownKey = ({ config: settings }: InspectorContext) => clientKey(settings);
