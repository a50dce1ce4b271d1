import { createServer, type Server } from 'node:http';
import { WorkOS } from '@workos-inc/node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signIn } from '#dev/authkit/driver.ts';
import { type Authkit, startAuthkit } from '#dev/authkit/server.ts';
import { ACME } from '#dev/authkit/state/directory.ts';
import { BEN } from '#dev/authkit/state/people.ts';
import { webhookSignature } from '#dev/authkit/workos/events.ts';
import { addFault, requestsSoFar, resetFaults, workosRequest } from '#tests/support/local-authkit.ts';
import { temporaryDirectory } from '#tests/support/processes.ts';

const SECRET = 'whsec_test';
const data = temporaryDirectory('authkit-events');
const workos = new WorkOS('sk_test_local');
const received: { body: string; signature: string }[] = [];
let app: Server;
let appUrl: string;
let authkit: Authkit;

beforeAll(async () => {
  app = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const signature = String(request.headers['workos-signature']);
    received.push({ body: Buffer.concat(chunks).toString(), signature });
    response.writeHead(request.url === '/webhooks/workos' ? 200 : 404).end();
  });
  await new Promise<void>((resolve) => app.listen(0, 'localhost', resolve));
  const address = app.address();
  appUrl = `http://localhost:${typeof address === 'object' ? address?.port : ''}`;
  authkit = await startAuthkit({ port: 0, appUrl, dataDir: data.path, webhookSecret: SECRET });
});
afterAll(async () => {
  await authkit.close();
  await new Promise((resolve) => app.close(resolve));
  data.remove();
});
beforeEach(async () => {
  received.length = 0;
  await resetFaults(authkit.url);
});

const request = (method: string, path: string, body?: object) =>
  workosRequest(authkit.url, method, path, body);

/** The events received, as WorkOS's SDK reads them. @throws for a wrong signature */
const events = () =>
  Promise.all(
    received.map(({ body, signature }) =>
      workos.webhooks.constructEvent({
        payload: JSON.parse(body),
        sigHeader: signature,
        secret: SECRET,
      }),
    ),
  );

/** Signs in to the pages; answers what the exchange of the code answers. */
async function signInToPages(authorizationUrl: string, account = 'ben') {
  const callback = await signIn({ authorizationUrl, account });
  const { body } = await request('POST', '/user_management/authenticate', {
    grant_type: 'authorization_code',
    client_id: 'client_local',
    client_secret: 'sk_test_local',
    code: callback.searchParams.get('code'),
  });
  return { callback, body };
}

describe('webhooks', () => {
  test('announce what happens to a person, signed as WorkOS signs', async () => {
    const person = await request('POST', '/_local/people', {
      email: 'leaving@example.org',
      organization: 'Acme',
    });
    await signInToPages(`${authkit.url}/`, 'leaving@example.org');
    await request('DELETE', `/user_management/users/${person.body.id}`);
    const all = await events();
    expect(all.map(({ event }) => event)).toEqual([
      'session.revoked',
      'organization_membership.deleted',
      'user.deleted',
    ]);
    expect(all[1]?.data).toMatchObject({ userId: person.body.id, organizationId: ACME.id });
    for (const { body, signature } of received) {
      const at = Number(/^t=(\d{13}), v1=/.exec(signature)?.[1]);
      expect(signature).toBe(webhookSignature(body, SECRET, at));
    }
  });

  test('announce another role, and another permission of a role', async () => {
    const path = '/user_management/organization_memberships';
    const { body } = await request('GET', `${path}?user_id=${BEN.id}`);
    const [membership] = body.data as { id: string }[];
    await request('PUT', `${path}/${membership?.id}`, { role_slug: 'admin' });
    await request('PUT', `${path}/${membership?.id}/deactivate`);
    await request('PUT', `${path}/${membership?.id}/reactivate`);
    await request('PUT', '/authorization/roles/admin/permissions', { permissions: [] });
    const all = (await events()).map(({ event, data }) => [event, data]);
    expect(all).toMatchObject([
      ['organization_membership.updated', { role: { slug: 'admin' }, status: 'active' }],
      ['organization_membership.updated', { status: 'inactive' }],
      ['organization_membership.updated', { status: 'active' }],
      ['role.updated', { slug: 'admin', permissions: [] }],
    ]);
  });

  test('can be anything that a test asks for', async () => {
    const sent = await request('POST', '/_local/events', { event: 'user.updated', data: { id: 'user_1' } });
    expect(sent.body.status).toBe(200);
    await request('POST', '/_local/events', { body: '{"forged":true}', secret: 'whsec_other' });
    expect(received.map(({ body }) => JSON.parse(body))).toMatchObject([
      { event: 'user.updated', data: { id: 'user_1' } },
      { forged: true },
    ]);
    await expect(events()).rejects.toThrow(/[Ss]ignature/);
  });
});

