import { isLoopback } from './loopback.ts';
import { type NotificationConfig, notificationConfig, notificationProblems } from './notifications.ts';
import { parseAllowedOrigin, parseOrigin } from './origin.ts';
import { variables } from './schema.ts';
import { type TelemetryConfig, telemetryConfig } from './telemetry.ts';

/** A problem of the configuration. `found` never contains the value of a secret. */
export type ConfigProblem = { variable: string; found: string; fix: string };

/** All problems of the configuration; the message is a readable list. */
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

export type DatabaseConfig =
  | { kind: 'postgres'; url: string; ca?: string | undefined }
  | { kind: 'pglite'; directory: string };

export type Config = {
  /** Public origin of this deployment, no trailing slash. */
  appUrl: string;
  /** Whether `appUrl` names this machine, which allows `http:` URLs and nothing else. */
  loopback: boolean;
  /** The platform; on Vercel some headers are set by the platform and can be trusted. */
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
  /** Verifies the signatures of webhooks, which are off without it. */
  webhookSecret: string | undefined;
  database: DatabaseConfig;
  /** Browser origins that may call `/mcp`, besides `appUrl`. */
  allowedOrigins: readonly string[];
  /** Audiences accepted besides the resource identifier. */
  extraAudiences: readonly string[];
  /** Name of this server for clients and people: `resource_name`, `client_name`, page titles. */
  serverName: string;
  /** Days that recorded activity is kept. */
  activityRetentionDays: number;
  /** Permission of the people who manage their organization's connections. */
  organizationAdminPermission: string;
  /** Number of proxies in front of the app whose `x-forwarded-for` entry is trusted; 0 uses the socket. */
  trustedProxyHops: number;
  limits: {
    /** Failed authentications per address and minute before 429. */
    failedAuthPerMinute: number;
    /** Calls per connection and minute before 429. */
    callsPerMinute: number;
    /** Streams and running calls that this instance holds open at the same time. */
    concurrentCalls: number;
    /** The same for one connection. */
    concurrentCallsPerConnection: number;
  };
  /** Days without calls after which a connection expires; undefined when none expires by default. */
  connectionUnusedDays: number | undefined;
  /** Whether `/mcp` serves common requests without an SDK server. */
  fastPath: boolean;
  /** Optional members of our own client metadata document. */
  client: {
    /** PKCS#8 PEM of the key for `private_key_jwt`; without it the client is public (`none`). */
    privateKey: string | undefined;
    contacts: readonly string[];
    policyUri: string | undefined;
    tosUri: string | undefined;
  };
  logFormat: 'json' | 'pretty';
  /** Where notifications are sent; undefined when they are off. */
  notifications: NotificationConfig | undefined;
  /** Where traces and counters are sent; undefined when there is no collector, and then none are made. */
  telemetry: TelemetryConfig | undefined;
};

type Env = Readonly<Record<string, string | undefined>>;

const SECRETS = new Set([
  'WORKOS_API_KEY',
  'WORKOS_COOKIE_PASSWORD',
  'WORKOS_WEBHOOK_SECRET',
  'NOTIFY_WEBHOOK_URL',
  'NOTIFY_WEBHOOK_SECRET',
  'CLIENT_PRIVATE_KEY',
  'DATABASE_URL',
  'OTEL_EXPORTER_OTLP_HEADERS',
]);

function describe(env: Env, variable: string): string {
  const value = env[variable];
  if (value === undefined || value === '') return 'is not set';
  // A URL in any variable may contain a password.
  return SECRETS.has(variable) || value.includes('@')
    ? `is set, ${value.length} characters (not shown)`
    : `is ${JSON.stringify(value.slice(0, 200))}`;
}

