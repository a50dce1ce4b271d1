import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { notificationVariables } from './notifications.ts';
import { telemetryVariables } from './telemetry.ts';

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

const days = z
  .string()
  .refine((text) => /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 3650, {
    error: 'set a whole number of days from 1 to 3650, or remove it: then connections do not expire',
  })
  .transform(Number);

const port = z
  .string()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535, {
    error: 'set a port number from 1 to 65535, or remove it',
  })
  .transform(Number);

const httpsUrl = z.url({ protocol: /^https$/, error: 'set an https URL, or remove it' }).optional();

/** The variables, each checked by itself. Rules between several variables are in `env.ts`. */
export const variables = z.object({
  PORT: port.default(3000),
  AUTHKIT_DOMAIN: z.string({
    error:
      'set it to your AuthKit domain, https://<subdomain>.authkit.app (WorkOS dashboard, Domains), or run `npm run dev` without WORKOS_API_KEY, which starts a local AuthKit',
  }),
  WORKOS_API_KEY: z
    .string({ error: 'set it to the secret key from the WorkOS dashboard, API Keys (sk_…)' })
    .regex(/^[!-~]+$/, { error: 'copy all of it, without spaces or an ellipsis' }),
  WORKOS_CLIENT_ID: z
    .string({ error: 'set it to the client id from the WorkOS dashboard, API Keys (client_…)' })
    .regex(/^[!-~]+$/, { error: 'copy all of it, without spaces or an ellipsis' }),
  WORKOS_COOKIE_PASSWORD: z
    .string({ error: 'set it to a random secret: `openssl rand -base64 32`' })
    .min(32, { error: 'make it at least 32 characters: `openssl rand -base64 32`', abort: true })
    .refine((text) => new Set(text).size >= 10, {
      error: 'use a random secret, not a repeated pattern: `openssl rand -base64 32`',
    }),
  WORKOS_WEBHOOK_SECRET: z
    .string()
    .regex(/^[!-~]{16,}$/, { error: 'copy all of it from the WorkOS dashboard, Webhooks, or remove it' })
    .optional(),
  WORKOS_API_HOSTNAME: z
    .string()
    .default('api.workos.com')
    .refine((host) => /^[a-z0-9.-]+$/i.test(host), { error: 'set a host name without scheme, port or path' }),
  WORKOS_API_PORT: port.optional(),
  WORKOS_API_HTTPS: z.enum(['true', 'false'], { error: 'set `true` or `false`' }).default('true'),
  DATABASE_URL: z
    .string()
    .refine((text) => /^pglite:./.test(text) || isPostgresUrl(text), {
      error: 'use postgres://user:password@host/database, or pglite:<directory>',
    })
    .optional(),
  DATABASE_CA: z
    .string()
    .transform((text) => text.replaceAll('\\n', '\n'))
    .refine(isCertificate, { error: 'set a certificate in PEM, or remove it' })
    .optional(),
  MCP_EXTRA_AUDIENCES: list,
  MCP_SERVER_NAME: z
    .string()
    .trim()
    .min(1, { error: 'set a name, or remove it' })
    .max(80, { error: 'make it at most 80 characters' })
    .default('MCP AuthKit Starter'),
  MCP_FAILED_AUTH_PER_MINUTE: count(60),
  MCP_CALLS_PER_MINUTE: count(600, 100_000_000),
  MCP_CONCURRENT_CALLS: count(1024),
  MCP_CONCURRENT_CALLS_PER_CONNECTION: count(128),
  MCP_CONNECTION_UNUSED_DAYS: days.optional(),
  MCP_FAST_PATH: z.enum(['on', 'off'], { error: 'set `on` or `off`' }).default('on'),
  ACTIVITY_RETENTION_DAYS: count(90, 3650),
  ORGANIZATION_ADMIN_PERMISSION: z
    .string()
    .regex(/^[!-~]{1,100}$/, { error: 'set the slug of a permission, or remove it' })
    .default('organization:manage'),
  TRUSTED_PROXY_HOPS: z
    .string()
    .regex(/^\d$/, { error: 'set the number of proxies in front of the app, 0 to 9' })
    .default('0')
    .transform(Number),
  CLIENT_PRIVATE_KEY: z
    .string()
    .transform((text) => text.replaceAll('\\n', '\n'))
    .refine(isSigningKey, {
      error:
        'set a PKCS#8 PEM key, P-256, Ed25519 or RSA of 2048 bits (`openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`), or remove it',
    })
    .optional(),
  CLIENT_CONTACTS: list,
  CLIENT_POLICY_URI: httpsUrl,
  CLIENT_TOS_URI: httpsUrl,
  ...notificationVariables,
  ...telemetryVariables,
  LOG_FORMAT: z.enum(['json', 'pretty'], { error: 'set `json` or `pretty`' }).optional(),
});

function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem) !== undefined;
  } catch {
    return false;
  }
}

/** Whether a PEM holds a private key that authorization servers accept for `private_key_jwt`. */
function isSigningKey(pem: string): boolean {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPrivateKey(pem);
    if (type === 'rsa') return (details?.modulusLength ?? 0) >= 2048;
    return type === 'ed25519' || (type === 'ec' && details?.namedCurve === 'prime256v1');
  } catch {
    return false;
  }
}
