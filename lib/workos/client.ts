import { WorkOS } from '@workos-inc/node';
import { type Config, config } from '#lib/config/env.ts';
import { perProcess } from '#lib/server/per-process.ts';

/** Deadline of one request to the WorkOS API, body included. */
const TIMEOUT_MS = 5_000;

/** A client of the WorkOS API at the configured host. It does not retry: the caller knows when that is safe. */
export function createWorkos({ workos }: Pick<Config, 'workos'>, timeoutMs = TIMEOUT_MS): WorkOS {
  return new WorkOS({
    apiKey: workos.apiKey,
    clientId: workos.clientId,
    apiHostname: workos.api.hostname,
    https: workos.api.https,
    port: workos.api.port,
    timeout: timeoutMs,
    maxRetries: 0,
  });
}

/** The client of the WorkOS API, one per process. */
export const workos = perProcess('workos', () => createWorkos(config()));
