import { and, eq, inArray, sql } from 'drizzle-orm';
import { denials } from '#lib/db/schema.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Context } from './context.ts';
import { type DenialRow, denialOf, insertEvent, nextVersion } from './denial-queries.ts';
import { withdrawRevocation } from './notifications.ts';
import { ofPerson } from './person-rows.ts';
import { processContext } from './process-context.ts';

const before = (column: string) => sql`(${denials.undo}->'before'->>${column})`;

/**
 * Undoes a revocation of {@link revokeWithUndo}: its denials become what they were before. Those that anything else changed
 * meanwhile stay, as do all when their grants may be deleted by now.
 *
 * @param revocation - `undo` of the revocation
 * @returns how many clients it restored; 0 for a revocation of another person, one that was undone, or one that is over
 */
export async function undoRevocation(
  { userId, revocation, by }: { userId: string; revocation: string; by: string },
  context: Context = processContext(),
): Promise<number> {
  const person = { issuer: context.issuer, subject: userId };
  const db = await context.database();
  const now = context.now();
  const { clients, restored } = await db.transaction(async (tx) => {
    const version = await nextVersion(tx);
    const rows = await tx
      .select()
      .from(denials)
      .where(and(ofPerson(denials, person), eq(sql`${denials.undo}->>'id'`, revocation)))
      .for('update');
    const clients = rows.filter(
      ({ deletion, undo }) => deletion === 'pending' && (undo?.until ?? 0) > now.getTime(),
    );
    const targets = new Set(clients.map(({ target }) => target));
    // A client of which no grant is known has the one that was revoked as its parent, and consents of its own.
    for (let level = 0; level < 2; level++)
      for (const { target, parent } of rows) if (parent !== null && targets.has(parent)) targets.add(target);
    if (targets.size === 0) return { clients, restored: [] };
    const restored: DenialRow[] = await tx
      .update(denials)
      .set({
        revokedAt: sql`coalesce(${before('revoked_at')}::timestamptz, 'epoch')`,
        permanent: sql`coalesce(${before('permanent')}::boolean, false)`,
        coversUnattributed: sql`coalesce(${before('covers_unattributed')}::boolean, false)`,
        deletion: sql`coalesce(${before('deletion')}, 'done')`,
        deletedAt: sql`${before('deleted_at')}::timestamptz`,
        applicationId: before('application_id'),
        organizationId: before('organization_id'),
        parent: sql`case when ${before('target')} is null then ${denials.parent} else ${before('parent')} end`,
        regrantedAt: sql`case when ${before('target')} is null then ${now.toISOString()}::timestamptz
          else ${before('regranted_at')}::timestamptz end`,
        undo: null,
        version,
      })
      .where(inArray(denials.target, [...targets]))
      .returning();
    await withdrawRevocation(tx, revocation, [...targets]);
    for (const { target } of clients)
      await insertEvent(tx, { ...person, connectionId: target, at: now, event: 'undone', by: sanitize(by) });
    return { clients, restored };
  });
  context.denylist.current.apply(restored.map(denialOf));
  return clients.length;
}
