import { WorkOS } from '@workos-inc/node';
import { type Config, config } from '#lib/config/env.ts';
import { perProcess } from '#lib/server/per-process.ts';

/** Milliseconds for one request to the WorkOS API, body included. */
const TIMEOUT = 5_000;

/** A client of the WorkOS API at the configured host. It does not retry: callers know when that is safe. */
export function createWorkos({ workos }: Pick<Config, 'workos'>, timeout = TIMEOUT): WorkOS {
  return new WorkOS({
    apiKey: workos.apiKey,
    clientId: workos.clientId,
    apiHostname: workos.api.hostname,
    https: workos.api.https,
    port: workos.api.port,
    timeout,
    maxRetries: 0,
  });
}

/** The client of the WorkOS API, one per process. */
export const workos = perProcess('workos', () => createWorkos(config()));
