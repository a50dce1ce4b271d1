/**
 * Writes one JSON document with the SQL files that drizzle-kit generated. `npm run db:generate` runs it, and a test fails
 * when the document is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { EMBEDDED, embeddedMigrations } from './embedded-migrations.ts';

const folder = new URL('../lib/db/migrations/', import.meta.url);
writeFileSync(
  new URL(EMBEDDED, folder),
  embeddedMigrations((name) => readFileSync(new URL(name, folder), 'utf8')),
);
