/** The data directory of the embedded database is held by another process. */
export class DatabaseInUseError extends Error {
  readonly code = 'database_in_use';

  constructor(directory: string, pid: number) {
    super(
      `The embedded database in ${directory} is in use by process ${pid}. PGlite serves one process at a time: ` +
        'stop that process, set DATABASE_URL=pglite:<another directory>, or use PostgreSQL (DATABASE_URL=postgres://…).',
    );
    this.name = 'DatabaseInUseError';
  }
}

/**
 * The SQLSTATE or system code of a failed query (`42P01`, `ECONNREFUSED`), else the name of the error. It is safe to
 * log, unlike the message, which contains the parameters of the statement.
 */
export function databaseErrorCode(error: unknown): string {
  let at: unknown = error;
  for (let depth = 0; at instanceof Error && depth < 5; depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at instanceof AggregateError && at.errors.length > 0) at = at.errors[0];
    else if (at.cause === undefined) return at.name;
    else at = at.cause;
  }
  return 'unknown';
}

/**
 * Whether the database refused the values of a statement (SQLSTATE classes 22 and 23), so that a retry cannot succeed.
 */
export function isDataError(error: unknown): boolean {
  return /^2[23][0-9A-Z]{3}$/.test(databaseErrorCode(error));
}
