import { isLoopback } from '#lib/config/loopback.ts';
import { AuthkitStartError } from './start-error.ts';

/** `documented`: the claims AuthKit documents and no other; `full`: also `client_id`, `scope`, `permissions`. */
export type TokenShape = 'documented' | 'full';

export type AuthkitOptions = {
  /** 0 for a free port. */
  port: number;
  /** Origin of the app that is being developed; loopback only. */
  appUrl: string;
  /** Directory that stores people, grants, clients and keys. */
  dataDir: string;
  /** `localhost` (both address families), `127.0.0.1` or `::1`. */
  host?: string;
  tokenShape?: TokenShape;
  /** Lifetime of access tokens for MCP, in seconds. */
  accessTokenLifetime?: number;
  /** WorkOS API key and client id of the app. */
  apiKey?: string;
  clientId?: string;
  /** Called for each refusal with one line, without tokens or codes. */
  log?: (line: string) => void;
};

export type Settings = Required<AuthkitOptions>;

const HOSTS = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Fills in the defaults, and refuses options that would expose this server to another machine: anyone can sign in as
 * any user here.
 *
 * @throws {AuthkitStartError}
 */
export function checkOptions(options: AuthkitOptions): Settings {
  const { port, host = 'localhost', tokenShape = 'full' } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new AuthkitStartError(`AUTHKIT_PORT is not a port number: ${port}`);
  if (!HOSTS.has(host))
    throw new AuthkitStartError(`local AuthKit binds to localhost, 127.0.0.1 or ::1 only, not to ${host}`);
  if (tokenShape !== 'full' && tokenShape !== 'documented')
    throw new AuthkitStartError(`AUTHKIT_TOKEN_SHAPE is "full" or "documented", not ${tokenShape}`);

  const app = URL.parse(options.appUrl);
  if (app === null || !['http:', 'https:'].includes(app.protocol))
    throw new AuthkitStartError(`APP_URL is not a URL: ${options.appUrl}`);
  if (!isLoopback(app))
    throw new AuthkitStartError(
      `local AuthKit serves an app on this machine only, and APP_URL is ${app.origin}: set AUTHKIT_DOMAIN to a real AuthKit for a deployment`,
    );

  return {
    port,
    host,
    tokenShape,
    appUrl: app.origin,
    dataDir: options.dataDir,
    accessTokenLifetime: options.accessTokenLifetime ?? 300,
    apiKey: options.apiKey ?? 'sk_test_local',
    clientId: options.clientId ?? 'client_local',
    log: options.log ?? (() => undefined),
  };
}
