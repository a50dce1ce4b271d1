/**
 * Writes `lib/db/migrations.ts` from the SQL files that drizzle-kit generated. `npm run db:generate` runs it, and a test
 * fails when the file is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { embeddedMigrations } from './migrations-module.ts';

const folder = new URL('../lib/db/migrations/', import.meta.url);
writeFileSync(
  new URL('../lib/db/migrations.ts', import.meta.url),
  embeddedMigrations((name) => readFileSync(new URL(name, folder), 'utf8')),
);
