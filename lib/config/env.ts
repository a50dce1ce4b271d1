import { z } from 'zod';
import { isLoopback } from './loopback.ts';

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
  };
  /** Extras of our own client metadata document. */
  client: {
    /** PKCS#8 PEM of the key for `private_key_jwt`; without it the client is public (`none`). */
    privateKey: string | undefined;
    contacts: readonly string[];
    policyUri: string | undefined;
    tosUri: string | undefined;
  };
  logFormat: 'json' | 'pretty';
};

type Env = Readonly<Record<string, string | undefined>>;

const list = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter((item) => item !== ''));
const count = (byDefault: number, max = 1_000_000) =>
  z
    .string()
    .default(String(byDefault))
    .refine((text) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= max, {
      error: `set a whole number from 1 to ${max}, or remove it for the default ${byDefault}`,
    })
    .transform(Number);

const schema = z.object({
  AUTHKIT_DOMAIN: z.string({
    error:
      'set it to your AuthKit domain, https://<subdomain>.authkit.app (WorkOS dashboard, Domains), or use `npm run dev`, which brings a local AuthKit',
  }),
  WORKOS_API_KEY: z
    .string({ error: 'set it to the secret key from the WorkOS dashboard, API Keys (sk_…)' })
    .regex(/^\S+$/, { error: 'remove the spaces from it' }),
  WORKOS_CLIENT_ID: z
    .string({ error: 'set it to the client id from the WorkOS dashboard, API Keys (client_…)' })
    .regex(/^\S+$/, { error: 'remove the spaces from it' }),
  WORKOS_COOKIE_PASSWORD: z
    .string({ error: 'set it to a random secret: `openssl rand -base64 32`' })
    .min(32, { error: 'make it at least 32 characters: `openssl rand -base64 32`' })
    .refine((text) => new Set(text).size >= 10, {
      error: 'use a random secret, not a repeated pattern: `openssl rand -base64 32`',
    }),
  WORKOS_API_HOSTNAME: z
    .string()
    .default('api.workos.com')
    .refine((host) => /^[a-z0-9.-]+$/i.test(host), { error: 'set a host name without scheme, port or path' }),
  WORKOS_API_PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: 'set a port number, or remove it' })
    .transform(Number)
    .optional(),
  WORKOS_API_HTTPS: z.enum(['true', 'false'], { error: 'set `true` or `false`' }).default('true'),
  DATABASE_URL: z
    .string()
    .refine((text) => /^(postgres(ql)?:\/\/|pglite:.)/.test(text), {
      error: 'use postgres://user:password@host/database, or pglite:<directory>',
    })
    .optional(),
  MCP_ALLOWED_ORIGINS: list,
  MCP_EXTRA_AUDIENCES: list,
  MCP_SERVER_NAME: z.string().min(1).max(80).default('MCP AuthKit Starter'),
  MCP_FAILED_AUTH_PER_MINUTE: count(60),
  MCP_CALLS_PER_MINUTE: count(600, 100_000_000),
  MCP_CONCURRENT_CALLS: count(1024),
  ACTIVITY_RETENTION_DAYS: count(90, 3650),
  TRUSTED_PROXY_HOPS: z
    .string()
    .regex(/^\d$/, { error: 'set the number of proxies in front of the app, 0 to 9' })
    .default('0')
    .transform(Number),
  CLIENT_PRIVATE_KEY: z
    .string()
    .refine((text) => text.includes('-----BEGIN PRIVATE KEY-----'), {
      error:
        'set a PKCS#8 PEM key (`openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`), or remove it',
    })
    .transform((text) => text.replaceAll('\\n', '\n'))
    .optional(),
  CLIENT_CONTACTS: list,
  CLIENT_POLICY_URI: z.url({ protocol: /^https$/, error: 'set an https URL, or remove it' }).optional(),
  CLIENT_TOS_URI: z.url({ protocol: /^https$/, error: 'set an https URL, or remove it' }).optional(),
  LOG_FORMAT: z.enum(['json', 'pretty'], { error: 'set `json` or `pretty`' }).optional(),
});

const SECRETS = new Set(['WORKOS_API_KEY', 'WORKOS_COOKIE_PASSWORD', 'CLIENT_PRIVATE_KEY', 'DATABASE_URL']);

function describe(env: Env, variable: string): string {
  const value = env[variable];
  if (value === undefined || value === '') return 'is not set';
  return SECRETS.has(variable)
    ? `is set, ${value.length} characters (not shown)`
    : `is ${JSON.stringify(value)}`;
}

