import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '#tests/support/free-port.ts';
import { testEnvironment } from '#tests/support/processes.ts';
import { sharedStack } from '#tests/support/shared-stack.ts';
import { fakeServer, goodRoutes } from '../discovery/fake-server.ts';

const DOCTOR = fileURLToPath(new URL('../../../../scripts/doctor.ts', import.meta.url));
const PASSWORD = 'kZ3v9Qw1xY7bT5nR8mC2dF6gH4jL0pSa';
const WORKOS = {
  WORKOS_API_KEY: 'sk_test_local',
  WORKOS_CLIENT_ID: 'client_local',
  WORKOS_COOKIE_PASSWORD: PASSWORD,
};

type Result = { code: number; output: string; ids: string[] };
let empty: string;
let appUrl: string;
let authkitUrl: string;
beforeAll(async () => {
  ({ appUrl, authkitUrl } = await sharedStack());
  // Away from the repository, so that no `.env` file of a developer is read.
  empty = await mkdtemp(join(tmpdir(), 'doctor-'));
});
afterAll(() => rm(empty, { recursive: true }));

function doctor(args: string[], env: Record<string, string> = {}, input = ''): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [DOCTOR, ...args],
      {
        cwd: empty,
        env: { ...testEnvironment(), NODE_ENV: 'production', ...env },
        maxBuffer: 16 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        const ids = args.includes('--json')
          ? (JSON.parse(stdout) as { findings: { id: string }[] }).findings.map(({ id }) => id)
          : [];
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr, ids });
      },
    );
    child.stdin?.end(input);
  });
}

describe('npm run doctor -- <url>', () => {
  test('finds no error in this server and prints each step', async () => {
    const { code, output } = await doctor([`${appUrl}/mcp`]);
    expect(output).toContain('401 in');
    expect(output).toContain('NOTE    Open dynamic client registration is enabled');
    expect(code).toBe(0);
  });

  test.each(['', '/', '/sse', '/clients'])(
    'given %j of this server names the URL of its endpoint',
    async (path) => {
      const { code, output } = await doctor([`${appUrl}${path}`]);
      expect(output.match(/^(?:ERROR|WARNING) .*/gm)).toEqual([
        'ERROR   This is not the URL of the MCP server',
      ]);
      expect(output).toMatch(new RegExp(`How to fix: .*onnect to ${appUrl}/mcp\\.`));
      expect(code).toBe(1);
    },
  );

  test('given a web server says that it is not an MCP server', async () => {
    await using server = await fakeServer(() => ({
      '/': { headers: { 'content-type': 'text/html' }, body: '<h1>Welcome</h1>' },
    }));
    const { code, output } = await doctor([server.origin]);
    expect(output.match(/^(?:ERROR|WARNING) .*/gm)).toEqual([
      'ERROR   This is a web page, not an MCP server',
    ]);
    expect(code).toBe(1);
  });

  test('exits 1 with an error, its fix and its reference', async () => {
    await using server = await fakeServer((origin) => ({
      ...goodRoutes(origin),
      '/.well-known/oauth-protected-resource/mcp': {
        body: { resource: `${origin}/mcp/`, authorization_servers: [origin] },
      },
    }));
    const { code, output } = await doctor([`${server.origin}/mcp`]);
    expect(output).toContain('ERROR   resource is not the URL of this server');
    expect(output).toContain('Only a trailing slash differs.');
    expect(output).toContain('RFC 9728 section 3.3');
    expect(code).toBe(1);
  });

  test('reports that nothing listens on a closed port of this computer', async () => {
    const port = await freePort();
    const { code, output } = await doctor([`localhost:${port}/mcp`]);
    expect(output).toContain('ERROR   The MCP server: nothing listens on this port');
    expect(output).toContain(`Observed:   localhost:${port} refused the connection.`);
    expect(output).toContain('How to fix: Start the server, or correct the port in the URL.');
    expect(code).toBe(1);
  });

  test('prints the usage and exits 2 with wrong arguments', async () => {
    expect(await doctor(['a', 'b'])).toMatchObject({ code: 2 });
    expect(await doctor(['https://a.example', '--token'])).toMatchObject({ code: 2 });
    expect(await doctor(['https://a.example', '--unknown'])).toMatchObject({ code: 2 });
  });
});

