import { describe, expect, test } from 'vitest';
import type { SignInAnswer } from '#features/inspector/messages.ts';
import { beginSignIn } from '#features/inspector/server/begin-sign-in.ts';
import { completeSignIn } from '#features/inspector/server/complete-sign-in.ts';
import { receiveCallback } from '#features/inspector/server/receive-callback.ts';
import { runInspector } from '#features/inspector/server/run.ts';
import { seal } from '#features/inspector/server/seal.ts';
import { sessionCookie } from '#features/inspector/server/sealed-cookies.ts';
import type { SessionUser } from '#lib/session/user.ts';
import { callServer } from '#tests/unit/features/inspector/call.ts';
import { APP, ada, ben, startBrowser } from './browser.ts';
import { ISSUER, SERVER, targetWith, type World } from './hostile-server.ts';

async function browser(change: World = {}) {
  const tab = await startBrowser(change);
  const { as, request } = tab;
  return {
    ...tab,
    async begin(user = ada) {
      const offer = await seal(as(ada), targetWith(), { kind: 'target', lifetimeSeconds: 60 });
      return beginSignIn(as(user), { as: 'document', offer });
    },
    comeBack: (parameters: Record<string, string>, user: SessionUser | null = ada) =>
      receiveCallback(new URLSearchParams(parameters), user, request()),
    complete: (user = ada) => completeSignIn(as(user)),
    view: async (user = ada) => (await callServer(as(user), { server: SERVER })).outcome,
  };
}

const stateOf = ({ url }: SignInAnswer) => new URL(url ?? '').searchParams.get('state') ?? '';
const ids = ({ findings }: { findings: readonly { id: string }[] }) => findings.map(({ id }) => id);

describe('a sign-in from a browser', () => {
  test('works once, and puts no secret into a URL, a page or a readable cookie', async () => {
    await using tab = await browser();
    const answer = await tab.begin();
    const state = stateOf(answer);
    const returned = await tab.comeBack({ state, iss: ISSUER, code: 'code-canary-1' });
    expect(returned.status).toBe(303);
    expect(returned.headers.get('location')).toBe(`${APP}/inspector?returned`);
    const completed = await tab.complete();
    expect(completed.session).toMatchObject({ issuer: ISSUER, clientKind: 'document' });
    const cookies = [...tab.jar().values.values()].join(' ');
    const shown = JSON.stringify([answer.exchanges, completed, returned.headers.get('location')]);
    for (const secret of ['code-canary-1', 'access-token-1', state]) {
      expect(shown).not.toContain(secret);
      expect(cookies).not.toContain(secret);
      expect(cookies).not.toContain(Buffer.from(secret).toString('base64url'));
    }
  });

  test('that is abandoned many times leaves a Cookie header that servers accept, and the newest sign-ins work', async () => {
    await using tab = await browser();
    const states: string[] = [];
    for (let begun = 0; begun < 11; begun++) states.push(stateOf(await tab.begin()));
    expect([...tab.jar().values].flat().join('').length).toBeLessThan(8_000);
    await tab.comeBack({ state: states.at(-2) ?? '', iss: ISSUER, code: 'code-1' });
    expect((await tab.complete()).session).toMatchObject({ issuer: ISSUER });
  });

  test('keeps its cookies from scripts, other sites and other paths', async () => {
    await using tab = await browser();
    await tab.begin();
    expect(tab.jar().options.length).toBeGreaterThan(0);
    for (const options of tab.jar().options)
      expect(options).toMatchObject({ httpOnly: true, sameSite: 'lax', secure: true, path: '/inspector' });
  });
});

describe('a callback', () => {
  test('that is replayed is refused', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    expect((await tab.complete()).session).toBeDefined();
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    expect(ids(await tab.complete())).toEqual(['state-unknown']);
  });

  test('that is replayed with the cookies of the first one is refused', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    const before = new Map(tab.jar().values);
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    tab.restore(before);
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    expect(ids(await tab.complete())).toEqual(['state-used']);
  });

  test('without the cookie of its sign-in is refused', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    tab.restore(new Map());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    expect(ids(await tab.complete())).toEqual(['state-unknown']);
  });

  test('of a sign-in that another user began is refused', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' }, ben);
    expect(ids(await tab.complete(ben))).toEqual(['flow-of-another-person']);
  });

  test('without a session is discarded', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' }, null);
    expect([...tab.jar().values.keys()]).toEqual([]);
    expect(ids(await tab.complete())).toEqual(['state-unknown']);
  });

  test('is completed only once', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    await tab.complete();
    const requests = tab.world.reached.requests;
    expect(ids(await tab.complete())).toEqual(['state-unknown']);
    expect(tab.world.reached.requests).toBe(requests);
  });
});

describe('a cookie of the inspector', () => {
  test('is invalid for another user', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    await tab.complete();
    const requests = tab.world.reached.requests;
    expect(ids(await tab.view(ben))).toEqual(['session-expired']);
    expect(tab.world.reached.requests).toBe(requests);
  });

  test('is invalid when one character was changed', async () => {
    await using tab = await browser();
    const state = stateOf(await tab.begin());
    await tab.comeBack({ state, iss: ISSUER, code: 'code-1' });
    await tab.complete();
    const [name = '', value = ''] = [...tab.jar().values][0] ?? [];
    tab.jar().values.set(name, `${value.slice(0, 200)}${value[200] === 'A' ? 'B' : 'A'}${value.slice(201)}`);
    expect(ids(await tab.view())).toEqual(['session-expired']);
  });

  test('of one kind is invalid as another kind', async () => {
    await using tab = await browser();
    const sealed = await seal(
      tab.as(ada),
      { target: targetWith(), client: {}, requested: [], tokens: { accessToken: 'x' } },
      { kind: 'target', lifetimeSeconds: 60 },
    );
    tab.jar().values.set(`${sessionCookie(SERVER).name}.0`, sealed);
    expect(ids(await tab.view())).toEqual(['session-expired']);
  });
});

describe('a run', () => {
  const send = (contentType: string, body: string, context: Parameters<typeof runInspector>[1]) =>
    runInspector(
      new Request(`${APP}/inspector/api/run`, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body,
      }),
      context,
    );

  test.each([
    ['from another site', 'cross_site', 403],
    ['without a session', 'signed_out', 401],
  ] as const)('%s is refused', async (_what, refusal, status) => {
    const response = await send('application/json', '{"url":"https://mcp.example.com/mcp"}', refusal);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ refused: refusal });
  });

  test('as a form, as text, malformed or too large is refused', async () => {
    await using tab = await browser();
    const statusOf = async (contentType: string, body: string) =>
      (await send(contentType, body, tab.as(ada))).status;
    expect(await statusOf('application/x-www-form-urlencoded', 'url=https://mcp.example.com/mcp')).toBe(415);
    expect(await statusOf('text/plain', '{"url":"https://mcp.example.com/mcp"}')).toBe(415);
    expect(await statusOf('application/json', '{')).toBe(400);
    expect(await statusOf('application/json', '{"action":"destroy"}')).toBe(400);
    expect(await statusOf('application/json', JSON.stringify({ url: 'x'.repeat(300_000) }))).toBe(413);
    expect(tab.world.dialled).toEqual([]);
  });
});
