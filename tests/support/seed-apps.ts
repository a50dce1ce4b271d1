import { sql } from 'drizzle-orm';
import { appKey, type Risk, riskOf } from '#lib/connections/app-identity.ts';
import { connectionId, sortName } from '#lib/connections/identity.ts';
import type { Database } from '#lib/db/database.ts';
import { activityDaily, connections } from '#lib/db/schema.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

type App = { name: string; redirect: (n: number) => string; used: number; unused: number; clientId?: string };

/** Six apps with 62 registrations, 51 of which were not used for a month; one app looks like another. */
const APPS: readonly App[] = [
  { name: 'Claude Code', redirect: (n) => `http://localhost:${33_000 + n}/callback`, used: 1, unused: 20 },
  { name: 'Cursor', redirect: () => 'cursor://anysphere.cursor-mcp/oauth/callback', used: 2, unused: 12 },
  {
    name: 'mcp-remote',
    redirect: (n) => `http://127.0.0.1:${3_000 + n}/oauth/callback`,
    used: 3,
    unused: 19,
  },
  {
    name: 'claude.ai',
    redirect: () => 'https://claude.ai/cb',
    used: 1,
    unused: 0,
    clientId: 'https://claude.ai/oauth/mcp',
  },
  { name: 'Claude', redirect: () => 'https://assistant.example/cb', used: 1, unused: 0 },
  { name: 'Notes sync', redirect: () => 'https://notes.example/cb', used: 3, unused: 0 },
];

/** Writes the registrations of {@link APPS} for a person, as if WorkOS had listed them. */
export async function seedApps(db: Database, person: { issuer: string; subject: string }, now = new Date()) {
  const ago = (days: number) => new Date(now.getTime() - days * DAY_MS);
  for (const { name, redirect, used, unused, clientId } of APPS)
    for (let n = 0; n < used + unused; n++) {
      const id = clientId ?? `client_${name}_${n}`;
      const grant = {
        name,
        redirectUris: [redirect(n)],
        dynamicallyRegistered: clientId === undefined,
        grantedScopes: ['openid', 'profile', 'offline_access'],
      };
      const lastUsed = n < used ? ago(n * 2 + APPS.findIndex((app) => app.name === name) / 100) : ago(35 + n);
      const key = connectionId({ ...person, clientId: id, sessionId: undefined });
      await db.insert(connections).values({
        ...person,
        id: key,
        clientId: id,
        clientKey: key,
        sessionId: `session_${name}_${n}`,
        sortName: sortName({ clientId: id, name }),
        appKey: appKey(id, grant),
        risk: riskOf(id, grant) satisfies Risk | null,
        applicationName: name,
        dynamicallyRegistered: grant.dynamicallyRegistered,
        redirectUris: grant.redirectUris,
        grantedScopes: grant.grantedScopes,
        scopes: grant.grantedScopes,
        appearedAt: name === 'Claude' ? ago(1) : ago(60 + n),
        firstSeen: name === 'Claude' ? ago(1) : ago(60 + n),
        activeAt: lastUsed,
        lastUsed,
        calls: 20,
        softwareName: name.toLowerCase().replace(' ', '-'),
        softwareVersion: `1.${n}.0`,
        ...(name === 'mcp-remote' && n === 0 && { resumedAt: ago(1) }),
      });
      if (n < used)
        await db.insert(activityDaily).values(
          Array.from({ length: 12 }, (_, day) => ({
            connectionId: key,
            day: ago(day * 2 + n)
              .toISOString()
              .slice(0, 10),
            allowed: ((day * 7 + n) % 9) + 1,
          })),
        );
    }
  await db.execute(sql`analyze connections`);
}
