import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '#lib/checks/finding.ts';
import { localEnvironment } from '#scripts/local-environment.ts';
import { freePort } from '#tests/support/free-port.ts';
import { openPages, type PageSession, signInToPages } from '#tests/support/page-session.ts';
import {
  type Started,
  startApp,
  startAuthkit,
  temporaryDirectory,
  testEnvironment,
} from '#tests/support/processes.ts';
import { sharedStack } from '#tests/support/shared-stack.ts';
import { trackedCopy } from '#tests/support/tracked-copy.ts';

/** The checks of the panel, and those of the command after it. */
const CHECKS_MS = 120_000;

const TITLE = 'Your configuration';
const CHECKING = 'Checking AuthKit, the WorkOS API, the database';

const data = temporaryDirectory('configuration-panel');
// Next allows one `next dev` in a directory, and a developer may be running it.
const copy = trackedCopy({ modules: 'own' });
let authkit: Started;
let app: Started;
let owner: PageSession;
/** The configuration of the app, with one error: the issuer is `localhost`, not 127.0.0.1. */
let env: Record<string, string>;

beforeAll(async () => {
  const [appPort, authkitPort] = [await freePort(), await freePort()];
  env = {
    ...localEnvironment({ appPort, authkitPort, dataDir: data.path }),
    AUTHKIT_DOMAIN: `http://127.0.0.1:${authkitPort}`,
    DATABASE_URL: `pglite:${join(data.path, 'pglite')}`,
  };
  const appUrl = String(env.APP_URL);
  authkit = await startAuthkit({ appUrl, dataDir: join(data.path, 'authkit'), port: authkitPort });
  app = await startApp({ appPort, authkitPort, dataDir: data.path, env, develop: copy.path });
});
// `next dev` compiles each path when it is first asked for: one after the other, before anything is tested.
beforeAll(async () => {
  owner = await signInToPages(app.url, 'ben');
});
beforeAll(async () => {
  await (await openPages(app.url).request('/')).text();
});
beforeAll(async () => {
  // The panel checks the endpoint of this server.
  expect((await openPages(app.url).request('/mcp')).status).toBe(401);
});
afterAll(async () => {
  await app?.running.stop();
  await authkit?.running.stop();
  copy.remove();
  data.remove();
});

/** The findings that `npm run doctor` prints for the same variables. */
async function doctor(): Promise<Finding[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(process.cwd(), 'scripts/doctor.ts'), '--json'],
    { cwd: data.path, env: { ...testEnvironment(), ...env, NODE_ENV: 'production' } },
  ).catch((error: { stdout: string }) => error);
  return JSON.parse(stdout).findings;
}

/** The text of a page, without markup and scripts. */
function textOf(html: string): string {
  const written = html.replaceAll(/<script\b.*?<\/script>/gs, '').replaceAll(/<[^>]*>/g, ' ');
  return written
    .replaceAll('&#x27;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');
}

describe('the landing page of npm run dev', () => {
  test(
    'shows the owner each finding of npm run doctor with its fix, streamed after the page, and no secret',
    async () => {
      const response = await owner.request('/');
      expect(response.status).toBe(200);
      const html = await response.text();
      const text = textOf(html);
      const findings = await doctor();
      expect(findings.map(({ id }) => id)).toEqual(
        expect.arrayContaining(['issuer-mismatch', 'local-authkit']),
      );
      for (const { title, observed, fix } of findings)
        for (const part of [title, observed, String(fix)]) expect(text).toContain(part);

      const at = (part: string) => text.indexOf(part);
      expect(at(TITLE)).toBeGreaterThan(0);
      expect(at(CHECKING)).toBeGreaterThan(at(TITLE));
      expect(at('Connect a client')).toBeGreaterThan(at(CHECKING));
      expect(at(String(findings[0]?.fix))).toBeGreaterThan(at('Connect a client'));

      for (const secret of ['WORKOS_API_KEY', 'WORKOS_COOKIE_PASSWORD'])
        expect(html).not.toContain(String(env[secret]));
    },
    CHECKS_MS,
  );

  test('shows nothing of it without sign-in', async () => {
    const html = await (await openPages(app.url).request('/')).text();
    expect(html).toContain('Connect a client');
    expect(html).not.toContain(TITLE);
    expect(html).not.toContain(CHECKING);
  });

  test('keeps authorization codes out of what next dev prints', () => {
    expect(app.logs()).toMatch(/GET \/login/);
    expect(app.logs()).not.toContain('callback?');
  });
});

describe('the landing page in production', () => {
  let appUrl: string;
  beforeAll(async () => {
    ({ appUrl } = await sharedStack());
  });

  test('shows no configuration to a signed-in user', async () => {
    const html = await (await (await signInToPages(appUrl, 'ada')).request('/')).text();
    expect(html).toContain('ada@example.com');
    expect(html).not.toContain(TITLE);
  });
});
