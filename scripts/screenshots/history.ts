import { desc, eq, sql } from 'drizzle-orm';
import { LATENCY_STEPS_MS } from '#lib/connections/latency.ts';
import { openPglite } from '#lib/db/pglite.ts';
import { activity, activityDaily, activityLatency, connections } from '#lib/db/schema.ts';
import { uuidv7 } from '#lib/db/uuid.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS = 30;
const TOOLS = ['list_notes', 'add_note', 'whoami', 'list_notes', 'contact_card'];

/** Number of calls of a connection `age` days ago: none on weekends, less for each further connection, the same on every run. */
function callsOn(connection: number, age: number, weekday: number): number {
  if (weekday === 0 || weekday === 6) return 0;
  return Math.round(Math.abs(Math.sin((age + 3) * (connection + 1.7))) * Math.max(0, 14 - 5 * connection));
}

/**
 * Writes a month of calls for every connection in an embedded database.
 *
 * @param directory - data directory of PGlite; no app may have it open
 */
export async function writeHistory(directory: string, now = new Date()): Promise<void> {
  const { db, close } = await openPglite(directory);
  try {
    const known = await db.select().from(connections).orderBy(desc(connections.appearedAt));
    for (const [number, { id, softwareName, softwareVersion, protocolVersion }] of known.entries()) {
      for (let age = DAYS - 1 - number * 7; age > 0; age--) {
        const day = new Date(now.getTime() - age * DAY_MS);
        const count = callsOn(number, age, day.getUTCDay());
        if (count === 0) continue;
        const failed = count > 9 ? 1 : 0;
        day.setUTCHours(8, 0, 0, 0);
        const calls = Array.from({ length: count }, (_, index) => {
          const at = new Date(day.getTime() + index * 37 * 60_000);
          return {
            id: uuidv7(at.getTime()),
            connectionId: id,
            at,
            method: 'tools/call',
            tool: TOOLS[(index + age) % TOOLS.length] ?? null,
            outcome: index < failed ? ('failed' as const) : ('allowed' as const),
            reason: null,
            durationMs: 3 + ((index * 7 + age) % 19),
            protocolVersion,
            softwareName,
            softwareVersion,
          };
        });
        await db.insert(activity).values(calls);
        for (const { tool, outcome, durationMs } of calls)
          await db
            .insert(activityLatency)
            .values({
              connectionId: id,
              day: day.toISOString().slice(0, 10),
              tool: tool ?? '',
              durationMs: LATENCY_STEPS_MS.findLast((step) => step <= durationMs) ?? 0,
              [outcome]: 1,
            })
            .onConflictDoUpdate({
              target: [
                activityLatency.connectionId,
                activityLatency.day,
                activityLatency.tool,
                activityLatency.durationMs,
              ],
              set: { [outcome]: sql`${activityLatency[outcome]} + 1` },
            });
        await db.insert(activityDaily).values({
          connectionId: id,
          day: day.toISOString().slice(0, 10),
          allowed: count - failed,
          failed,
        });
        await db
          .update(connections)
          .set({
            calls: sql`${connections.calls} + ${count}`,
            firstSeen: sql`least(${connections.firstSeen}, ${day.toISOString()}::timestamptz)`,
            appearedAt: sql`least(${connections.appearedAt}, ${day.toISOString()}::timestamptz)`,
          })
          .where(eq(connections.id, id));
      }
    }
  } finally {
    await close();
  }
}
