import { describe, expect, test } from 'vitest';
import { useServer } from '#features/inspector/server/http/call-server.ts';
import { receiveCallback } from '#features/inspector/server/http/callback.ts';
import { completeSignIn } from '#features/inspector/server/http/complete.ts';
import type { CompleteAnswer, SignInAnswer, UseAnswer } from '#features/inspector/server/http/messages.ts';
import { beginSignIn } from '#features/inspector/server/http/sign-in.ts';
import { seal } from '#features/inspector/server/sign-in/sealed.ts';
import { parseConfig } from '#lib/config/env.ts';
import type { SessionUser } from '#lib/session/user.ts';
import { ISSUER, targetWith, type World, worldWith } from './hostile-server.ts';

const APP = 'https://app.example.com';
const config = parseConfig({
  APP_URL: APP,
  AUTHKIT_DOMAIN: 'https://tenant.authkit.app',
  WORKOS_API_KEY: 'sk_test',
  WORKOS_CLIENT_ID: 'client_test',
  WORKOS_COOKIE_PASSWORD: 'kZ3v9Qw1xY7bT5nR8mC2dF6gH4jL0pSa',
  DATABASE_URL: 'postgres://nobody@db.example.com/x',
});
const person = (id: string): SessionUser => ({
  id,
  email: `${id}@example.com`,
  firstName: undefined,
  lastName: undefined,
  organizationId: undefined,
  role: undefined,
  permissions: [],
});
const [ada, ben] = [person('user_ada'), person('user_ben')];

/** A browser signed in as somebody, as far as the inspector sees it: its cookies and its requests. */
async function browser(change: World = {}) {
  const world = await worldWith(change);
  const context = { config, fetch: world.fetch };
  const jar = new Map<string, string>();
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const keep = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/Max-Age=0/.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  };
  const request = (body: object) =>
    new Request(`${APP}/inspector/api/x`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: cookie() },
      body: JSON.stringify(body),
    });
  const offer = () =>
    seal(targetWith(), {
      secret: config.workos.cookiePassword,
      userId: ada.id,
      kind: 'target',
      lifetime: 60,
    });
  return {
    world,
    jar,
    request,
    context,
    async begin(user = ada) {
      const response = keep(
        await beginSignIn(request({ as: 'document', offer: await offer() }), user, context),
      );
      return (await response.json()) as SignInAnswer;
    },
    async comeBack(parameters: Record<string, string>, user: SessionUser | null = ada, cookies = cookie()) {
      const url = `${APP}/inspector/callback?${new URLSearchParams(parameters)}`;
      return keep(await receiveCallback(new Request(url, { headers: { cookie: cookies } }), user, context));
    },
    async complete(user = ada) {
      return (await keep(await completeSignIn(request({}), user, context)).json()) as CompleteAnswer;
    },
    async use(user = ada) {
      return (await keep(await useServer(request({ action: 'view' }), user, context)).json()) as UseAnswer;
    },
    cookie,
    [Symbol.asyncDispose]: world.close,
  };
}

const stateOf = ({ url }: SignInAnswer) => new URL(url ?? '').searchParams.get('state') ?? '';
const ids = ({ findings }: { findings: readonly { id: string }[] }) => findings.map(({ id }) => id);

describe('signing in from a browser', () => {
  test('works once, and puts no secret into a URL, a page or a readable cookie', async () => {
    await using tab = await browser();
    const answer = await tab.begin();
    const state = stateOf(answer);
    const returned = await tab.comeBack({ state, iss: ISSUER, code: 'code-canary-1' });
    expect(returned.status).toBe(303);
    expect(returned.headers.get('location')).toBe(`${APP}/inspector?returned`);
    const completed = await tab.complete();
    expect(completed.session).toMatchObject({ issuer: ISSUER, clientKind: 'document' });
    const shown = JSON.stringify([answer.exchanges, completed, returned.headers.get('location')]);
    for (const secret of ['code-canary-1', 'access-token-1', state]) {
      expect(shown).not.toContain(secret);
      expect(tab.cookie()).not.toContain(secret);
      expect(tab.cookie()).not.toContain(Buffer.from(secret).toString('base64url'));
    }
  });

  test('keeps its cookies from scripts, other sites and other paths', async () => {
    await using tab = await browser();
    const response = await beginSignIn(
      tab.request({
        as: 'document',
        offer: await seal(targetWith(), {
          secret: config.workos.cookiePassword,
          userId: ada.id,
          kind: 'target',
          lifetime: 60,
        }),
      }),
      ada,
      tab.context,
    );
    for (const line of response.headers.getSetCookie())
      for (const attribute of ['HttpOnly', 'SameSite=Lax', 'Secure', 'Path=/inspector'])
        expect(line).toContain(attribute);
    expect(response.headers.get('cache-control')).toContain('no-store');
  });
});

