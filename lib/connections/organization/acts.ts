import { and, eq, inArray, lt } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { organizationActs } from '#lib/db/schema.ts';
import { firstUuidAt, uuidv7 } from '#lib/db/uuid.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Admin } from './admin.ts';

export type Act = typeof organizationActs.$inferSelect.act;

/** How long the acts of admins are kept. Older ones are deleted when a new one is written. */
export const ACT_RETENTION_DAYS = 365;
/** The end of `by` in the history of connections, after the name of the admin who revoked them. */
export const BY_ADMIN = ', admin of the organization';
const DAY_MS = 24 * 60 * 60 * 1000;
const ROWS_PER_ACT = 100;

/**
 * Writes an act of an admin into the audit log. Call it in the transaction of the act, so that neither is without the other.
 *
 * @param organizationId - as `authorizeAdmin` returned it
 */
export async function recordAct(
  tx: Database,
  { userId, by }: Admin,
  organizationId: string,
  act: { act: Act; target?: string; detail?: string },
  at: Date,
): Promise<void> {
  await tx.insert(organizationActs).values({
    id: uuidv7(at.getTime()),
    organizationId,
    at,
    actorId: userId,
    by: sanitize(by),
    act: act.act,
    target: sanitize(act.target, 300),
    detail: sanitize(act.detail, 1_000),
  });
  const expired = tx
    .select({ id: organizationActs.id })
    .from(organizationActs)
    .where(
      and(
        eq(organizationActs.organizationId, organizationId),
        lt(organizationActs.id, firstUuidAt(at.getTime() - ACT_RETENTION_DAYS * DAY_MS)),
      ),
    )
    .orderBy(organizationActs.id)
    .limit(ROWS_PER_ACT);
  await tx.delete(organizationActs).where(inArray(organizationActs.id, expired));
}
