import { hostname } from 'node:os';

/** The data directory of the embedded database is held by another process. */
export class DatabaseInUseError extends Error {
  readonly code = 'database_in_use';

  constructor(directory: string, { pid, host, file }: { pid: number; host: string; file: string }) {
    const elsewhere = host === hostname() ? '' : ` of host ${host} (if that is gone, delete ${file})`;
    super(
      `The embedded database in ${directory} is in use by process ${pid}${elsewhere}. PGlite serves one process at a time: ` +
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

const PRIVATE_CA =
  'No public authority signed the certificate of the database: set DATABASE_CA to the PEM of its authority.';

const FIXES: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: PRIVATE_CA,
  SELF_SIGNED_CERT_IN_CHAIN: PRIVATE_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: PRIVATE_CA,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: PRIVATE_CA,
  ERR_TLS_CERT_ALTNAME_INVALID:
    'The certificate of the database is for another host: use that name in DATABASE_URL.',
  CERT_HAS_EXPIRED: 'The certificate of the database has expired: renew it.',
  ENOTFOUND: 'The host in DATABASE_URL is unknown: correct it.',
  '28P01': 'The database refused the password: correct the user and password in DATABASE_URL.',
  '3D000': 'The server has no such database: create it, or correct its name in DATABASE_URL.',
  '42501':
    'The database user may not create tables: grant it CREATE on the schema, or migrate as another user.',
  '55P03': 'A transaction holds a table that a migration changes: end it (pg_stat_activity), or wait for it.',
};

/** What the owner can do about a database that cannot be opened, in one sentence; undefined when the code does not say. */
export function databaseFix(error: unknown): string | undefined {
  if (error instanceof Error && /does not support SSL/.test(error.message))
    return 'The database server has no TLS: turn it on there, or add ?sslmode=disable to DATABASE_URL if the network is private.';
  if (error instanceof Error && /no encryption/.test(error.message))
    return 'The database server requires TLS: add ?sslmode=verify-full to DATABASE_URL.';
  return FIXES[databaseErrorCode(error)];
}

/**
 * Whether the database refused the values of a statement (SQLSTATE classes 22 and 23), so that a retry cannot succeed.
 */
export function isDataError(error: unknown): boolean {
  return /^2[23][0-9A-Z]{3}$/.test(databaseErrorCode(error));
}

/** What pg says, without a code, of a connection or a query that got no answer. */
const NO_ANSWER =
  /^(Connection terminated|timeout exceeded when|Query read timeout|Client has encountered|The database did not answer)/;

/**
 * Whether a query failed because the database does not respond: no connection, no answer in time, or a server that
 * takes no queries now (SQLSTATE classes 08, 53 and 57).
 */
export function isDatabaseOutage(error: unknown): boolean {
  const code = databaseErrorCode(error);
  if (/^(08|53|57)[0-9A-Z]{3}$|^(ECONN\w+|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|E\w+UNREACH)$/.test(code))
    return true;
  return error instanceof Error && (NO_ANSWER.test(error.message) || isDatabaseOutage(error.cause));
}
