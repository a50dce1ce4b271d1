import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { workosRequest } from '#tests/support/local-authkit.ts';
import { bearerCall } from '#tests/support/mcp-request.ts';
import { openPages, type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { serverActionIds } from '#tests/support/server-action.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

type Person = { id: string; email: string; pages: PageSession };

const RUN = crypto.randomUUID().slice(0, 8);
const HOME = `Home ${RUN}`;
const PATHS = [
  '/organization',
  '/organization/policy',
  '/organization/audit',
  '/organization/audit/export?format=csv',
  '/organization/revoke?all=yes',
];

let stack: SharedStack;
let admin: Person;
let member: Person;
let stranger: Person;
let client: ScriptedClient;
const status = async () => (await bearerCall(stack.appUrl, client.tokens?.access_token ?? '')).status;

/** A new person who belongs to an organization with a role that permits this. */
async function person(name: string, organization: string, permissions: readonly string[]): Promise<Person> {
  const email = `${name}-${RUN}@example.com`;
  const role = `${name}-${RUN}`;
  const { body } = await workosRequest(stack.authkitUrl, 'POST', '/_local/people', {
    email,
    organization,
    role,
    permissions,
  });
  return { id: String(body.id), email, pages: await signInToPages(stack.appUrl, email) };
}

beforeAll(async () => {
  stack = await sharedStack();
  admin = await person('admin', HOME, ['organization:manage']);
  member = await person('member', HOME, []);
  stranger = await person('stranger', `Elsewhere ${RUN}`, ['organization:manage']);
  const url = `${stack.appUrl}/mcp`;
  client = await ScriptedClient.connect({ url, account: member.email, registration: 'cimd', era: 'auto' });
  await client.callTool('identity', { secret: 'argument-canary' });
  await vi.waitUntil(async () => (await text(admin, '/organization/audit')).includes(member.email), {
    timeout: 20_000,
    interval: 500,
  });
});
afterAll(() => client?.close());

const text = async ({ pages }: Person, path: string) => (await pages.request(path)).text();

/** Posts the form of an action as a browser without JavaScript does. */
async function post(
  pages: PageSession,
  action: string,
  fields: Record<string, string>,
  origin = stack.appUrl,
): Promise<string> {
  const form = new FormData();
  form.set(`$ACTION_ID_${serverActionIds().get(action)}`, '');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const response = await pages.request('/organization', { method: 'POST', headers: { origin }, body: form });
  return `${response.status} ${response.headers.get('location') ?? ''}`;
}

/** The id of the member's connection, as the admin's page names it. */
async function connectionId(): Promise<string> {
  const html = await text(admin, '/organization?view=connections');
  return /revoke\?connection=([\w-]{22})/.exec(html)?.[1] ?? '';
}

describe('the pages of an organization', () => {
  test('do not exist for a member without the permission, and are not in the navigation', async () => {
    for (const path of PATHS) expect([path, (await member.pages.request(path)).status]).toEqual([path, 404]);
    expect(await text(member, '/clients')).not.toContain('href="/organization"');
    expect(await text(admin, '/clients')).toContain('href="/organization"');
  });

  test('need a session', async () => {
    const pages = openPages(stack.appUrl);
    for (const path of PATHS) expect([307, 401]).toContain((await pages.request(path)).status);
  });

  test('show an admin of another organization nothing of this one', async () => {
    const id = await connectionId();
    expect(id).not.toBe('');
    for (const path of [...PATHS, '/organization?view=people', '/organization?view=connections'])
      expect(await text(stranger, path)).not.toContain(member.email);
    for (const scope of [`connection=${id}`, `person=${member.id}`, 'all=yes', 'app=client.test'])
      expect((await stranger.pages.request(`/organization/revoke?${scope}`)).status).toBe(404);
    for (const cursor of [
      'x',
      'W10',
      Buffer.from('["used","2024-02-31T00:00:00.000Z","a"]').toString('base64url'),
    ])
      expect((await admin.pages.request(`/organization?view=connections&cursor=${cursor}`)).status).toBe(200);
  });

  test('show an admin neither arguments nor results, in the log and its export', async () => {
    for (const path of [
      '/organization/audit',
      PATHS[3] as string,
      '/organization/audit/export?format=json',
    ]) {
      const shown = await text(admin, path);
      expect(shown).toContain(member.email);
      expect(shown).not.toContain('argument-canary');
    }
  });
});

describe('an act', () => {
  const all = { all: 'yes' };

  test('is refused from another site, without a session, without the permission, and with nothing to act on', async () => {
    for (const origin of ['https://evil.example', 'null', ''])
      expect(await post(admin.pages, 'revokeAccessOfMembers', all, origin)).toMatch(/^403/);
    expect(await post(openPages(stack.appUrl), 'revokeAccessOfMembers', all)).toContain('done=signed_out');
    expect(await post(member.pages, 'revokeAccessOfMembers', all)).toMatch(/^404/);
    const connection = await connectionId();
    for (const fields of [{ connection }, { person: member.id }] as Record<string, string>[])
      expect(await post(stranger.pages, 'revokeAccessOfMembers', fields)).toContain('done=nothing');
    // Everything of their own organization, also what no instance has written yet.
    expect(await post(stranger.pages, 'revokeAccessOfMembers', all)).toContain('done=revoked');
    const unclear: Record<string, string>[] = [
      {},
      { all: 'no' },
      { connection, person: member.id },
      { connection: '../x' },
    ];
    for (const fields of unclear)
      expect(await post(admin.pages, 'revokeAccessOfMembers', fields)).toContain('done=nothing');
    expect(await post(stranger.pages, 'allowAccessAgain', { connection })).toContain('done=not_allowed');
    expect(await status()).toBe(200);
  });

  test('revokes the connection of a member, and is in the log of this organization only', async () => {
    const connection = await connectionId();
    expect(await post(admin.pages, 'revokeAccessOfMembers', { connection })).toContain('done=revoked');
    expect(await status()).toBe(401);
    const csv = await text(admin, PATHS[3] as string);
    expect(csv).toContain('"revoked_connection"');
    expect(csv).toContain(`"${admin.email}"`);
    expect(await text(stranger, PATHS[3] as string)).not.toContain('revoked_connection');
  });
});