/** The origin in `text`, or why it is none; a bare host counts as `https`. */
function origin(text: string): URL | { fix: string } {
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    return { fix: 'set an origin such as https://example.com' };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { fix: 'use https://' };
  if (url.username || url.password) return { fix: 'remove the user name and password from it' };
  if ((url.pathname !== '/' && url.pathname !== '') || url.search || url.hash)
    return { fix: `remove everything after the host: ${url.origin}` };
  if (url.protocol === 'http:' && !isLoopback(url))
    return { fix: `use https: ${url.origin.replace('http:', 'https:')}` };
  return url;
}

/** `APP_URL`, else Vercel's own variables, else loopback. Never a request header. */
function appUrlText(env: Env): string {
  if (env.APP_URL) return env.APP_URL;
  const vercelHost = env.VERCEL_ENV === 'production' ? env.VERCEL_PROJECT_PRODUCTION_URL : env.VERCEL_URL;
  if (vercelHost) return `https://${vercelHost}`;
  return `http://localhost:${env.PORT || '3000'}`;
}

/**
 * Reads and validates the configuration.
 *
 * @param env - variables by name; an empty value counts as absent
 * @throws {ConfigError} naming every variable that is wrong, what was found, and the fix
 */
export function parseConfig(env: Env): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const problems: ConfigProblem[] = [];
  const problem = (variable: string, fix: string) =>
    problems.push({ variable, found: describe(env, variable), fix });

  const parsed = schema.safeParse(present);
  for (const issue of parsed.error?.issues ?? []) problem(String(issue.path[0]), issue.message);

  const app = origin(appUrlText(env));
  if ('fix' in app) problem('APP_URL', app.fix);
  const issuer = present.AUTHKIT_DOMAIN === undefined ? undefined : origin(present.AUTHKIT_DOMAIN);
  if (issuer !== undefined && 'fix' in issuer) problem('AUTHKIT_DOMAIN', issuer.fix);

  const loopback = app instanceof URL && isLoopback(app);
  if (app instanceof URL && !loopback) {
    if (issuer instanceof URL && isLoopback(issuer))
      problem(
        'AUTHKIT_DOMAIN',
        `a public deployment (${app.origin}) cannot trust an issuer on this machine: set https://<subdomain>.authkit.app`,
      );
    if (present.WORKOS_API_HTTPS === 'false')
      problem('WORKOS_API_HTTPS', 'remove it: a public deployment talks to WorkOS over https');
    if (present.DATABASE_URL === undefined)
      problem(
        'DATABASE_URL',
        `a deployment (${app.origin}) needs a database that outlives and is shared by its instances: set postgres://user:password@host/database`,
      );
  }
  for (const item of parsed.data?.MCP_ALLOWED_ORIGINS ?? []) {
    const allowed = origin(item);
    if ('fix' in allowed) problem('MCP_ALLOWED_ORIGINS', `${JSON.stringify(item)}: ${allowed.fix}`);
  }
  if (problems.length > 0 || !parsed.success || !(app instanceof URL) || !(issuer instanceof URL))
    throw new ConfigError(problems);

  const value = parsed.data;
  return {
    appUrl: app.origin,
    loopback,
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
    allowedOrigins: value.MCP_ALLOWED_ORIGINS.map(
      (item) => new URL(item.includes('://') ? item : `https://${item}`).origin,
    ),
    extraAudiences: value.MCP_EXTRA_AUDIENCES,
    serverName: value.MCP_SERVER_NAME,
    activityRetentionDays: value.ACTIVITY_RETENTION_DAYS,
    trustedProxyHops: value.TRUSTED_PROXY_HOPS,
    limits: {
      failedAuthPerMinute: value.MCP_FAILED_AUTH_PER_MINUTE,
      callsPerMinute: value.MCP_CALLS_PER_MINUTE,
      concurrentCalls: value.MCP_CONCURRENT_CALLS,
    },
    client: {
      privateKey: value.CLIENT_PRIVATE_KEY,
      contacts: value.CLIENT_CONTACTS,
      policyUri: value.CLIENT_POLICY_URI,
      tosUri: value.CLIENT_TOS_URI,
    },
    logFormat: value.LOG_FORMAT ?? (env.NODE_ENV === 'production' ? 'json' : 'pretty'),
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
