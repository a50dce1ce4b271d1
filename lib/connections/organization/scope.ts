import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { connections } from '#lib/db/schema.ts';
import type { Context } from '../context.ts';
import { isConnectionId } from '../identity.ts';

/** What an admin revokes: one connection, those of a person, those of an app, or every one of the organization. */
export type RevocationScope = { connection: string } | { person: string } | { app: string } | { all: true };

/** How many connections a scope covers, of how many people. */
export type ScopeCount = { connections: number; people: number };

/** Restricts a query to the rows of an organization, in a table that has their issuer and organization. */
export function ofOrganization(
  table: { issuer: PgColumn; organizationId: PgColumn },
  { issuer }: Pick<Context, 'issuer'>,
  organizationId: string,
): SQL | undefined {
  return and(eq(table.issuer, issuer), eq(table.organizationId, organizationId));
}

/** The app of a connection; rows of an earlier version have none. */
export const appOf = sql<string>`coalesce(${connections.appKey}, ${connections.sortName})`;

/** Restricts connections to a scope within the organization; undefined when nothing can match. */
export function conditionOf(
  context: Pick<Context, 'issuer'>,
  organizationId: string,
  scope: RevocationScope,
): SQL | undefined {
  const within = ofOrganization(connections, context, organizationId);
  if ('connection' in scope)
    return isConnectionId(scope.connection) ? and(within, eq(connections.id, scope.connection)) : undefined;
  if ('person' in scope) return and(within, eq(connections.subject, scope.person));
  return 'app' in scope ? and(within, sql`${appOf} = ${scope.app}`) : within;
}
