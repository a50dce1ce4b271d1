import statements from './migrations/meta/_statements.json' with { type: 'json' };

/** The statements of lib/db/migrations/*.sql, as `npm run db:generate` collects them. Change the schema, not these. */
export const MIGRATIONS: readonly { name: string; statements: readonly string[] }[] = statements;
