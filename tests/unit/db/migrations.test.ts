import { globSync, readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { expect, test, vi } from 'vitest';
import { openDatabase } from '#lib/db/connection.ts';
import { migrate, needsMigration } from '#lib/db/migrate.ts';
import { MIGRATIONS } from '#lib/db/migrations.ts';
import * as schema from '#lib/db/schema.ts';
import { EMBEDDED, embeddedMigrations } from '#scripts/embedded-migrations.ts';

test('the migrations make the tables of lib/db/schema.ts; otherwise run `npm run db:generate`', async () => {
  const { generateDrizzleJson, generateMigration } = await import('drizzle-kit/api');
  const last = globSync('lib/db/migrations/meta/*_snapshot.json').sort().at(-1) ?? '';
  const snapshot = JSON.parse(readFileSync(last, 'utf8'));
  const missing = await generateMigration(snapshot, generateDrizzleJson({ ...schema }, snapshot.id));
  expect(missing).toEqual([]);
});

test('the collected statements are those of the generated SQL files; otherwise run `npm run db:generate`', () => {
  const read = (name: string) => readFileSync(`lib/db/migrations/${name}`, 'utf8');
  expect(read(EMBEDDED)).toBe(embeddedMigrations(read));
});

test('migrations are collected in the order of the journal', () => {
  const files: Record<string, string> = {
    'meta/_journal.json': '{"entries":[{"idx":1,"tag":"0001_b"},{"idx":0,"tag":"0000_a"}]}',
    '0000_a.sql': "select `x`;--> statement-breakpoint\nselect E'\\n';\n",
    '0001_b.sql': 'select 2;',
  };
  expect(JSON.parse(embeddedMigrations((name) => files[name] ?? ''))).toEqual([
    { name: '0000_a', statements: ['select `x`;', "select E'\\n';"] },
    { name: '0001_b', statements: ['select 2;'] },
  ]);
});

test('an empty database gets the schema, and migrating again changes nothing', async () => {
  const { db, close } = await openDatabase({ kind: 'pglite', directory: 'memory://' });
  expect(await needsMigration(db)).toBe(false);
  await migrate(db);
  await db.execute(sql`drop schema public cascade`);
  await db.execute(sql`create schema public`);
  expect(await needsMigration(db)).toBe(true);
  await migrate(db);
  expect(await needsMigration(db)).toBe(false);
  await close();
});

test('an open database gets a migration that a reload of the module brings', async () => {
  vi.stubEnv('DATABASE_URL', 'pglite:memory://');
  for (const name of ['AUTHKIT_DOMAIN', 'WORKOS_API_KEY', 'WORKOS_CLIENT_ID', 'WORKOS_COOKIE_PASSWORD'])
    vi.stubEnv(
      name,
      name === 'AUTHKIT_DOMAIN' ? 'http://localhost:4100' : 'only-for-tests-0123456789-abcdefgh',
    );
  const { closeDatabase, db } = await import('#lib/db/connection.ts');
  const opened = await db();
  const list = MIGRATIONS as { name: string; statements: string[] }[];
  list.push({ name: '9999_bookmarks', statements: ['create table bookmarks (id text primary key)'] });
  try {
    const [first, second] = await Promise.all([db(), db()]);
    expect([first, second]).toEqual([opened, opened]);
    await first.execute(sql`insert into bookmarks (id) values ('one')`);
  } finally {
    list.pop();
    await closeDatabase();
  }
});
