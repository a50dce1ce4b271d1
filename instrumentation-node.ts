import { config } from '#lib/config/env.ts';
import { requireConfig } from '#lib/config/require-config.ts';
import { flushActivity } from '#lib/connections/activity.ts';
import { closeDatabase, db } from '#lib/db/connection.ts';
import { DatabaseInUseError, databaseErrorCode } from '#lib/db/errors.ts';
import { rateLimitConsole } from '#lib/observability/console.ts';
import { errorFields, log } from '#lib/observability/log.ts';
import { flushTelemetry, startTelemetry } from '#lib/observability/telemetry.ts';
import { stampPeerAddresses } from '#lib/server/client-ip.ts';
import { drainOnSignal } from '#lib/server/drain.ts';
import { joinRepeatedAuthorization } from '#lib/server/repeated-authorization.ts';
import { acceptAbsoluteTargets, hideFilesFromOtherMethods } from '#lib/server/request-target.ts';
import { stampSecurityHeaders } from '#lib/server/stamp-headers.ts';

/** Milliseconds that the last write may take when the process ends. */
const FLUSH_MS = 3_000;

/** What a server process does before its first request. */
export async function start(): Promise<void> {
  requireConfig();
  await startTelemetry(config());
  rateLimitConsole();
  stampPeerAddresses();
  stampSecurityHeaders();
  joinRepeatedAuthorization();
  acceptAbsoluteTargets();
  hideFilesFromOtherMethods();
  drainOnSignal(async () => {
    await flushActivity(FLUSH_MS);
    await closeDatabase();
    await flushTelemetry(FLUSH_MS);
  });
  try {
    await db();
  } catch (error) {
    if (error instanceof DatabaseInUseError) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }
    // It may come back: until then /mcp answers 503 and /health/ready says so.
    log('error', 'database.unavailable', { reason: databaseErrorCode(error) });
  }
}

/** Logs what a page or a route handler threw. The digest is what the person was shown. */
export function reportFailure(error: unknown, method: string, route: string): void {
  const digest =
    error instanceof Error && 'digest' in error && typeof error.digest === 'string'
      ? error.digest
      : undefined;
  log('error', 'page.failed', { method, route, digest, ...errorFields(error) });
}
