import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuthkitOptions } from '#dev/authkit/options.ts';
import { type Authkit, startAuthkit } from '#dev/authkit/server.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'authkit-'));
const valid: AuthkitOptions = { port: 0, appUrl: 'http://localhost:3000', dataDir };
let authkit: Authkit;
beforeAll(async () => {
  authkit = await startAuthkit(valid);
});
afterAll(async () => {
  await authkit.close();
  rmSync(dataDir, { recursive: true });
});

/** The status of a request that was addressed to `host`. `fetch` would not let us say so. */
function statusFor(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { port: new URL(authkit.url).port, path: '/oauth2/jwks', headers: { host } };
    request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('local AuthKit', () => {
  test.each(['0.0.0.0', '::', '192.168.1.10', 'authkit.example'])('does not bind to %s', async (host) => {
    await expect(startAuthkit({ ...valid, host })).rejects.toMatchObject({ code: 'authkit_start' });
  });

  test.each(['https://app.example', 'http://192.168.1.10:3000', 'http://localhost.example', 'not a url'])(
    'does not serve an app at %s',
    async (appUrl) => {
      await expect(startAuthkit({ ...valid, appUrl })).rejects.toMatchObject({ code: 'authkit_start' });
    },
  );

  test('says in one line that its port is in use', async () => {
    const port = Number(new URL(authkit.url).port);
    const second = startAuthkit({ ...valid, port });
    await expect(second).rejects.toMatchObject({
      code: 'authkit_start',
      message: /^port \d+ is in use:[^\n]+$/,
    });
  });

  test.each(['evil.example', 'localhost.evil.example', '0.0.0.0', '10.0.0.1:4100', '127.0.0.1@evil.example'])(
    'refuses a request that was addressed to "%s"',
    async (host) => {
      expect(await statusFor(host)).toBe(421);
    },
  );

  test.each(['localhost', 'LOCALHOST:1234', '127.0.0.1', '[::1]:4100'])('answers to %s', async (host) => {
    expect(await statusFor(host)).toBe(200);
  });
});
