import { inArray, sql } from 'drizzle-orm';
import { connections } from '#lib/db/schema.ts';
import { type AppFilter, MATCHES, matchingIds } from './app-queries.ts';
import type { Context } from './context.ts';
import type { Person } from './identity.ts';
import { processContext } from './process-context.ts';
import { type ConnectionRow, readConnections } from './queries.ts';

/** Connections of a person by id, in this order. */
export async function readConnectionsById(
  userId: string,
  ids: readonly string[],
  context: Context = processContext(),
): Promise<ConnectionRow[]> {
  const person: Person = { issuer: context.issuer, subject: userId };
  const found = await readConnections(context, person, inArray(connections.id, [...ids]));
  const place = new Map(ids.map((id, index) => [id, index]));
  return found.sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0));
}

/** Up to `limit` connections of one app that a filter and a search match, last used first, after the first `skip`. */
export async function connectionsOfApp(
  userId: string,
  query: { key: string; filter: AppFilter; search?: string; skip?: number; limit: number },
  context: Context = processContext(),
): Promise<ConnectionRow[]> {
  const { key, filter, search, skip = 0, limit } = query;
  const person: Person = { issuer: context.issuer, subject: userId };
  const which = sql`key = ${key} and ${MATCHES[filter]}`;
  const ids = await matchingIds(context, person, which, skip + limit, search);
  return await readConnectionsById(userId, ids.slice(skip), context);
}
