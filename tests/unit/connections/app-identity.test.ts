import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { appKey, riskOf } from '#lib/connections/app-identity.ts';
import { openDatabase } from '#lib/db/connection.ts';
import { MIGRATIONS } from '#lib/db/migrations.ts';
import { connections } from '#lib/db/schema.ts';

const LOOPBACK = ['http://localhost:33418/callback', 'http://127.0.0.1:9/cb', 'http://[::1]/cb'];

const KEYS: [string, string | undefined, { name?: string; redirectUris: string[] }, string][] = [
  ['a document', 'https://Claude.ai/oauth/client', { name: 'X', redirectUris: [] }, 'claude.ai'],
  [
    'a name and loopback',
    'client_1',
    { name: 'Claude Code', redirectUris: LOOPBACK },
    'claude code · localhost',
  ],
  [
    'a private-use scheme',
    'client_2',
    { name: 'Cursor', redirectUris: ['cursor://any.where/cb'] },
    'cursor · cursor://any.where',
  ],
  ['no name', 'client_3', { redirectUris: LOOPBACK }, 'client client_3'],
  ['no client id', undefined, { redirectUris: [] }, 'no client'],
];

describe('the key of an app', () => {
  test.each(KEYS)('of %s', (_, clientId, registration, key) => {
    expect(appKey(clientId, registration)).toBe(key);
  });

  test('is another one when a redirect host is added, and never that of a document', () => {
    const own = { name: 'Cursor', redirectUris: ['https://cursor.com/cb'] };
    const mixed = { ...own, redirectUris: [...own.redirectUris, 'https://evil.example/cb'] };
    expect(appKey('a', mixed)).not.toBe(appKey('b', own));
    expect(appKey('a', { name: 'claude.ai', redirectUris: [] })).not.toBe('claude.ai');
  });

  test('of a stored row is written by the migration as the code writes it', async () => {
    const { db, close } = await openDatabase({ kind: 'pglite', directory: 'memory://' });
    const now = new Date();
    await db.insert(connections).values(
      KEYS.map(([id, clientId, { name, redirectUris }]) => ({
        id,
        issuer: 'i',
        subject: 's',
        clientId: clientId ?? null,
        applicationName: name ?? null,
        redirectUris,
        sortName: id,
        appearedAt: now,
        activeAt: now,
      })),
    );
    const backfill = MIGRATIONS.find(({ name }) => name.endsWith('_stored_apps'))?.statements ?? [];
    for (const statement of backfill) await db.execute(sql.raw(statement));
    const stored = await db.select({ id: connections.id, key: connections.appKey }).from(connections);
    expect(Object.fromEntries(stored.map(({ id, key }) => [id, key]))).toEqual(
      Object.fromEntries(KEYS.map(([id, , , key]) => [id, key])),
    );
    await close();
  });
});

describe('the risk of a grant', () => {
  const registered = { name: 'Notes', dynamicallyRegistered: true, grantedScopes: ['offline_access'] };
  test.each([
    [
      'a name of another vendor on a website',
      'c',
      { ...registered, name: 'Claude', redirectUris: ['https://x.example/cb'] },
      'look_alike',
    ],
    [
      'a document with the name of another vendor',
      'https://x.example/c',
      { ...registered, name: 'Claude', redirectUris: [] },
      'look_alike',
    ],
    [
      'an unproven name with offline access',
      'c',
      { ...registered, redirectUris: ['https://x.example/cb'] },
      'unproven',
    ],
    [
      'an unproven name without it',
      'c',
      { ...registered, grantedScopes: [], redirectUris: ['https://x.example/cb'] },
      null,
    ],
    ['an app on this computer', 'c', { ...registered, name: 'Claude', redirectUris: LOOPBACK }, null],
    [
      'an app of the administrator',
      'c',
      { ...registered, dynamicallyRegistered: false, redirectUris: ['https://x.example/cb'] },
      null,
    ],
    ['a document', 'https://x.example/c', { ...registered, redirectUris: [] }, null],
  ])('with %s', (_, clientId, grant, risk) => {
    expect(riskOf(clientId, grant)).toBe(risk);
  });
});
