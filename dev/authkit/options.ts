import { z } from 'zod';
import { isLoopback } from '#lib/config/loopback.ts';
import { AuthkitStartError } from './start-error.ts';

const count = z.number().int().nonnegative();

/**
 * What can be different about the real AuthKit, and what tests need. A comment that ends in `open` marks what no public
 * source settles: the product must work with each value. Other defaults are what WorkOS documents or what was observed.
 * `facts.ts` has the sources.
 */
const behaviour = z.strictObject({
  /**
   * `current`: as documented in 2026, with `client_id` and `scope`. `older`: without them. `permissions`: current, and
   * the permissions of the person's roles, which real tokens for MCP never have.
   */
  claims: z.enum(['current', 'older', 'permissions']).default('current'),
  /** `typ` in the header of access tokens. */
  tokenType: z.enum(['none', 'JWT', 'at+jwt']).default('none'),
  /** Claims of a JWT template. They replace all others except `iss`, `sub`, `exp`, `iat`, `nbf` and `jti`. */
  jwtTemplate: z.record(z.string(), z.unknown()).default({}),
  /** Whether `aud` of the JWT template replaces the resource. open */
  templateAudienceWins: z.boolean().default(true),
  /** Clock of the issuer against ours: moves `iat` and `exp`. */
  clockAheadSeconds: z.number().int().default(0),
  /** Whether `iat` and `exp` are fractions, as NumericDate allows (RFC 7519 section 2). */
  fractionalTimes: z.boolean().default(false),
  /** WorkOS uses 300. Some clients treat a token with less than five minutes left as expired, so the default is longer. */
  accessTokenLifetimeSeconds: count.min(1).default(900),

  /** Scopes of a request without `scope`: all of the application, or all that give no refresh token. open */
  omittedScope: z.enum(['all', 'no_refresh_token']).default('no_refresh_token'),
  /** How long a rotated refresh token of a client still works. open */
  refreshReuseGraceSeconds: count.default(0),
  /** How long a rotated refresh token of a page session still works. open */
  sessionReuseGraceSeconds: count.default(10),

  /** State of `$APP_URL/mcp` as a resource indicator. */
  resourceIndicator: z.enum(['registered', 'default', 'none']).default('registered'),
  /** Audience of a token whose resource is not registered: the client id of the environment or of the application. open */
  unregisteredAudience: z.enum(['environment', 'application']).default('environment'),
  /** Whether the default resource indicator applies to the device grant, which ignores `resource`. open */
  deviceGrantUsesDefault: z.boolean().default(false),

  /** Whether `DELETE` of an authorized application ends its refresh tokens. open */
  deleteEndsRefreshTokens: z.boolean().default(true),
  /** Whether `DELETE` of an authorized application ends the consents of all organizations, or one. open */
  deleteEndsEveryOrganization: z.boolean().default(true),
  /** `sid` of a consent that follows a deleted one. open */
  reconsentSid: z.enum(['new', 'same']).default('new'),
  /** `application.client_id` of a client with a metadata document: its URL, or an id such as `client_…`. open */
  grantClientId: z.enum(['url', 'id']).default('url'),
  /** Prefix of application ids. `conn_app` is documented, `app` is real, and none is promised. open */
  applicationIdPrefix: z.string().default('app'),
  /** How long the list of authorized applications shows the past. open */
  grantListLagSeconds: count.default(0),
  /** Client ids that the list marks as first-party. */
  firstPartyClientIds: z.array(z.string()).default([]),

  /** Whether client metadata documents are accepted. WorkOS has a switch, which is off at first. */
  cimd: z.boolean().default(true),
  /** Whether `private_key_jwt` is a client authentication method. Not observed at WorkOS. Read at the start only. */
  privateKeyJwt: z.boolean().default(false),
  /** Whether authorization responses have `iss`, and the metadata says so (RFC 9207). Not observed at WorkOS. */
  issInResponse: z.boolean().default(false),
  /** Web origins that may read answers of the token endpoint. */
  corsOrigins: z.array(z.string()).default([]),

  /** How the choice of an organization reaches the app: on a page of AuthKit, or as an error of the WorkOS API. open */
  organizationSelection: z.enum(['page', 'error']).default('page'),
  /** Where people go who start at AuthKit (`GET /`, impersonation). Empty: to the callback, without `state`. */
  initiateLoginUri: z.string().default(''),
  /** Redirect URIs of the environment. Default: `$APP_URL/callback`. */
  redirectUris: z.array(z.string()).optional(),
  /** Whether a role of the API has `permissions`. WorkOS's emulator leaves them out. open */
  permissionsInRole: z.boolean().default(true),
  /** Requests to the WorkOS API with one API key in a minute; more are answered 429 with `Retry-After`. */
  requestsPerMinute: count.default(6000),
});

