import { and, inArray } from 'drizzle-orm';
import { connections } from '#lib/db/schema.ts';
import { type Selection, selectedConnections } from './app-queries.ts';
import type { Context } from './context.ts';
import { ofPerson } from './person-rows.ts';
import { processContext } from './process-context.ts';

/** Ends the reviews of connections of a person, who keeps them. */
export async function keepConnections(
  userId: string,
  selection: Selection,
  context: Context = processContext(),
): Promise<void> {
  const ids = await selectedConnections(userId, selection, 5_000, context);
  const db = await context.database();
  await db
    .update(connections)
    .set({ reviewedAt: context.now() })
    .where(
      and(ofPerson(connections, { issuer: context.issuer, subject: userId }), inArray(connections.id, ids)),
    );
}
