import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { bearerCall } from '#tests/support/mcp-request.ts';
import { openPages, type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { serverActionIds } from '#tests/support/server-action.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

type Person = { email: string; pages: PageSession; client: ScriptedClient; status(): Promise<number> };

let stack: SharedStack;
let owner: Person;
let other: Person;

beforeAll(async () => {
  stack = await sharedStack();
  [owner, other] = await Promise.all([person(), person()]);
});
afterAll(() => Promise.all([owner, other].map(({ client }) => client.close())));

/** A new person with one connected client. */
async function person(): Promise<Person> {
  const email = `${crypto.randomUUID()}@example.com`;
  const pages = await signInToPages(stack.appUrl, email);
  const url = `${stack.appUrl}/mcp`;
  const client = await ScriptedClient.connect({ url, account: email, registration: 'dcr', era: 'auto' });
  await client.callTool('identity');
  await vi.waitUntil(async () => (await data(pages)).tables.activity?.length, { timeout: 10_000 });
  const token = client.tokens?.access_token ?? '';
  return { email, pages, client, status: async () => (await bearerCall(stack.appUrl, token)).status };
}

type Data = { person: { email: string }; tables: Record<string, { id: string }[]> };

async function data(pages: PageSession): Promise<Data> {
  return (await pages.request('/account/download')).json();
}

/** Posts the form of an action as a browser without JavaScript does; returns the status, and the path redirected to. */
async function post(
  pages: PageSession,
  action: string,
  fields: Record<string, string>,
  origin = stack.appUrl,
): Promise<string> {
  const form = new FormData();
  form.set(`$ACTION_ID_${serverActionIds().get(action)}`, '');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const response = await pages.request('/account', { method: 'POST', headers: { origin }, body: form });
  return `${response.status} ${response.headers.get('location')?.split('#')[0]}`;
}

describe('the download', () => {
  test('has what is stored of its person, is private, and is not shown by the browser', async () => {
    const response = await owner.pages.request('/account/download');
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const { person, tables }: Data = await response.json();
    expect(person.email).toBe(owner.email);
    expect(tables.connections).toHaveLength(1);
  });

  test('has nothing of another person', async () => {
    const theirs = await data(owner.pages);
    const text = JSON.stringify(await data(other.pages));
    for (const { id } of [...(theirs.tables.connections ?? []), ...(theirs.tables.activity ?? [])])
      expect(text).not.toContain(id);
    expect(text).not.toContain(owner.email);
  });

  test('is refused without a session', async () =>
    expect((await openPages(stack.appUrl).request('/account/download')).status).toBe(401));
});

describe('a deletion', () => {
  test.each(['https://evil.example', 'null', ''])('is refused from the origin %j', async (origin) => {
    expect(await post(owner.pages, 'deleteData', { confirmation: owner.email }, origin)).toMatch(/^403/);
    expect(await owner.status()).toBe(200);
  });

  test('is refused without a session, and without the e-mail address of the person', async () => {
    expect(await post(openPages(stack.appUrl), 'deleteData', { confirmation: owner.email })).toContain(
      'outcome=signed_out',
    );
    for (const confirmation of ['', 'yes', other.email])
      expect(await post(owner.pages, 'deleteData', { confirmation })).toContain('outcome=not_confirmed');
    expect((await data(owner.pages)).tables.connections).toHaveLength(1);
    expect(await owner.status()).toBe(200);
  });

  test('refuses the apps of its person, deletes the data, and touches no one else', async () => {
    const before = await data(other.pages);
    expect(await post(owner.pages, 'deleteData', { confirmation: ` ${owner.email.toUpperCase()} ` })).toBe(
      '303 /account?outcome=deleted',
    );
    const { denials, ...deleted } = (await data(owner.pages)).tables;
    expect(Object.values(deleted).flat()).toEqual([]);
    expect(denials?.length).toBeGreaterThan(0);
    expect(await owner.status()).toBe(401);
    expect((await data(other.pages)).tables).toEqual(before.tables);
    expect(await other.status()).toBe(200);
  });
});

describe('a switch of the organization', () => {
  test('is refused from another site, and to an organization without a membership', async () => {
    const cleo = await signInToPages(stack.appUrl, 'cleo');
    const organization = 'org_01JACME0000000000000000000';
    const before = cleo.cookies.get('wos-session');
    expect(await post(cleo, 'switchOrganization', { organization }, 'https://evil.example')).toMatch(/^403/);
    for (const organization of ['', 'org_none', "' or 1=1 --"])
      expect(await post(cleo, 'switchOrganization', { organization })).toContain('outcome=not_member');
    expect(cleo.cookies.get('wos-session')).toBe(before);
  });
});
