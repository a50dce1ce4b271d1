import { isLoopback } from './loopback.ts';
import { parseOrigin } from './origin.ts';
import { variables } from './schema.ts';
import { type TelemetryConfig, telemetryConfig } from './telemetry.ts';

/** One thing that is wrong with the configuration. `found` never holds a secret's value. */
export type ConfigProblem = { variable: string; found: string; fix: string };

/** Everything that is wrong with the configuration, at once; the message is a readable list. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map((p) => `  ${p.variable}: ${p.found}\n    Fix: ${p.fix}`);
    super(`The configuration has ${problems.length} problem(s).\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export type DatabaseConfig = { kind: 'postgres'; url: string } | { kind: 'pglite'; directory: string };

export type Config = {
  /** Public origin of this deployment, no trailing slash. */
  appUrl: string;
  /** Whether `appUrl` names this machine; loosens what may be `http:` and nothing else. */
  loopback: boolean;
  /** What runs the app; on Vercel some headers are set by the platform and can be believed. */
  platform: 'node' | 'vercel';
  /** Issuer of the access tokens accepted at `/mcp`, no trailing slash. */
  authkitDomain: string;
  workos: {
    apiKey: string;
    clientId: string;
    /** Seals the session cookie; at least 32 characters. */
    cookiePassword: string;
    api: { hostname: string; port: number | undefined; https: boolean };
  };
  database: DatabaseConfig;
  /** Browser origins that may call `/mcp`, besides `appUrl` itself. */
  allowedOrigins: readonly string[];
  /** Audiences accepted besides the resource identifier. */
  extraAudiences: readonly string[];
  /** Name shown to clients and people: `resource_name`, `client_name`, page titles. */
  serverName: string;
  /** Days that recorded activity is kept. */
  activityRetentionDays: number;
  /** Number of proxies in front of the app whose `X-Forwarded-For` entry is believed; 0 uses the socket. */
  trustedProxyHops: number;
  limits: {
    /** Failed authentications per address and minute before 429. */
    failedAuthPerMinute: number;
    /** Calls per connection and minute before 429. */
    callsPerMinute: number;
    /** Streams and running calls held open at once by this instance. */
    concurrentCalls: number;
    /** The same of one connection. */
    concurrentCallsPerConnection: number;
  };
  /** Whether `/mcp` serves common requests without an SDK server. */
  fastPath: boolean;
  /** Extras of our own client metadata document. */
  client: {
    /** PKCS#8 PEM of the key for `private_key_jwt`; without it the client is public (`none`). */
    privateKey: string | undefined;
    contacts: readonly string[];
    policyUri: string | undefined;
    tosUri: string | undefined;
  };
  logFormat: 'json' | 'pretty';
  /** Where traces and counters go; undefined when nobody collects them, and then none are made. */
  telemetry: TelemetryConfig | undefined;
};

type Env = Readonly<Record<string, string | undefined>>;

const SECRETS = new Set([
  'WORKOS_API_KEY',
  'WORKOS_COOKIE_PASSWORD',
  'CLIENT_PRIVATE_KEY',
  'DATABASE_URL',
  'OTEL_EXPORTER_OTLP_HEADERS',
]);

function describe(env: Env, variable: string): string {
  const value = env[variable];
  if (value === undefined || value === '') return 'is not set';
  // A URL in any variable may carry a password.
  return SECRETS.has(variable) || value.includes('@')
    ? `is set, ${value.length} characters (not shown)`
    : `is ${JSON.stringify(value.slice(0, 200))}`;
}

/** Where the public origin comes from: `APP_URL`, else Vercel's own variables, else loopback. Never a request header. */
function appUrlSource(env: Env): { variable: string; text: string } {
  if (env.APP_URL) return { variable: 'APP_URL', text: env.APP_URL };
  const variable = env.VERCEL_ENV === 'production' ? 'VERCEL_PROJECT_PRODUCTION_URL' : 'VERCEL_URL';
  const host = env[variable];
  if (host) return { variable, text: `https://${host}` };
  return { variable: 'APP_URL', text: `http://localhost:${env.PORT || '3000'}` };
}

/** The rule that holds while the app is on this machine only. */
function* loopbackProblems(env: Env): Generator<[string, string]> {
  const apiHost = env.WORKOS_API_HOSTNAME ?? 'api.workos.com';
  if (env.WORKOS_API_HTTPS === 'false' && !(parseOrigin(`http://${apiHost}`) instanceof URL))
    yield ['WORKOS_API_HTTPS', `remove it: the API key would go to ${apiHost} unencrypted`];
}

/** The rules that hold between variables once the app is public. */
function* publicProblems(env: Env, app: URL, issuer: URL | undefined): Generator<[string, string]> {
  if (issuer && isLoopback(issuer))
    yield [
      'AUTHKIT_DOMAIN',
      `a public deployment (${app.origin}) cannot trust an issuer on this machine: set https://<subdomain>.authkit.app`,
    ];
  if (env.WORKOS_API_HTTPS === 'false')
    yield ['WORKOS_API_HTTPS', 'remove it: a public deployment talks to WorkOS over https'];
  if (env.DATABASE_URL === undefined)
    yield [
      'DATABASE_URL',
      `a deployment (${app.origin}) needs a database that outlives and is shared by its instances: set postgres://user:password@host/database`,
    ];
}

