import type { WorkOS } from '@workos-inc/node';
import { LRUCache } from 'lru-cache';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { log } from '#lib/observability/log.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { workos } from './client.ts';
import { workosStatus } from './errors.ts';

/** Longest time that a permission which was taken away at WorkOS still holds here. */
const TTL_MS = 60_000;
/** After a failure WorkOS is not asked again for this long. */
const FAILURE_TTL_MS = 5_000;
/** A call waits at most this long, twice: for the roles of the person, and for the permissions of these roles. */
const TIMEOUT_MS = 1_500;
const MAX_ENTRIES = 20_000;

type Names = ReadonlySet<string>;

/** Roles of people and permissions of roles. By the wall clock: the monotonic one stops while a machine sleeps. */
const cache = perProcess(
  'permissions',
  () =>
    new LRUCache<string, Promise<Names | 'unavailable'>>({ max: MAX_ENTRIES, perf: Date, ttlResolution: 0 }),
);

const memberKey = (userId: string, organizationId: string) =>
  JSON.stringify(['member', organizationId, userId]);

/**
 * Permissions of a person in an organization: those of the roles of their active membership. What WorkOS said is used for
 * 60 seconds. Never rejects.
 *
 * @returns `unavailable` when WorkOS does not say in time: treat it as no permission
 */
export async function permissionsOf(
  userId: string,
  organizationId: string,
  client: WorkOS = workos(),
): Promise<Names | 'unavailable'> {
  const roles = await remember(memberKey(userId, organizationId), () =>
    listRoles(userId, organizationId, client),
  );
  if (roles === 'unavailable') return roles;
  const all = new Set<string>();
  for (const answer of [...roles].map((role) =>
    remember(JSON.stringify(['role', organizationId, role]), () =>
      listRolePermissions(organizationId, role, client),
    ),
  )) {
    const permissions = await answer;
    if (permissions === 'unavailable') return permissions;
    for (const permission of permissions) all.add(permission);
  }
  return all;
}

/** Forgets the roles of one member, or everything, on this instance. */
export function forgetPermissions(member?: { userId: string; organizationId: string }): void {
  if (member === undefined) cache().clear();
  else cache().delete(memberKey(member.userId, member.organizationId));
}

function remember(key: string, load: () => Promise<Names>): Promise<Names | 'unavailable'> {
  const known = cache().get(key);
  if (known !== undefined) return known;
  const unavailable = (status?: number) => {
    log('warn', 'permissions.unavailable', { status });
    if (cache().peek(key) === answer) cache().set(key, answer, { ttl: FAILURE_TTL_MS });
    return 'unavailable' as const;
  };
  const loading = load().catch((error: unknown) => unavailable(workosStatus(error)));
  const answer: Promise<Names | 'unavailable'> = withDeadline(loading, TIMEOUT_MS, unavailable);
  cache().set(key, answer, { ttl: TTL_MS });
  return answer;
}

async function listRoles(userId: string, organizationId: string, client: WorkOS): Promise<Names> {
  const memberships = client.userManagement.listOrganizationMemberships({ userId, organizationId });
  const active = ((await unless([404], memberships))?.data ?? []).filter(
    (membership) =>
      membership.status === 'active' &&
      membership.userId === userId &&
      membership.organizationId === organizationId,
  );
  return texts(active.flatMap(({ role, roles = [] }) => [role, ...roles].map((one) => one?.slug)));
}

/**
 * A role of the organization, or one of the environment: an environment without custom roles may refuse to look for the
 * first. A role that WorkOS does not know gives nothing.
 */
async function listRolePermissions(organizationId: string, role: string, client: WorkOS): Promise<Names> {
  const { authorization } = client;
  const found =
    (await unless([403, 404], authorization.getOrganizationRole(organizationId, role))) ??
    (await unless([404], authorization.getEnvironmentRole(role)));
  // WorkOS documents the member, and its own emulator has a list instead.
  const permissions: readonly unknown[] | undefined = found?.permissions;
  if (found === undefined || permissions !== undefined) return texts(permissions ?? []);
  const path = `/authorization/roles/${encodeURIComponent(role)}/permissions`;
  const list = await unless([404], client.get<{ data: { slug: unknown }[] }>(path));
  return texts((list?.data.data ?? []).map(({ slug }) => slug));
}

const texts = (values: readonly unknown[]): Names =>
  new Set(values.filter((value) => typeof value === 'string'));

/** The response; undefined when its status is one of these. */
async function unless<T>(statuses: readonly number[], request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (statuses.includes(workosStatus(error) ?? 0)) return undefined;
    throw error;
  }
}
