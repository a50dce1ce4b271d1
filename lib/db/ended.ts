import { hash } from 'node:crypto';
import { inArray, lt, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { ended } from './schema.ts';

/** Longer than the lifetime of any token and of any page session that WorkOS does not renew. */
const RETENTION_DAYS = 30;
const PRUNED_AT_ONCE = 1_000;

const key = (...parts: readonly string[]) => hash('sha256', JSON.stringify(parts), 'base64url');

/** Key of a page session, by its `sid`. */
export const sessionEnd = (sessionId: string) => key('session', sessionId);

/** Key of a person, as tokens identify them. */
export const personEnd = ({ issuer, subject }: { issuer: string; subject: string }) =>
  key('person', issuer, subject);

/** Records that a session or a person is no more. Committed when it returns. */
export async function markEnded(db: Database, ending: string): Promise<void> {
  await db.insert(ended).values({ key: ending, at: sql`now()` }).onConflictDoNothing();
  const old = db
    .select({ key: ended.key })
    .from(ended)
    .where(lt(ended.at, sql`now() - make_interval(days => ${RETENTION_DAYS})`))
    .limit(PRUNED_AT_ONCE)
    .for('update', { skipLocked: true });
  await db.delete(ended).where(inArray(ended.key, old));
}

/** Those of these keys that were recorded. */
export async function endedAmong(db: Database, keys: readonly string[]): Promise<Set<string>> {
  const found = await db
    .select({ key: ended.key })
    .from(ended)
    .where(inArray(ended.key, [...keys]));
  return new Set(found.map((row) => row.key));
}
