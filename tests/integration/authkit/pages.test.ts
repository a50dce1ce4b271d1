import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeClient } from '#dev/authkit/pages/client-identity.ts';
import { consentPage } from '#dev/authkit/pages/consent.ts';
import { ADA, BEN } from '#dev/authkit/state/people.ts';
import { clientId, type StandIn, startStandIn } from './fake-app.ts';
import { authorizationRequest, authorize } from './oauth-client.ts';

const INVISIBLE = ['\u202e', '\u200b', '\u0007'];
const HOSTILE = `<script>alert(1)</script>" ${INVISIBLE.join('evil')}${'x'.repeat(10_000)}`;
let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn();
  standIn.documents.set('cli', { client_id: clientId('cli'), redirect_uris: ['http://localhost/callback'] });
});
afterAll(() => standIn.close());

const request = (id: string) => ({ clientId: id, redirectUri: 'http://localhost:5005/callback' });

/** The pages that a person sees who connects this client. */
async function pagesFor(id: string, scope = 'openid profile'): Promise<string[]> {
  const pages: string[] = [];
  const { resource } = standIn;
  await authorize(standIn.authkit.url, {
    ...request(id),
    scope,
    resource,
    onPage: (html) => pages.push(html),
  });
  return pages;
}

async function registered(client_name: string): Promise<string> {
  const response = await fetch(`${standIn.authkit.url}/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name,
      redirect_uris: ['http://localhost/callback'],
      token_endpoint_auth_method: 'none',
    }),
  });
  return ((await response.json()) as { client_id: string }).client_id;
}

describe('the consent page', () => {
  test('says what a client may do in plain words, where it sends one back, and that it is local', async () => {
    const [, consent = ''] = await pagesFor(clientId('cli'), 'openid profile email offline_access');
    for (const text of ['See your e-mail address', 'See your name', 'until you revoke it', 'localhost:5005'])
      expect(consent).toContain(text);
    expect(consent).toContain(standIn.resource);
    expect(consent).toContain('data-testid="loopback-warning"');
    expect(consent).not.toContain('data-testid="self-registered"');
  });

  test('shows the verified host before the name that a client claims', () => {
    const client = describeClient({
      clientId: 'https://tools.example/client.json',
      clientName: 'ChatGPT',
      redirectUris: ['https://tools.example/callback'],
    });
    const { markup } = consentPage({
      action: '/',
      formToken: '',
      client,
      person: ADA,
      organizations: [],
      redirectUri: 'https://tools.example/callback',
      resources: [],
      scopes: [],
    }).body;
    expect(markup.indexOf('tools.example')).toBeLessThan(markup.indexOf('ChatGPT'));
    expect(markup).toContain('Verified host');
    expect(markup).toContain('This app uses the name “ChatGPT” but is not from OpenAI');
    expect(markup).not.toContain('data-testid="loopback-warning"');
  });

  test('marks a client that registered itself', async () => {
    const [, consent = ''] = await pagesFor(await registered('Claude'));
    expect(consent).toContain('data-testid="self-registered"');
    expect(consent).toContain('data-testid="registration-warning"');
  });

  test('shows what a client calls itself as text, without invisible characters, and cut', async () => {
    const [signIn = '', consent = ''] = await pagesFor(await registered(HOSTILE));
    for (const page of [signIn, consent]) {
      expect(page).not.toContain('<script');
      for (const character of INVISIBLE) expect(page).not.toContain(character);
      expect(page).not.toContain('x'.repeat(100));
    }
  });
});

describe('the pages', () => {
  test('run no script, load nothing from elsewhere and cannot be framed', async () => {
    const { url } = authorizationRequest(standIn.authkit.url, request(clientId('cli')));
    const response = await fetch(await locationOf(url), await cookiesOf(url));
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self' http://localhost:5005");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).not.toMatch(/<script|<style|style="|https:\/\//);
  });

  test('take no form from another site, from another browser, or without its token', async () => {
    const { url } = authorizationRequest(standIn.authkit.url, request(clientId('cli')));
    const [page, init] = [await locationOf(url), await cookiesOf(url)];
    const shown = await fetch(page, init);
    const token = /name="form_token" value="([^"]+)"/.exec(await shown.text())?.[1] ?? '';
    const formCookie = shown.headers.getSetCookie().map((line) => line.split(';')[0]);
    const cookie = [init.headers.cookie, ...formCookie].join('; ');
    const post = (form_token: string, headers: Record<string, string>) =>
      fetch(`${page}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers,
        body: new URLSearchParams({ account: BEN.id, form_token }),
      });
    expect((await post('', { cookie })).status).toBe(403);
    expect((await post(token, { cookie: init.headers.cookie })).status).toBe(403);
    expect((await post(token, { cookie, origin: 'http://localhost:3999' })).status).toBe(403);
    expect((await post(token, { cookie, origin: 'null' })).status).toBe(403);
    expect((await post(token, { cookie, origin: standIn.authkit.url })).status).toBe(303);
  });

  test('tell a person whose sign-in has expired what to do', async () => {
    const response = await fetch(`${standIn.authkit.url}/interaction/gone`, {
      headers: { accept: 'text/html' },
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Go back to the app and start again');
  });

  test('send nobody to a foreign address after signing out', async () => {
    const address = `${standIn.authkit.url}/user_management/sessions/logout?session_id=x&return_to=`;
    for (const target of ['https://evil.example/', `${standIn.appUrl}.evil.example/`, '//evil.example']) {
      const response = await fetch(address + encodeURIComponent(target), { redirect: 'manual' });
      expect(response.status).toBe(400);
    }
  });

  test('send nobody to a foreign address after signing in', async () => {
    const address = new URL(`${standIn.authkit.url}/user_management/authorize`);
    for (const redirect_uri of ['https://evil.example/callback', `${standIn.appUrl}@evil.example/`]) {
      address.search = String(
        new URLSearchParams({ client_id: 'client_local', response_type: 'code', redirect_uri }),
      );
      expect((await fetch(address, { redirect: 'manual' })).status).toBe(400);
    }
  });
});

const started = new Map<string, Response>();
async function start(url: URL): Promise<Response> {
  const response = started.get(url.href) ?? (await fetch(url, { redirect: 'manual' }));
  started.set(url.href, response);
  return response;
}
async function locationOf(url: URL): Promise<string> {
  return new URL((await start(url)).headers.get('location') ?? '', url).href;
}
async function cookiesOf(url: URL) {
  const cookies = (await start(url)).headers.getSetCookie().map((line) => line.split(';')[0]);
  return { headers: { cookie: cookies.join('; '), accept: 'text/html' } };
}