/** `docker run --env-file` and some dashboards keep the quotes of a value. */
const QUOTED = /^(["'])(.*)\1$/s;
const OWN_VARIABLES = new Set([...Object.keys(variables.shape), 'APP_URL', 'MCP_ALLOWED_ORIGINS']);

/** The source of the public origin: `APP_URL`, else Vercel's variables, else loopback. Never a request header. */
function appUrlSource(env: Env): { variable: string; text: string } {
  if (env.APP_URL) return { variable: 'APP_URL', text: env.APP_URL };
  const variable = env.VERCEL_ENV === 'production' ? 'VERCEL_PROJECT_PRODUCTION_URL' : 'VERCEL_URL';
  const host = env[variable];
  if (host) return { variable, text: `https://${host}` };
  return { variable: 'APP_URL', text: `http://localhost:${env.PORT || '3000'}` };
}

/** The rule for an app that only this machine can reach. */
function* loopbackProblems(env: Env): Generator<[string, string]> {
  const apiHost = env.WORKOS_API_HOSTNAME ?? 'api.workos.com';
  if (env.WORKOS_API_HTTPS === 'false' && !(parseOrigin(`http://${apiHost}`) instanceof URL))
    yield ['WORKOS_API_HTTPS', `remove it: the API key would go to ${apiHost} unencrypted`];
}

/** The rules between variables for a public app. */
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
      `a deployment (${app.origin}) needs a database that its instances share: set postgres://user:password@host/database`,
    ];
}

/** Variables of authkit-nextjs that change the session cookie, whose name and attributes are fixed here. */
const COOKIE_VARIABLES = ['NAME', 'DOMAIN', 'MAX_AGE', 'SAMESITE'].map((name) => `WORKOS_COOKIE_${name}`);

/** The rules for a Vercel deployment. */
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
 * @throws {ConfigError} with every variable that is wrong, what was found, and the fix
 */
export function parseConfig(env: Env): Config {
  const problems: ConfigProblem[] = [];
  const problem = (variable: string, fix: string) =>
    problems.push({ variable, found: describe(env, variable), fix });
  const present: Record<string, string | undefined> = {};
  for (const [variable, value] of Object.entries(env)) {
    const unquoted = OWN_VARIABLES.has(variable) ? QUOTED.exec(value ?? '')?.[2] : undefined;
    if (unquoted !== undefined) problem(variable, 'remove the quotes around it: they are part of the value');
    if (value !== '') present[variable] = unquoted ?? value;
  }

  const parsed = variables.safeParse(present);
  for (const issue of parsed.error?.issues ?? []) problem(String(issue.path[0]), issue.message);
  for (const name of COOKIE_VARIABLES)
    if (present[name] !== undefined)
      problem(name, 'remove it: the name and the attributes of the session cookie are fixed');
  for (const [variable, fix] of notificationProblems(present)) problem(variable, fix);
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
    .map(parseAllowedOrigin);
  for (const item of allowed) if (typeof item !== 'string') problem('MCP_ALLOWED_ORIGINS', item.fix);

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
    webhookSecret: value.WORKOS_WEBHOOK_SECRET,
    database: databaseConfig(value.DATABASE_URL, value.DATABASE_CA),
    allowedOrigins: allowed.filter((item) => typeof item === 'string'),
    extraAudiences: value.MCP_EXTRA_AUDIENCES,
    serverName: value.MCP_SERVER_NAME,
    activityRetentionDays: value.ACTIVITY_RETENTION_DAYS,
    organizationAdminPermission: value.ORGANIZATION_ADMIN_PERMISSION,
    trustedProxyHops: value.TRUSTED_PROXY_HOPS,
    limits: {
      failedAuthPerMinute: value.MCP_FAILED_AUTH_PER_MINUTE,
      callsPerMinute: value.MCP_CALLS_PER_MINUTE,
      concurrentCalls: value.MCP_CONCURRENT_CALLS,
      concurrentCallsPerConnection: value.MCP_CONCURRENT_CALLS_PER_CONNECTION,
    },
    connectionUnusedDays: value.MCP_CONNECTION_UNUSED_DAYS,
    fastPath: value.MCP_FAST_PATH === 'on',
    client: {
      privateKey: value.CLIENT_PRIVATE_KEY,
      contacts: value.CLIENT_CONTACTS,
      policyUri: value.CLIENT_POLICY_URI,
      tosUri: value.CLIENT_TOS_URI,
    },
    logFormat: value.LOG_FORMAT ?? (env.NODE_ENV === 'production' ? 'json' : 'pretty'),
    notifications: notificationConfig(value),
    telemetry: telemetryConfig(value, { onVercel: Boolean(env.VERCEL_OTEL_ENDPOINTS) }),
  };
}

function databaseConfig(url: string | undefined, ca: string | undefined): DatabaseConfig {
  if (url === undefined) return { kind: 'pglite', directory: '.data/pglite' };
  return url.startsWith('pglite:')
    ? { kind: 'pglite', directory: url.slice('pglite:'.length) }
    : { kind: 'postgres', url, ca };
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
