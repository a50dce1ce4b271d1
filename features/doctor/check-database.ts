import type { Finding } from '#lib/checks/finding.ts';
import { type Check, failed, passed } from '#lib/checks/rule.ts';
import { pingDatabase } from '#lib/db/connection.ts';
import { databaseErrorCode, databaseFix } from '#lib/db/errors.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';

const TIMEOUT_MS = 2_000;

const DATABASE = {
  id: 'database',
  title: 'Database: connected',
  failed: 'Database: unreachable',
  fix: 'Check DATABASE_URL and the server log. Every call to /mcp is refused until the database answers.',
  reference: { name: 'docs/deploying.md' },
} satisfies Check;

/**
 * Checks that the database answers a query in time.
 *
 * @param query - default: `select 1` on the app's own connection
 * @param timeoutMs - default: 2 seconds
 */
export async function checkDatabase(
  query: () => Promise<unknown> = pingDatabase,
  timeoutMs = TIMEOUT_MS,
): Promise<Finding> {
  const unreachable = (code: string, fix = DATABASE.fix) =>
    failed({ ...DATABASE, fix }, `The database did not answer: ${code}.`);
  try {
    return await withDeadline(
      query().then(() => passed(DATABASE, 'The database answers.')),
      timeoutMs,
      () => unreachable(`no answer within ${timeoutMs} ms`),
    );
  } catch (error) {
    return unreachable(databaseErrorCode(error), databaseFix(error));
  }
}
