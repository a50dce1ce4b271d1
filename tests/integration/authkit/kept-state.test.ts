import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CookieJar } from '#dev/authkit/driver.ts';
import { clientId, type StandIn, startStandIn } from './fake-app.ts';
import { authorize, connect, refresh, verified } from './oauth-client.ts';

const REDIRECT = 'http://localhost:5006/callback';
/** What the process prints before its URL. */
const READY = 'local AuthKit ready ';
let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn();
  standIn.documents.set('cli', { client_id: clientId('cli'), redirect_uris: ['http://localhost/callback'] });
});
afterAll(() => standIn.close());

async function register(issuer: string): Promise<string> {
  const response = await fetch(`${issuer}/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' }),
  });
  return ((await response.json()) as { client_id: string }).client_id;
}

describe('after a restart', () => {
  test('people are signed in, tokens verify and renew, registered clients are known', async () => {
    const { resource } = standIn;
    const jar: CookieJar = new Map();
    const dynamic = await register(standIn.authkit.url);
    const request = { clientId: clientId('cli'), redirectUri: REDIRECT, resource, jar };
    const before = await connect(standIn.authkit.url, {
      ...request,
      scope: 'openid profile offline_access',
      account: 'new.person@example.org',
    });
    const claims = await verified(standIn.authkit.url, before.access_token, resource);

    await standIn.restart();

    await verified(standIn.authkit.url, before.access_token, resource);
    const renewed = await refresh(standIn.authkit.url, clientId('cli'), before.refresh_token ?? '');
    const after = await verified(standIn.authkit.url, renewed.access_token, resource);
    expect(after).toMatchObject({ sub: claims.sub, sid: claims.sid });

    const pages: string[] = [];
    const { code } = await authorize(standIn.authkit.url, {
      ...request,
      clientId: dynamic,
      onPage: (html) => pages.push(html),
    });
    expect(code).not.toBe('');
    expect(pages).toHaveLength(1);
    expect(pages[0]).toContain('new.person@example.org');
  });

  test('a state file that is not ours is left alone, and named', async () => {
    const other = await startStandIn();
    const file = join(other.dataDir, 'state.json');
    await other.authkit.close();
    writeFileSync(file, '{"torn');
    await expect(other.restart()).rejects.toThrow(file);
    expect(readFileSync(file, 'utf8')).toBe('{"torn');
    await other.close();
  });
});

describe('killed in the middle of its work', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  /** A process of its own; answers its address. */
  async function run(dataDir: string): Promise<string> {
    const child = spawn(process.execPath, ['scripts/authkit.ts'], {
      env: { ...process.env, AUTHKIT_PORT: '0', APP_URL: standIn.appUrl, AUTHKIT_DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    for await (const line of createInterface(child.stdout))
      if (line.startsWith(READY)) return line.slice(READY.length);
    throw new Error('local AuthKit did not start');
  }

  test('keeps every client whose registration it had answered', async () => {
    const dataDir = join(standIn.dataDir, 'killed');
    const first = await run(dataDir);
    const answered: string[] = [];
    const enough = Promise.withResolvers<void>();
    const workers = Array.from({ length: 4 }, async () => {
      for (;;) {
        answered.push(await register(first));
        if (answered.length === 40) enough.resolve();
      }
    });
    await Promise.race([enough.promise, ...workers]);
    children[0]?.kill('SIGKILL');
    await Promise.allSettled(workers);

    await run(dataDir);
    const kept = JSON.parse(readFileSync(join(dataDir, 'state.json'), 'utf8')) as { Client: object };
    expect(Object.keys(kept.Client)).toEqual(expect.arrayContaining(answered));
  });
});