describe('a sign-in that AuthKit starts', () => {
  test('ends at the callback without a state, or at the login page of the app', async () => {
    const { callback } = await signInToPages(`${authkit.url}/`);
    expect(callback.origin + callback.pathname).toBe(`${appUrl}/callback`);
    expect(callback.searchParams.has('state')).toBe(false);
    await request('PATCH', '/_local/behaviour', { initiateLoginUri: `${appUrl}/login` });
    const response = await fetch(`${authkit.url}/`, { redirect: 'manual' });
    expect(response.headers.get('location')).toBe(`${appUrl}/login`);
    await request('DELETE', '/_local/behaviour');
  });

  test('can be an impersonation, with a link that works once', async () => {
    const impersonation = { user_id: BEN.id, email: 'support@example.com', reason: 'ticket 1' };
    const { body } = await request('POST', '/_local/impersonation', impersonation);
    const session = (await signInToPages(String(body.url))).body;
    expect(session.impersonator).toEqual({ email: 'support@example.com', reason: 'ticket 1' });
    expect(session.authentication_method).toBe('Impersonation');
    const payload = String(session.access_token).split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString()).act).toEqual({
      sub: 'support@example.com',
    });
    expect((await fetch(String(body.url), { redirect: 'manual' })).status).toBe(404);
  });
});

describe('the WorkOS API under faults', () => {
  const USER = `/user_management/users/${BEN.id}`;

  test('answers as a test asks, as often as it asks, and counts requests', async () => {
    await addFault(authkit.url, {
      path: '/user_management',
      times: 1,
      status: 429,
      headers: { 'retry-after': '20' },
    });
    const limited = await request('GET', USER);
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('20');
    expect((await request('GET', USER)).status).toBe(200);
    expect(await requestsSoFar(authkit.url)).toEqual([`GET ${USER}`, `GET ${USER}`]);
  });

  test('can answer in HTML, lose an answer, close the connection or never answer', async () => {
    await addFault(authkit.url, { path: USER, times: 1, status: 502, body: '<h1>Bad gateway</h1>' });
    const page = await fetch(authkit.url + USER);
    expect(page.headers.get('content-type')).toContain('text/html');
    await addFault(authkit.url, { path: USER, times: 1, reset: true });
    await expect(request('GET', USER)).rejects.toThrow();
    await addFault(authkit.url, { path: USER, times: 1, hang: true });
    const signal = AbortSignal.timeout(300);
    await expect(fetch(authkit.url + USER, { signal })).rejects.toThrow(/timeout/);
    await addFault(authkit.url, { path: '/_local', status: 500 });
    expect((await request('GET', '/_local/requests')).status).toBe(200);
  });

  test('limits the requests of the API key', async () => {
    await request('PATCH', '/_local/behaviour', { requestsPerMinute: 0 });
    const limited = await request('GET', USER);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    await request('DELETE', '/_local/behaviour');
  });
});
