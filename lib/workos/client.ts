import { WorkOS } from '@workos-inc/node';
import { type Config, config } from '#lib/config/env.ts';

/** Milliseconds for one request to the WorkOS API, body included. */
const TIMEOUT = 5_000;

const KEY = Symbol.for('mcp-authkit-starter.workos');
const processState = globalThis as typeof globalThis & { [KEY]?: WorkOS };

/** A client of the WorkOS API at the configured host. It does not retry: callers know when that is safe. */
export function createWorkos({ workos }: Pick<Config, 'workos'>, timeout = TIMEOUT): WorkOS {
  return new WorkOS({
    apiKey: workos.apiKey,
    clientId: workos.clientId,
    apiHostname: workos.api.hostname,
    https: workos.api.https,
    ...(workos.api.port === undefined ? {} : { port: workos.api.port }),
    timeout,
    maxRetries: 0,
  });
}

/** The client of the WorkOS API, one per process. */
export function workos(): WorkOS {
  processState[KEY] ??= createWorkos(config());
  return processState[KEY];
}
