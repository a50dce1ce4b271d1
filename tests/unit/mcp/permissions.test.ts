import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool } from '#lib/mcp/tool.ts';
import { forgetPermissions } from '#lib/workos/permissions.ts';
import { startEndpoint, type TestEndpoint } from '#tests/support/endpoint.ts';

const ORGANIZATION = 'org_01';
const MEMBERSHIPS = '/user_management/organization_memberships';
const ORGANIZATION_ROLE = `/authorization/organizations/${ORGANIZATION}/roles/painter`;
const ENVIRONMENT_ROLE = '/authorization/roles/painter';

const tool = (name: string, permission?: string) =>
  defineTool({
    name,
    title: name,
    description: name,
    input: z.strictObject({}),
    output: z.object({ ran: z.string() }),
    annotations: {},
    ...(permission !== undefined && { permission }),
    run: () => ({ ran: name }),
  });

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint([tool('open'), tool('paints', 'walls:paint'), tool('burns', 'walls:burn')]);
});
afterAll(() => endpoint.close());

const membership = (changes: object = {}) => ({
  object: 'organization_membership',
  id: 'om_01',
  user_id: 'user_ada',
  organization_id: ORGANIZATION,
  status: 'active',
  role: { slug: 'painter' },
  ...changes,
});
const memberships = (...data: object[]) => ({ object: 'list', data, list_metadata: {} });
const role = (permissions?: unknown) => ({ object: 'role', id: 'role_01', slug: 'painter', permissions });

beforeEach(() => {
  forgetPermissions();
  const { workos, requests } = endpoint.issuer;
  workos.clear();
  workos.set(MEMBERSHIPS, memberships(membership()));
  workos.set(ORGANIZATION_ROLE, role(['walls:paint']));
  requests.length = 0;
});

const inOrganization = {
  org_id: ORGANIZATION,
  client_id: 'https://client.example/id.json',
  scope: 'openid profile',
};
/** Requests to the WorkOS API so far, without their queries. */
const asked = () =>
  endpoint.issuer.requests
    .map((url) => url.split('?')[0])
    .filter((path) => path?.startsWith('/user_management') || path?.startsWith('/authorization'));

async function listed(claims: object = inOrganization, era: 'auto' | 'legacy' = 'auto'): Promise<string[]> {
  const client = await endpoint.connect({ claims: { ...claims }, era });
  return (await client.listTools()).tools.map(({ name }) => name);
}

async function called(name: string, claims: object = inOrganization): Promise<string> {
  const client = await endpoint.connect({ claims: { ...claims } });
  const { isError, content } = await client.callTool({ name });
  const [first] = content as { text: string }[];
  return isError ? (first?.text ?? '') : 'ran';
}

describe('a person whose role at WorkOS has the permission', () => {
  test.each(['auto', 'legacy'] as const)('sees and calls the tool, and no other (%s)', async (era) => {
    expect(await listed(inOrganization, era)).toEqual(['open', 'paints']);
    expect(await called('paints')).toBe('ran');
    expect(await called('burns')).toContain('your role does not have');
  });

  test('has it from any of several roles', async () => {
    const roles = [{ slug: 'guest' }, { slug: 'painter' }];
    endpoint.issuer.workos.set(MEMBERSHIPS, memberships(membership({ role: roles[0], roles })));
    expect(await called('paints')).toBe('ran');
  });

  test.each([403, 404])(
    'has it from a role of the environment (%s for that of the organization)',
    async (status) => {
      endpoint.issuer.workos.set(ORGANIZATION_ROLE, status);
      endpoint.issuer.workos.set(ENVIRONMENT_ROLE, role(['walls:paint']));
      expect(await called('paints')).toBe('ran');
    },
  );
});

test('the permissions of a role that does not name them are listed', async () => {
  const { workos } = endpoint.issuer;
  workos.set(ORGANIZATION_ROLE, role());
  workos.set(`${ENVIRONMENT_ROLE}/permissions`, { object: 'list', data: [{ slug: 'walls:paint' }] });
  expect(await called('paints')).toBe('ran');
});

test('WorkOS is asked once for many calls, and again when the roles were forgotten', async () => {
  for (let calls = 0; calls < 3; calls++) {
    await listed();
    await called('paints');
  }
  expect(asked()).toEqual([MEMBERSHIPS, ORGANIZATION_ROLE]);

  endpoint.issuer.workos.set(MEMBERSHIPS, memberships());
  expect(await called('paints')).toBe('ran');
  forgetPermissions({ userId: 'user_ada', organizationId: ORGANIZATION });
  expect(await called('paints')).toContain('your role does not have');
  expect(await listed()).toEqual(['open']);
});

test('WorkOS is not asked for a tool without a permission', async () => {
  expect(await called('open')).toBe('ran');
  expect(asked()).toEqual([]);
});

test('WorkOS is not asked when the token names permissions, which then decide', async () => {
  const claims = { ...inOrganization, permissions: ['walls:burn'] };
  expect(await listed(claims)).toEqual(['open', 'burns']);
  expect(await called('burns', claims)).toBe('ran');
  expect(await called('paints', claims)).toContain('your role does not have');
  expect(asked()).toEqual([]);
});

test('a token for no organization has no permission, and the error says why', async () => {
  const claims = { ...inOrganization, org_id: undefined };
  expect(await listed(claims)).toEqual(['open']);
  expect(await called('paints', claims)).toContain('choose one');
  expect(asked()).toEqual([]);
});

test.each<[string, object[]]>([
  ['is pending', [membership({ status: 'pending' })]],
  ['is inactive', [membership({ status: 'inactive' })]],
  ['belongs to another person', [membership({ user_id: 'user_ben' })]],
  ['belongs to another organization', [membership({ organization_id: 'org_02' })]],
  ['is absent', []],
])('a membership that %s gives no permission', async (_what, data) => {
  endpoint.issuer.workos.set(MEMBERSHIPS, memberships(...data));
  expect(await listed()).toEqual(['open']);
  expect(await called('paints')).toContain('your role does not have');
});

test.each<[string, object | number]>([
  ['names no permissions', role()],
  ['is unknown', 404],
])('a role that %s gives no permission', async (_what, answer) => {
  endpoint.issuer.workos.set(ORGANIZATION_ROLE, answer);
  expect(await listed()).toEqual(['open']);
  expect(await called('paints')).toContain('your role does not have');
});

test.each<[string, string, object | number]>([
  ['401', MEMBERSHIPS, 401],
  ['429', MEMBERSHIPS, 429],
  ['500 for the role', ORGANIZATION_ROLE, 500],
  ['another shape', MEMBERSHIPS, { data: 7 }],
  ['permissions in another shape', ORGANIZATION_ROLE, role('walls:paint')],
])(
  'while WorkOS answers %s, the tool is hidden and refused, and other tools work',
  async (_what, path, answer) => {
    endpoint.issuer.workos.set(path, answer);
    expect(await listed()).toEqual(['open']);
    expect(await called('paints')).toContain('did not say');
    expect(await called('open')).toBe('ran');
    const before = asked().length;
    await called('paints');
    expect(asked()).toHaveLength(before);
  },
);

test('while WorkOS does not answer, the tool is hidden and refused', async () => {
  await listed();
  forgetPermissions();
  const { issuer } = endpoint;
  issuer.answerWith(() => undefined);
  try {
    expect(await listed()).toEqual(['open']);
    expect(await called('paints')).toContain('did not say');
  } finally {
    issuer.answerWith(undefined);
  }
});
