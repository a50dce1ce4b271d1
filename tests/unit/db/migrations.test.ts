import { readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openDatabase } from '#lib/db/connection.ts';
import { embeddedMigrations } from '#lib/db/embed.ts';
import { migrate, needsMigration } from '#lib/db/migrate.ts';

test('the module of migrations is what the generated SQL files say: run `npm run db:generate`', () => {
  const source = embeddedMigrations((name) => readFileSync(`lib/db/migrations/${name}`, 'utf8'));
  expect(readFileSync('lib/db/migrations.ts', 'utf8')).toBe(source);
});

const PLACEHOLDER = ['$', '{y}'].join('');

test('SQL with quotes of its own survives being embedded', () => {
  const files: Record<string, string> = {
    'meta/_journal.json': '{"entries":[{"idx":1,"tag":"0001_b"},{"idx":0,"tag":"0000_a"}]}',
    '0000_a.sql': `select \`x\`;--> statement-breakpoint\nselect '${PLACEHOLDER}', E'\\n';\n`,
    '0001_b.sql': 'select 2;',
  };
  const source = embeddedMigrations((name) => files[name] ?? '');
  const list = source.slice(source.indexOf('= [') + 2).replace(/;\s*$/, '');
  expect(new Function(`return ${list}`)()).toEqual([
    { name: '0000_a', statements: ['select `x`;', `select '${PLACEHOLDER}', E'\\n';`] },
    { name: '0001_b', statements: ['select 2;'] },
  ]);
});

test('a schema that is up to date is left alone, an empty one is built, and twice is the same as once', async () => {
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
