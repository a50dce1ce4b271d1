type Journal = { entries: { idx: number; tag: string }[] };

/** Name of the file that {@link embeddedMigrations} makes, in `lib/db/migrations`. */
export const EMBEDDED = 'meta/_statements.json';

/**
 * Every generated migration with its statements, in order, as one JSON document, so that bundles contain them.
 *
 * @param read - text of a file in `lib/db/migrations`, by its name there
 */
export function embeddedMigrations(read: (name: string) => string): string {
  const journal = JSON.parse(read('meta/_journal.json')) as Journal;
  const migrations = [...journal.entries]
    .sort((a, b) => a.idx - b.idx)
    .map(({ tag }) => ({
      name: tag,
      statements: read(`${tag}.sql`)
        .split('--> statement-breakpoint')
        .map((statement) => statement.trim())
        .filter((statement) => statement !== ''),
    }));
  return `${JSON.stringify(migrations, null, 2)}\n`;
}
