import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess } from '#scripts/processes.ts';
import { buildIfStale } from '#scripts/production-build.ts';
import { freePort } from '#tests/support/free-port.ts';
import { temporaryDirectory, testEnvironment } from '#tests/support/processes.ts';

const data = temporaryDirectory('local-run');
beforeAll(() => buildIfStale({ quiet: true }));
afterAll(() => data.remove());

/** Runs `npm run local` without npm, and collects what it prints. */
function local(env: Record<string, string>) {
  const running = startProcess(
    'npm run local',
    ['scripts/local.ts'],
    {
      ...testEnvironment(),
      AUTHKIT_DATA_DIR: join(data.path, 'authkit'),
      DATABASE_URL: `pglite:${join(data.path, 'pglite')}`,
      ...env,
    },
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const printed = { stdout: '', stderr: '' };
  const ready = new Promise<string>((resolve, reject) => {
    running.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed.stdout += text;
      if (printed.stdout.includes('\n')) resolve(printed.stdout);
    });
    void running.ended.then(() => reject(new Error(printed.stderr)));
  });
  running.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text;
  });
  return { running, printed, ready };
}

/** Whether something answers at `url`. */
const answers = (url: string) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );

test('the app and local AuthKit both answer when the ready line appears, and both end on SIGTERM', async () => {
  const [appPort, authkitPort] = [await freePort(), await freePort()];
  const { running, printed, ready } = local({ PORT: String(appPort), AUTHKIT_PORT: String(authkitPort) });
  expect(await ready).toBe(`ready http://localhost:${appPort}\n`);
  const metadata = await fetch(`http://localhost:${appPort}/.well-known/oauth-protected-resource/mcp`);
  expect(await metadata.json()).toMatchObject({
    resource: `http://localhost:${appPort}/mcp`,
    authorization_servers: [`http://localhost:${authkitPort}`],
  });
  const issuer = await fetch(`http://localhost:${authkitPort}/.well-known/oauth-authorization-server`);
  expect(await issuer.json()).toMatchObject({ authorization_response_iss_parameter_supported: true });
  expect(await answers(`http://127.0.0.1:${appPort}/health/live`)).toBe(true);
  // Sign-in works at `localhost` only, so no other address is printed.
  expect(printed.stderr).not.toMatch(/127\.0\.0\.1|\[::1?\]/);
  const keys = `http://localhost:${authkitPort}/oauth2/jwks`;
  expect(await answers(keys)).toBe(true);

  expect(await running.stop('SIGTERM')).toBe(143);
  expect(printed.stdout).toBe(`ready http://localhost:${appPort}\n`);
  expect(await answers(`http://localhost:${appPort}/health/live`)).toBe(false);
  expect(await answers(keys)).toBe(false);
});

test.each(['PORT', 'AUTHKIT_PORT'])(
  'a %s that is in use is one clear line and exit code 1',
  async (variable) => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as AddressInfo;
    const ports = { PORT: String(await freePort()), AUTHKIT_PORT: String(await freePort()) };
    const { running, printed, ready } = local({ ...ports, [variable]: String(port) });
    await expect(ready).rejects.toThrow();
    expect(await running.ended).toBe(1);
    expect(printed.stderr).toBe(
      `Port ${port} is in use. Stop the process that listens there, or choose another port with ${variable}.\n`,
    );
    squatter.close();
  },
);

test('a wrong variable is named before anything starts', async () => {
  const { running, printed, ready } = local({ LOG_FORMAT: 'xml', PORT: String(await freePort()) });
  await expect(ready).rejects.toThrow();
  expect(await running.ended).toBe(1);
  expect(printed.stderr).toContain('LOG_FORMAT: is "xml"');
});

test('WorkOS that is only half configured is refused with what is missing', async () => {
  const { running, printed, ready } = local({ WORKOS_API_KEY: 'sk_test_1', PORT: String(await freePort()) });
  await expect(ready).rejects.toThrow();
  expect(await running.ended).toBe(1);
  expect(printed.stderr).toContain('AUTHKIT_DOMAIN: is not set');
  expect(printed.stderr).not.toContain('sk_test_1');
});

test('the production server alone refuses to start with a wrong configuration', async () => {
  await buildIfStale({ quiet: true });
  const port = String(await freePort());
  const running = startProcess(
    'next start',
    ['node_modules/next/dist/bin/next', 'start', '-p', port, '-H', '127.0.0.1'],
    { ...testEnvironment(), APP_URL: 'https://mcp.example.com', WORKOS_COOKIE_PASSWORD: 'weak' },
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stderr = '';
  running.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  expect(await running.ended).toBe(1);
  for (const variable of ['DATABASE_URL', 'AUTHKIT_DOMAIN', 'WORKOS_API_KEY', 'WORKOS_COOKIE_PASSWORD'])
    expect(stderr).toContain(`${variable}: is`);
  expect(stderr).not.toContain('weak');
});
