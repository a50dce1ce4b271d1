import { sql } from 'drizzle-orm';
import type { Context } from '#lib/connections/context.ts';
import { scheduleRetry } from '#lib/connections/grant-deletion.ts';
import { type GrantsSource, refreshGrants } from '#lib/connections/grants.ts';
import { processContext } from '#lib/connections/process-context.ts';
import { type ConnectionRow, readConnections } from '#lib/connections/queries.ts';

/** Every connection of a person as the pages read them, last used first, after a refresh of their grants. */
export async function connectionsOf(
  userId: string,
  context: Context = processContext(),
  grantsAgeMs?: number,
): Promise<{ rows: ConnectionRow[]; grants: GrantsSource }> {
  const person = { issuer: context.issuer, subject: userId };
  const grants = await refreshGrants(context, person, grantsAgeMs);
  scheduleRetry(context);
  const rows = await readConnections(context, person, sql`true`);
  const used = ({ lastUsed }: ConnectionRow) => lastUsed?.getTime() ?? 0;
  return { rows: rows.sort((a, b) => used(b) - used(a)), grants };
}
