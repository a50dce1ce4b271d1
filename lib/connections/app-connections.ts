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

/** The connections of one app that a filter matches, last used first; at most `limit`. */
export async function connectionsOfApp(
  userId: string,
  { key, filter, limit }: { key: string; filter: AppFilter; limit: number },
  context: Context = processContext(),
): Promise<ConnectionRow[]> {
  const person: Person = { issuer: context.issuer, subject: userId };
  const ids = await matchingIds(context, person, sql`key = ${key} and ${MATCHES[filter]}`, limit);
  return await readConnectionsById(userId, ids, context);
}
