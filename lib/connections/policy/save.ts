import { sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { policies } from '#lib/db/schema.ts';
import type { PolicyRow } from './store.ts';
import { policyRow } from './stored.ts';

/**
 * Replaces a policy, in a transaction that has its version.
 *
 * @param member - replaces only this member
 */
export async function savePolicy(
  tx: Database,
  row: typeof policies.$inferInsert,
  member?: string,
): Promise<PolicyRow> {
  const policy =
    member === undefined
      ? sql`excluded.policy`
      : sql`(${policies.policy} - ${member}::text) || excluded.policy`;
  const [saved] = await tx
    .insert(policies)
    .values(row)
    .onConflictDoUpdate({ target: policies.target, set: { policy, version: sql`excluded.version` } })
    .returning();
  if (saved === undefined) throw new Error('the policy was not saved');
  return policyRow(saved);
}
