import { startNotifications } from '#features/notifications/start.ts';
import { flushTelemetry, startTelemetry } from '#features/telemetry/telemetry.ts';
import { config } from '#lib/config/env.ts';
import { requireConfig } from '#lib/config/require-config.ts';
import { jwksUrl } from '#lib/config/urls.ts';
import { flushActivity } from '#lib/connections/activity.ts';
import { closeDatabase, db } from '#lib/db/connection.ts';
import { DatabaseInUseError, databaseErrorCode, databaseFix } from '#lib/db/errors.ts';
import { fetchEarly } from '#lib/oauth/key-set.ts';
import { captureConsole } from '#lib/observability/console.ts';
import { errorFields, log } from '#lib/observability/log.ts';
import { drainOnSignal } from '#lib/server/drain.ts';
import { prepareIncomingRequests } from '#lib/server/incoming-request.ts';

/** Deadline of the last write when the process exits. */
const FLUSH_TIMEOUT_MS = 3_000;

/** Starts a server process, before its first request. */
export async function start(): Promise<void> {
  requireConfig();
  await startTelemetry();
  captureConsole();
  prepareIncomingRequests(reportUntrustedProxy());
  drainOnSignal(async () => {
    await flushActivity(FLUSH_TIMEOUT_MS);
    await closeDatabase();
    await flushTelemetry(FLUSH_TIMEOUT_MS);
  });
  // Not awaited: the keys arrive and the database connects while Next loads the rest.
  fetchEarly(jwksUrl(config()));
  void openEarly();
}

/** Opens the database before the first request needs it. */
async function openEarly(): Promise<void> {
  try {
    await db();
  } catch (error) {
    if (error instanceof DatabaseInUseError) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }
    // The database may come back. Until then /mcp answers 503, and /health/ready reports it.
    log('error', 'database.unavailable', { reason: databaseErrorCode(error), fix: databaseFix(error) });
  }
  startNotifications();
}

/** Reports a proxy that the configuration does not mention; undefined where none can be missing. */
function reportUntrustedProxy(): (() => void) | undefined {
  const { trustedProxyHops, platform } = config();
  if (trustedProxyHops > 0 || platform === 'vercel') return undefined;
  return () =>
    log('warn', 'proxy.not_trusted', {
      fix: 'A request has X-Forwarded-For, and TRUSTED_PROXY_HOPS is 0. If a proxy is in front of the app, set it to the number of proxies.',
    });
}

/** Logs an error that a page or a route handler threw, with the digest that its error page shows. */
export function reportFailure(error: unknown, method: string, route: string): void {
  const digest =
    error instanceof Error && 'digest' in error && typeof error.digest === 'string'
      ? error.digest
      : undefined;
  log('error', 'page.failed', { method, route, digest, ...errorFields(error) });
}