describe('npm run doctor', () => {
  test('names every invalid variable and no secret', async () => {
    const { code, ids, output } = await doctor(['--json'], {
      ...WORKOS,
      APP_URL: 'https://app.example.com/mcp',
      WORKOS_COOKIE_PASSWORD: 'short-canary',
    });
    expect(code).toBe(1);
    expect(ids).toEqual(
      expect.arrayContaining([
        'variable-app-url',
        'variable-authkit-domain',
        'variable-workos-cookie-password',
      ]),
    );
    expect(output).not.toContain('canary');
  });

  test('finds no error in a running app, its AuthKit and WorkOS', async () => {
    const { ids, code } = await doctor(['--json'], {
      ...WORKOS,
      APP_URL: appUrl,
      AUTHKIT_DOMAIN: authkitUrl,
      WORKOS_API_HOSTNAME: 'localhost',
      WORKOS_API_PORT: new URL(authkitUrl).port,
      WORKOS_API_HTTPS: 'false',
    });
    expect(ids).toEqual(['local-authkit', 'registration-open', 'response-issuer-not-advertised']);
    expect(code).toBe(0);
  });

  test('finds an API key and a client ID that WorkOS refuses, and a deployment with another issuer', async () => {
    const { ids, code } = await doctor(['--json'], {
      ...WORKOS,
      APP_URL: appUrl,
      AUTHKIT_DOMAIN: authkitUrl.replace('localhost', '127.0.0.1'),
      WORKOS_API_KEY: 'sk_wrong',
      WORKOS_CLIENT_ID: 'client_wrong',
      WORKOS_API_HOSTNAME: 'localhost',
      WORKOS_API_PORT: new URL(authkitUrl).port,
      WORKOS_API_HTTPS: 'false',
    });
    expect(ids).toEqual(
      expect.arrayContaining([
        'issuer-mismatch',
        'workos-api-key-refused',
        'workos-client-id-unknown',
        'deployment-differs',
      ]),
    );
    expect(code).toBe(1);
  });

  test('without WorkOS notes that local AuthKit is used and what a deployment needs', async () => {
    const { code, ids } = await doctor(['--json'], { PORT: '9', AUTHKIT_PORT: '9' });
    expect(ids).toEqual(['local-authkit', 'not-running']);
    expect(code).toBe(0);
  });

  test('names the variables that are not used while the API key is missing', async () => {
    const { code, output } = await doctor([], {
      PORT: '9',
      AUTHKIT_PORT: '9',
      AUTHKIT_DOMAIN: 'https://acme.authkit.app',
      WORKOS_COOKIE_PASSWORD: PASSWORD,
    });
    expect(output).toContain('WARNING Variables are set but not used');
    expect(output).toContain('AUTHKIT_DOMAIN, WORKOS_COOKIE_PASSWORD: local AuthKit uses its own');
    expect(output).not.toContain(PASSWORD);
    expect(code).toBe(0);
  });

  test('distinguishes a missing variable from an invalid one', async () => {
    const { output } = await doctor([], {
      WORKOS_API_KEY: 'sk_…',
      AUTHKIT_DOMAIN: 'https://acme.authkit.app',
    });
    expect(output).toContain('ERROR   WORKOS_CLIENT_ID is missing');
    expect(output).toContain('ERROR   WORKOS_API_KEY is invalid');
    expect(output).toContain('How to fix: Copy all of it');
  });

  test('names the AuthKit that does not answer, and the document that AuthKit cannot fetch from this computer', async () => {
    const { output, code } = await doctor([], {
      ...WORKOS,
      APP_URL: appUrl,
      AUTHKIT_DOMAIN: 'https://acme.invalid',
      WORKOS_API_HOSTNAME: 'localhost',
      WORKOS_API_PORT: '9',
    });
    expect(output).toContain(
      'How to fix: AUTHKIT_DOMAIN is https://acme.invalid. Set it to your AuthKit domain',
    );
    expect(output).toContain('How to fix: Allow this computer to reach https://localhost:9.');
    expect(output).toContain('NOTE    AuthKit cannot fetch the client metadata document of this computer');
    expect(output).toContain(`Register ${appUrl}/mcp in the WorkOS dashboard`);
    expect(code).toBe(1);
  });

  test('does not register a resource indicator without WORKOS_API_KEY, and names that variable', async () => {
    const { code, output } = await doctor(['--register-resource'], { PORT: '9', AUTHKIT_PORT: '9' });
    expect(output).toContain('ERROR   WORKOS_API_KEY is not set');
    expect(code).toBe(1);
  });

  test('registers the resource indicator', async () => {
    const { ids } = await doctor(['--json', '--register-resource'], {
      ...WORKOS,
      APP_URL: appUrl,
      AUTHKIT_DOMAIN: authkitUrl,
      WORKOS_API_HOSTNAME: 'localhost',
      WORKOS_API_PORT: new URL(authkitUrl).port,
      WORKOS_API_HTTPS: 'false',
    });
    expect(ids).toEqual(['resource-registered']);
  });

  test('with a token for a client id says whether the resource indicator is registered', async () => {
    const payload = Buffer.from(JSON.stringify({ iss: authkitUrl, aud: 'client_local' })).toString(
      'base64url',
    );
    await using workos = await fakeServer(() => ({
      '/user_management/authkit_oauth_resources': { body: { object: 'list', data: [] } },
      '/user_management/users/user_doctor': { status: 404, body: {} },
    }));
    const { ids } = await doctor(
      ['--json', '--token'],
      {
        ...WORKOS,
        APP_URL: appUrl,
        AUTHKIT_DOMAIN: authkitUrl,
        WORKOS_API_HOSTNAME: 'localhost',
        WORKOS_API_PORT: new URL(workos.origin).port,
        WORKOS_API_HTTPS: 'false',
      },
      `eyJhbGciOiJSUzI1NiJ9.${payload}.c2ln`,
    );
    expect(ids).toEqual(expect.arrayContaining(['token-audience', 'resource-indicator-missing']));
  });

  test('checks a token from standard input without printing it', async () => {
    const payload = Buffer.from(JSON.stringify({ iss: 'https://x.example', aud: 'client_1' })).toString(
      'base64url',
    );
    const token = `eyJhbGciOiJSUzI1NiJ9.${payload}.c2lnbmF0dXJl`;
    const { ids, code, output } = await doctor(['--json', '--token'], { PORT: '9' }, `${token}\n`);
    expect(ids).toEqual(expect.arrayContaining(['token-audience', 'token-issuer']));
    expect(code).toBe(1);
    expect(output).not.toContain(payload);
  });
});