describe('a callback that does not belong to this browser', () => {
  test('replayed after it was used is refused', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    expect((await tab.complete()).session).toBeDefined();
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    expect(ids(await tab.complete())).toEqual(['state-unknown']);
  });

  test('replayed with the cookies of before is refused', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    const before = tab.cookie();
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' }, ada, before);
    expect(ids(await tab.complete())).toEqual(['state-used']);
  });

  test('without the cookie of its sign-in is refused', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' }, ada, '');
    expect(ids(await tab.complete())).toEqual(['state-unknown']);
  });

  test('of a sign-in that another person began is refused', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' }, ben);
    expect(ids(await tab.complete(ben))).toEqual(['flow-of-another-person']);
  });

  test('while nobody is signed in leads nowhere', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' }, null);
    expect([...tab.jar.keys()]).toEqual([]);
    expect(ids(await tab.complete())).toEqual(['state-unknown']);
  });

  test('with a code is completed once', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    await tab.complete();
    const requests = tab.world.reached.requests;
    expect(ids(await tab.complete())).toEqual(['state-unknown']);
    expect(tab.world.reached.requests).toBe(requests);
  });
});

describe('what the browser keeps', () => {
  test('is of no use to another person', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    await tab.complete();
    const requests = tab.world.reached.requests;
    expect(ids(await tab.use(ben))).toEqual(['session-expired']);
    expect(tab.world.reached.requests).toBe(requests);
  });

  test('changed in one character is of no use at all', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    await tab.complete();
    const [name = '', value = ''] = [...tab.jar][0] ?? [];
    tab.jar.set(name, `${value.slice(0, 200)}${value[200] === 'A' ? 'B' : 'A'}${value.slice(201)}`);
    expect(ids(await tab.use())).toEqual(['session-expired']);
  });

  test('for one purpose cannot be passed off as another', async () => {
    await using tab = await browser();
    const sealed = await seal(
      { target: targetWith(), client: {}, requested: [], tokens: { accessToken: 'x' } },
      { secret: config.workos.cookiePassword, userId: ada.id, kind: 'target', lifetime: 60 },
    );
    tab.jar.set('inspector-session.0', sealed);
    expect(ids(await tab.use())).toEqual(['session-expired']);
  });
});

describe('a request that is not one of our pages asking for a person', () => {
  test.each([
    ['from another site', 'cross_site', 403],
    ['signed out', 'signed_out', 401],
  ] as const)('%s is refused and changes nothing', async (_what, user, status) => {
    await using tab = await browser();
    for (const handle of [beginSignIn, completeSignIn, useServer]) {
      const response = await handle(tab.request({}), user, tab.context);
      expect(response.status).toBe(status);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect(tab.world.dialled).toEqual([]);
  });

  test('as a form, as text or too large is refused', async () => {
    await using tab = await browser();
    const send = (contentType: string, body: string) =>
      useServer(
        new Request(APP, { method: 'POST', headers: { 'content-type': contentType }, body }),
        ada,
        tab.context,
      );
    expect((await send('application/x-www-form-urlencoded', 'action=view')).status).toBe(415);
    expect((await send('text/plain', '{"action":"view"}')).status).toBe(415);
    expect((await send('application/json', '{')).status).toBe(400);
    expect((await send('application/json', '{"action":"destroy"}')).status).toBe(400);
    expect((await send('application/json', JSON.stringify({ a: 'x'.repeat(300_000) }))).status).toBe(413);
  });
});
