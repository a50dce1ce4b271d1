import { and, eq } from 'drizzle-orm';
import type { Context } from '#lib/connections/context.ts';
import { ofPerson } from '#lib/connections/person-rows.ts';
import { processContext } from '#lib/connections/process-context.ts';
import { connections } from '#lib/db/schema.ts';
import { sanitize } from '#lib/text/sanitize.ts';

export const MAX_LABEL_LENGTH = 60;

/**
 * Stores a person's own name for one of their connections; an empty one removes it.
 *
 * @returns whether the person has such a connection
 */
export async function setLabel(
  { userId, connectionId, label }: { userId: string; connectionId: string; label: string },
  context: Context = processContext(),
): Promise<boolean> {
  const person = { issuer: context.issuer, subject: userId };
  const changed = await (await context.database())
    .update(connections)
    .set({ label: sanitize(label, MAX_LABEL_LENGTH) || null })
    .where(and(eq(connections.id, connectionId), ofPerson(connections, person)))
    .returning({ id: connections.id });
  return changed.length > 0;
}
