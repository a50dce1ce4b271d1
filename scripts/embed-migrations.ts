/**
 * Writes `lib/db/migrations.ts` from the SQL files that drizzle-kit generated. Run by `npm run db:generate`;
 * a test fails when it was forgotten.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { embeddedMigrations } from '#lib/db/embed.ts';

const folder = new URL('../lib/db/migrations/', import.meta.url);
writeFileSync(
  new URL('../lib/db/migrations.ts', import.meta.url),
  embeddedMigrations((name) => readFileSync(new URL(name, folder), 'utf8')),
);