/** The rules that hold for a Vercel deployment. */
function* vercelProblems(env: Env, app: URL): Generator<[string, string]> {
  if (isLoopback(app))
    yield [
      'APP_URL',
      'set it to the public origin of this deployment, or turn on "Automatically expose System Environment Variables" in the Vercel project, from which it is derived',
    ];
  if (env.DATABASE_URL?.startsWith('pglite:'))
    yield ['DATABASE_URL', 'Vercel keeps no files: set postgres://user:password@host/database'];
}

/**
 * Reads and validates the configuration.
 *
 * @param env - variables by name; an empty value counts as absent
 * @throws {ConfigError} naming every variable that is wrong, what was found, and the fix
 */
export function parseConfig(env: Env): Config {
  const present: Env = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const problems: ConfigProblem[] = [];
  const problem = (variable: string, fix: string) =>
    problems.push({ variable, found: describe(env, variable), fix });

  const parsed = variables.safeParse(present);
  for (const issue of parsed.error?.issues ?? []) problem(String(issue.path[0]), issue.message);
  const portIsWrong = problems.some(({ variable }) => variable === 'PORT');

  const source = appUrlSource(present);
  const app = parseOrigin(source.text);
  if ('fix' in app && !portIsWrong) problem(source.variable, app.fix);
  const issuer =
    present.AUTHKIT_DOMAIN === undefined
      ? undefined
      : parseOrigin(present.AUTHKIT_DOMAIN, 'https://acme.authkit.app');
  if (issuer !== undefined && 'fix' in issuer) problem('AUTHKIT_DOMAIN', issuer.fix);

  const platform = present.VERCEL ? 'vercel' : 'node';
  if (app instanceof URL) {
    const found = [
      ...(platform === 'vercel' ? vercelProblems(present, app) : []),
      ...(isLoopback(app)
        ? loopbackProblems(present)
        : publicProblems(present, app, issuer instanceof URL ? issuer : undefined)),
    ];
    for (const [variable, fix] of found) problem(variable, fix);
  }
  const allowed = (present.MCP_ALLOWED_ORIGINS ?? '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((text) => parseOrigin(text));
  for (const item of allowed) if ('fix' in item) problem('MCP_ALLOWED_ORIGINS', item.fix);

  if (problems.length > 0 || !parsed.success || !(app instanceof URL) || !(issuer instanceof URL))
    throw new ConfigError(problems);

  const value = parsed.data;
  return {
    appUrl: app.origin,
    loopback: isLoopback(app),
    platform,
    authkitDomain: issuer.origin,
    workos: {
      apiKey: value.WORKOS_API_KEY,
      clientId: value.WORKOS_CLIENT_ID,
      cookiePassword: value.WORKOS_COOKIE_PASSWORD,
      api: {
        hostname: value.WORKOS_API_HOSTNAME,
        port: value.WORKOS_API_PORT,
        https: value.WORKOS_API_HTTPS === 'true',
      },
    },
    database: databaseConfig(value.DATABASE_URL),
    allowedOrigins: allowed.flatMap((item) => (item instanceof URL ? [item.origin] : [])),
    extraAudiences: value.MCP_EXTRA_AUDIENCES,
    serverName: value.MCP_SERVER_NAME,
    activityRetentionDays: value.ACTIVITY_RETENTION_DAYS,
    trustedProxyHops: value.TRUSTED_PROXY_HOPS,
    limits: {
      failedAuthPerMinute: value.MCP_FAILED_AUTH_PER_MINUTE,
      callsPerMinute: value.MCP_CALLS_PER_MINUTE,
      concurrentCalls: value.MCP_CONCURRENT_CALLS,
      concurrentCallsPerConnection: value.MCP_CONCURRENT_CALLS_PER_CONNECTION,
    },
    fastPath: value.MCP_FAST_PATH === 'on',
    client: {
      privateKey: value.CLIENT_PRIVATE_KEY,
      contacts: value.CLIENT_CONTACTS,
      policyUri: value.CLIENT_POLICY_URI,
      tosUri: value.CLIENT_TOS_URI,
    },
    logFormat: value.LOG_FORMAT ?? (env.NODE_ENV === 'production' ? 'json' : 'pretty'),
    telemetry: telemetryConfig(value, { onVercel: Boolean(env.VERCEL_OTEL_ENDPOINTS) }),
  };
}

function databaseConfig(url: string | undefined): DatabaseConfig {
  if (url === undefined) return { kind: 'pglite', directory: '.data/pglite' };
  return url.startsWith('pglite:')
    ? { kind: 'pglite', directory: url.slice('pglite:'.length) }
    : { kind: 'postgres', url };
}

let current: Config | undefined;

/**
 * The configuration of this process, read from `process.env` once.
 *
 * @throws {ConfigError} see {@link parseConfig}
 */
export function config(): Config {
  current ??= parseConfig(process.env);
  return current;
}
