import { asc, gt, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { connections, denials, policies } from '#lib/db/schema.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { connectionKey } from '../identity.ts';
import { type PolicyStore, targetsOf } from './store.ts';
import { policyRow } from './stored.ts';

type DenialRow = typeof denials.$inferSelect;

/**
 * Reads denials, and in the same statement the policies that changed after a version, the policies of callers, and when
 * their connections were last used. All but the denials goes into `store`.
 *
 * @param which - the condition of the denials
 * @param limit - most denials
 * @returns the denials in the order of their versions, and the newest version of what was read, at least `after`
 */
export async function readWithPolicies(
  db: Database,
  { which, limit, after, callers }: { which: SQL; limit: number; after: number; callers: readonly Caller[] },
  store: PolicyStore,
): Promise<{ changed: DenialRow[]; newest: number }> {
  const order = [asc(denials.version), asc(denials.target)];
  const denied = db
    .select()
    .from(denials)
    .where(which)
    .orderBy(...order)
    .limit(limit)
    .as('denied');
  const none = sql`false`;
  const wanted = [...new Set(callers.flatMap(targetsOf))];
  const isChanged = after < 0 ? none : gt(policies.version, after);
  const limited = db
    .select()
    .from(policies)
    .where(or(isChanged, wanted.length === 0 ? none : inArray(policies.target, wanted)))
    .as('limited');
  const ids = callers.map(connectionKey);
  const used = db
    .select({ id: connections.id, at: connections.lastUsed })
    .from(connections)
    .where(ids.length === 0 ? none : inArray(connections.id, ids))
    .as('used');
  // The three have nothing in common: each row has one of them.
  const read = await db
    .select()
    .from(denied)
    .fullJoin(limited, none)
    .fullJoin(used, none)
    .orderBy(asc(denied.version), asc(denied.target));

  const rows = read.flatMap((row) => row.limited ?? []);
  const uses = read.flatMap(({ used }) => (used?.at ? { connectionId: used.id, at: used.at.getTime() } : []));
  store.load(callers, rows.map(policyRow), uses);
  const changed = read.flatMap((row) => row.denied ?? []);
  const versions = [...changed, ...rows].map(({ version }) => version);
  return { changed, newest: versions.reduce((newest, version) => Math.max(newest, version), after) };
}
