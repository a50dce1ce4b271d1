import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfig } from '#lib/config/env.ts';
import { variables } from '#lib/config/schema.ts';
import { selfSignedCertificate } from '#tests/support/certificate.ts';

const SECRET = 'Zq3vN8kL2pR7tY5wX1cB9mD4fG6hJ0sA';
const minimal = {
  AUTHKIT_DOMAIN: 'https://team.authkit.app',
  WORKOS_API_KEY: 'sk_live_secret_key',
  WORKOS_CLIENT_ID: 'client_123',
  WORKOS_COOKIE_PASSWORD: SECRET,
};
const deployed = { ...minimal, APP_URL: 'https://mcp.example.com', DATABASE_URL: 'postgres://u:p@db/app' };

/** The problems that the variables have, by variable. */
function problems(env: Record<string, string | undefined>): Record<string, string> {
  try {
    parseConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ variable, fix }) => [variable, fix]));
  }
  return {};
}

function message(env: Record<string, string | undefined>): string {
  try {
    parseConfig(env);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return '';
}

test('the certificate authority of the database may be on one line, and has to be a certificate', () => {
  const { cert, key } = selfSignedCertificate('db.example.com');
  const oneLine = cert.trim().replaceAll('\n', '\\n');
  expect(parseConfig({ ...deployed, DATABASE_CA: oneLine }).database).toMatchObject({ ca: cert.trim() });
  expect(Object.keys(problems({ ...deployed, DATABASE_CA: key }))).toEqual(['DATABASE_CA']);
});
test.each(['NAME', 'DOMAIN', 'MAX_AGE', 'SAMESITE'])(
  'WORKOS_COOKIE_%s is refused, because it has no effect',
  (name) => {
    expect(problems({ ...minimal, [`WORKOS_COOKIE_${name}`]: 'x' })).toEqual({
      [`WORKOS_COOKIE_${name}`]: 'remove it: the name and the attributes of the session cookie are fixed',
    });
  },
);

describe('the defaults', () => {
  test('configure a loopback app with an embedded database from the four required variables', () => {
    expect(parseConfig(minimal)).toMatchObject({
      appUrl: 'http://localhost:3000',
      loopback: true,
      platform: 'node',
      authkitDomain: 'https://team.authkit.app',
      workos: { api: { hostname: 'api.workos.com', port: undefined, https: true } },
      database: { kind: 'pglite', directory: '.data/pglite' },
      allowedOrigins: [],
      extraAudiences: [],
      serverName: 'MCP AuthKit Starter',
      activityRetentionDays: 90,
      organizationAdminPermission: 'organization:manage',
      trustedProxyHops: 0,
      limits: {
        failedAuthPerMinute: 60,
        callsPerMinute: 600,
        concurrentCalls: 1024,
        concurrentCallsPerConnection: 128,
      },
      client: { privateKey: undefined, contacts: [], policyUri: undefined, tosUri: undefined },
      logFormat: 'pretty',
    });
  });

  test('treat an empty value as no value', () => {
    const empty = {
      APP_URL: '',
      PORT: '',
      DATABASE_URL: '',
      WORKOS_API_PORT: '',
      MCP_SERVER_NAME: '',
      VERCEL: '',
    };
    expect(parseConfig({ ...minimal, ...empty })).toEqual(parseConfig(minimal));
  });

  test('derive the loopback origin from the port', () => {
    expect(parseConfig({ ...minimal, PORT: '4321' }).appUrl).toBe('http://localhost:4321');
  });

  test('make the logs of production JSON', () => {
    expect(parseConfig({ ...minimal, NODE_ENV: 'production' }).logFormat).toBe('json');
    expect(parseConfig({ ...minimal, NODE_ENV: 'production', LOG_FORMAT: 'pretty' }).logFormat).toBe(
      'pretty',
    );
  });
});

describe('a missing or invalid variable', () => {
  test('is reported together with all others, each with its fix', () => {
    const found = problems({
      APP_URL: 'https://mcp.example.com/mcp',
      WORKOS_COOKIE_PASSWORD: 'short',
      MCP_ALLOWED_ORIGINS: 'https://ok.example http://not-ok.example',
      LOG_FORMAT: 'xml',
      DATABASE_URL: 'mysql://db',
    });
    expect(Object.keys(found).sort()).toEqual([
      'APP_URL',
      'AUTHKIT_DOMAIN',
      'DATABASE_URL',
      'LOG_FORMAT',
      'MCP_ALLOWED_ORIGINS',
      'WORKOS_API_KEY',
      'WORKOS_CLIENT_ID',
      'WORKOS_COOKIE_PASSWORD',
    ]);
    expect(found.APP_URL).toContain('remove everything after the host: https://mcp.example.com');
  });

  test.each([
    ['AUTHKIT_DOMAIN', 'http://team.authkit.app', 'use https: https://team.authkit.app'],
    ['AUTHKIT_DOMAIN', 'https://team.authkit.app/oauth2', 'remove everything after the host'],
    ['AUTHKIT_DOMAIN', 'ftp://team.authkit.app', 'use https://'],
    ['AUTHKIT_DOMAIN', 'https://', 'set an origin'],
    ['WORKOS_API_KEY', 'sk live', 'copy all of it'],
    ['WORKOS_API_KEY', 'sk_…', 'copy all of it'],
    ['WORKOS_CLIENT_ID', 'client 1', 'copy all of it'],
    ['AUTHKIT_DOMAIN', 'https://<subdomain>.authkit.app', 'such as https://acme.authkit.app'],
    ['WORKOS_COOKIE_PASSWORD', 'x'.repeat(31), 'at least 32 characters'],
    ['WORKOS_COOKIE_PASSWORD', 'x'.repeat(64), 'not a repeated pattern'],
    ['WORKOS_API_HOSTNAME', 'https://api.workos.com', 'without scheme'],
    ['WORKOS_API_PORT', '70000', 'port number'],
    ['WORKOS_API_PORT', 'https', 'port number'],
    ['WORKOS_API_HTTPS', 'yes', '`true` or `false`'],
    ['WORKOS_API_HTTPS', 'false', 'would go to api.workos.com unencrypted'],
    ['PORT', 'three thousand', 'port number'],
    ['PORT', '0', 'port number'],
    ['APP_URL', 'http://mcp.example.com', 'use https'],
    ['APP_URL', 'https://mcp.example.com/?a=1', 'remove everything after the host'],
    ['DATABASE_URL', 'mysql://db/app', 'postgres://'],
    ['DATABASE_URL', 'postgres://u:p@[/app', 'postgres://'],
    ['DATABASE_URL', 'pglite:', 'pglite:<directory>'],
    ['MCP_ALLOWED_ORIGINS', 'https://*.example.com', 'no wildcards'],
    ['MCP_ALLOWED_ORIGINS', 'https://a.example/path', 'remove everything after the host'],
    ['MCP_ALLOWED_ORIGINS', 'null', 'remove null'],
    ['MCP_ALLOWED_ORIGINS', 'moz-extension://*', 'no wildcard'],
    ['MCP_ALLOWED_ORIGINS', 'tauri://localhost/index.html', 'scheme://host'],
    ['MCP_ALLOWED_ORIGINS', 'capacitor://me@localhost', 'scheme://host'],
    ['MCP_ALLOWED_ORIGINS', '"https://a.example"', 'remove the quotes'],
    ['APP_URL', '"https://mcp.example.com"', 'remove the quotes'],
    ['WORKOS_API_KEY', "'sk_live_1'", 'remove the quotes'],
    ['MCP_CALLS_PER_MINUTE', "'600'", 'remove the quotes'],
    ['MCP_SERVER_NAME', 'x'.repeat(81), 'at most 80'],
    ['MCP_FAILED_AUTH_PER_MINUTE', '0', 'from 1 to'],
    ['MCP_CALLS_PER_MINUTE', '1.5', 'from 1 to'],
    ['MCP_CONCURRENT_CALLS', 'many', 'from 1 to'],
    ['ACTIVITY_RETENTION_DAYS', '4000', 'from 1 to 3650'],
    ['TRUSTED_PROXY_HOPS', '-1', '0 to 9'],
    ['CLIENT_PRIVATE_KEY', 'secret-that-is-not-a-key', 'PKCS#8'],
    ['CLIENT_POLICY_URI', 'http://example.com/policy', 'https URL'],
    ['CLIENT_TOS_URI', 'javascript:alert(1)', 'https URL'],
    ['LOG_FORMAT', 'xml', '`json` or `pretty`'],
  ])('%s = %j is refused alone, and the fix says: %s', (variable, value, fix) => {
    const found = problems({ ...minimal, [variable]: value });
    expect(found[variable]).toContain(fix);
    // A public APP_URL needs a database too; nothing else is wrong.
    expect(Object.keys(found).filter((name) => name !== 'DATABASE_URL' || variable === name)).toEqual([
      variable,
    ]);
  });

  test('is reported with the value that was found', () => {
    expect(message({ ...minimal, LOG_FORMAT: 'xml' })).toBe(
      'The configuration has 1 problem(s).\n  LOG_FORMAT: is "xml"\n    Fix: set `json` or `pretty`',
    );
    expect(message({ ...minimal, WORKOS_CLIENT_ID: undefined })).toContain('WORKOS_CLIENT_ID: is not set');
  });
});

describe('secrets', () => {
  test.each([
    ['WORKOS_API_KEY', 'canary secret'],
    ['WORKOS_COOKIE_PASSWORD', 'canary-secret'],
    ['DATABASE_URL', 'mysql://user:canary-secret@db/app'],
    ['CLIENT_PRIVATE_KEY', 'canary-secret'],
    ['APP_URL', 'https://user:canary-secret@mcp.example.com'],
    ['AUTHKIT_DOMAIN', 'https://user:canary-secret@team.authkit.app'],
    ['MCP_ALLOWED_ORIGINS', 'https://user:canary-secret@a.example'],
    ['CLIENT_POLICY_URI', 'http://user:canary-secret@a.example'],
  ])('a wrong %s is described without its value', (variable, value) => {
    const text = message({ ...minimal, [variable]: value });
    expect(text).toContain(`${variable}: is set, ${value.length} characters (not shown)`);
    expect(text).not.toContain('canary');
  });
});

const privateKeyPem = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('a public deployment', () => {
  test('needs a PostgreSQL database', () => {
    expect(problems({ ...deployed, DATABASE_URL: undefined }).DATABASE_URL).toContain('its instances share');
    expect(parseConfig(deployed)).toMatchObject({
      appUrl: 'https://mcp.example.com',
      loopback: false,
      database: { kind: 'postgres', url: 'postgres://u:p@db/app' },
    });
  });

  test('does not trust an issuer on a loopback host', () => {
    for (const AUTHKIT_DOMAIN of ['http://localhost:4100', 'http://127.1:4100', 'https://[::1]'])
      expect(problems({ ...deployed, AUTHKIT_DOMAIN }).AUTHKIT_DOMAIN).toContain('cannot trust an issuer');
  });

  test('connects to WorkOS over https', () => {
    const found = problems({ ...deployed, WORKOS_API_HOSTNAME: 'localhost', WORKOS_API_HTTPS: 'false' });
    expect(found.WORKOS_API_HTTPS).toContain('over https');
  });

  test.each(['http://127.0.0.2', 'http://[::1]:3000', 'http://localhost:3000'])(
    '%s is not one',
    (APP_URL) => {
      expect(parseConfig({ ...minimal, APP_URL }).loopback).toBe(true);
    },
  );

  test.each(['localhost.example.com', '127.0.0.1.nip.io', 'notlocalhost'])('%s is one', (host) => {
    expect(problems({ ...minimal, APP_URL: `http://${host}` }).APP_URL).toContain('use https');
    expect(parseConfig({ ...deployed, APP_URL: `https://${host}` }).loopback).toBe(false);
  });

  test('accepts a bare host as https, a trailing slash and any case', () => {
    const config = parseConfig({
      ...deployed,
      APP_URL: 'MCP.example.com/',
      AUTHKIT_DOMAIN: 'Team.authkit.app',
    });
    expect(config.appUrl).toBe('https://mcp.example.com');
    expect(config.authkitDomain).toBe('https://team.authkit.app');
  });
});

describe('on Vercel', () => {
  const vercel = {
    ...minimal,
    DATABASE_URL: 'postgres://u:p@db/app',
    VERCEL: '1',
    VERCEL_URL: 'app-git-x.vercel.app',
    VERCEL_PROJECT_PRODUCTION_URL: 'mcp.example.com',
  };

  test('a production deployment has the production domain', () => {
    expect(parseConfig({ ...vercel, VERCEL_ENV: 'production' })).toMatchObject({
      appUrl: 'https://mcp.example.com',
      platform: 'vercel',
    });
  });

  test('a preview has the URL of its deployment', () => {
    expect(parseConfig({ ...vercel, VERCEL_ENV: 'preview' }).appUrl).toBe('https://app-git-x.vercel.app');
  });

  test('APP_URL has precedence over both', () => {
    const own = { ...vercel, VERCEL_ENV: 'production', APP_URL: 'https://own.example' };
    expect(parseConfig(own).appUrl).toBe('https://own.example');
  });

  test('a deployment that cannot determine its origin is refused', () => {
    const blind = {
      ...vercel,
      VERCEL_ENV: 'production',
      VERCEL_URL: undefined,
      VERCEL_PROJECT_PRODUCTION_URL: undefined,
    };
    expect(problems(blind).APP_URL).toContain('System Environment Variables');
    const production = { ...vercel, VERCEL_ENV: 'production', VERCEL_PROJECT_PRODUCTION_URL: undefined };
    expect(problems(production).APP_URL).toContain('System Environment Variables');
  });

  test('the embedded database is refused', () => {
    expect(problems({ ...vercel, DATABASE_URL: 'pglite:/tmp/db' }).DATABASE_URL).toContain('keeps no files');
  });
});

describe('lists and optional variables', () => {
  test('origins are separated by commas or spaces, and normalized', () => {
    const MCP_ALLOWED_ORIGINS = 'https://A.example:443, b.example\nhttp://localhost:6274/';
    expect(parseConfig({ ...minimal, MCP_ALLOWED_ORIGINS }).allowedOrigins).toEqual([
      'https://a.example',
      'https://b.example',
      'http://localhost:6274',
    ]);
  });

  test('origins of extensions, webviews and apps are kept as they are sent', () => {
    const MCP_ALLOWED_ORIGINS =
      'chrome-extension://abcdefghijklmnop/ vscode-webview://1a2b tauri://localhost,app://obsidian.md';
    expect(parseConfig({ ...minimal, MCP_ALLOWED_ORIGINS }).allowedOrigins).toEqual([
      'chrome-extension://abcdefghijklmnop',
      'vscode-webview://1a2b',
      'tauri://localhost',
      'app://obsidian.md',
    ]);
  });

  test('extra audiences are kept unchanged', () => {
    const MCP_EXTRA_AUDIENCES = 'client_01ABC https://mcp.example.com/';
    expect(parseConfig({ ...minimal, MCP_EXTRA_AUDIENCES }).extraAudiences).toEqual([
      'client_01ABC',
      'https://mcp.example.com/',
    ]);
  });

  test('the directory of the embedded database is configurable', () => {
    expect(parseConfig({ ...minimal, DATABASE_URL: 'pglite:/var/lib/app' }).database).toEqual({
      kind: 'pglite',
      directory: '/var/lib/app',
    });
  });

  test('a private key may be on one line', () => {
    const pem = privateKeyPem('P-256');
    const CLIENT_PRIVATE_KEY = pem.replaceAll('\n', '\\n');
    expect(parseConfig({ ...minimal, CLIENT_PRIVATE_KEY }).client.privateKey).toBe(pem);
  });

  test('a private key of an unsupported kind is refused', () => {
    const CLIENT_PRIVATE_KEY = privateKeyPem('P-521');
    expect(problems({ ...minimal, CLIENT_PRIVATE_KEY }).CLIENT_PRIVATE_KEY).toContain('P-256');
  });

  test('limits and the API address are read', () => {
    const config = parseConfig({
      ...minimal,
      MCP_FAILED_AUTH_PER_MINUTE: '5',
      MCP_CALLS_PER_MINUTE: '6',
      MCP_CONCURRENT_CALLS: '7',
      MCP_CONCURRENT_CALLS_PER_CONNECTION: '8',
      TRUSTED_PROXY_HOPS: '2',
      WORKOS_API_HOSTNAME: 'localhost',
      WORKOS_API_PORT: '4100',
      WORKOS_API_HTTPS: 'false',
    });
    expect(config.limits).toEqual({
      failedAuthPerMinute: 5,
      callsPerMinute: 6,
      concurrentCalls: 7,
      concurrentCallsPerConnection: 8,
    });
    expect(config.trustedProxyHops).toBe(2);
    expect(config.workos.api).toEqual({ hostname: 'localhost', port: 4100, https: false });
  });
});

describe('.env.example', () => {
  const example = parseEnv(readFileSync('.env.example', 'utf8'));

  test('names every variable and sets none', () => {
    const known = [...Object.keys(variables.shape), 'APP_URL', 'AUTHKIT_PORT', 'MCP_ALLOWED_ORIGINS'];
    expect(Object.keys(example).sort()).toEqual(known.sort());
    expect(parseConfig({ ...example, ...minimal })).toEqual(parseConfig(minimal));
  });
});