export type Behaviour = z.output<typeof behaviour>;

export type AuthkitOptions = {
  /** 0 for a free port. */
  port: number;
  /** Origin of the app that is being developed; loopback only. */
  appUrl: string;
  /** Directory that stores people, grants, clients and keys. */
  dataDir: string;
  /** `localhost` (both address families), `127.0.0.1` or `::1`. */
  host?: string;
  /** WorkOS API key and client id of the app. */
  apiKey?: string;
  clientId?: string;
  /** Signs webhooks to `$APP_URL/webhooks/workos`. None are sent without it. */
  webhookSecret?: string;
  behaviour?: Partial<Behaviour>;
  /** Called for each refusal with one line, without tokens or codes. */
  log?: (line: string) => void;
};

export type Settings = Required<Omit<AuthkitOptions, 'behaviour'>> & {
  /** Read when it is used: `PATCH /_local/behaviour` changes it. */
  behaviour: Behaviour;
};

const HOSTS = new Set(['localhost', '127.0.0.1', '::1']);

/** @throws {AuthkitStartError} that names the value that is wrong */
export function parseBehaviour(values: unknown): Behaviour {
  const parsed = behaviour.safeParse(values);
  if (parsed.success) return parsed.data;
  const [{ path, message } = { path: [], message: 'unknown' }] = parsed.error.issues;
  throw new AuthkitStartError(
    `the behaviour of local AuthKit is wrong at ${path.join('.') || 'the top'}: ${message}`,
  );
}

/**
 * Fills in the defaults, and refuses options that would expose this server to another machine: anyone can sign in as
 * any user here.
 *
 * @throws {AuthkitStartError}
 */
export function checkOptions(options: AuthkitOptions): Settings {
  const { port, host = 'localhost' } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new AuthkitStartError(`AUTHKIT_PORT is not a port number: ${port}`);
  if (!HOSTS.has(host))
    throw new AuthkitStartError(`local AuthKit binds to localhost, 127.0.0.1 or ::1 only, not to ${host}`);

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
    appUrl: app.origin,
    dataDir: options.dataDir,
    apiKey: options.apiKey ?? 'sk_test_local',
    clientId: options.clientId ?? 'client_local',
    webhookSecret: options.webhookSecret ?? '',
    behaviour: parseBehaviour(options.behaviour ?? {}),
    log: options.log ?? (() => undefined),
  };
}

/**
 * The behaviour that environment variables ask for: `AUTHKIT_BEHAVIOUR` (JSON), and the three that people need.
 *
 * @throws {AuthkitStartError} that names the variable
 */
export function behaviourFrom(env: Readonly<Record<string, string | undefined>>): Partial<Behaviour> {
  const {
    AUTHKIT_BEHAVIOUR: json,
    AUTHKIT_ACCESS_TOKEN_LIFETIME: lifetime,
    AUTHKIT_CIMD: cimd,
    AUTHKIT_CORS_ORIGINS: origins,
  } = env;
  const values: Partial<Behaviour> = {};
  if (lifetime) {
    if (!/^[1-9]\d{0,8}$/.test(lifetime))
      throw new AuthkitStartError(`AUTHKIT_ACCESS_TOKEN_LIFETIME is a number of seconds, not ${lifetime}`);
    values.accessTokenLifetimeSeconds = Number(lifetime);
  }
  if (cimd) {
    if (cimd !== 'on' && cimd !== 'off')
      throw new AuthkitStartError(`AUTHKIT_CIMD is "on" or "off", not ${cimd}`);
    values.cimd = cimd === 'on';
  }
  if (origins) values.corsOrigins = origins.split(',').map((origin) => origin.trim());
  if (!json) return values;
  try {
    return { ...values, ...JSON.parse(json) };
  } catch {
    throw new AuthkitStartError('AUTHKIT_BEHAVIOUR is not JSON');
  }
}
