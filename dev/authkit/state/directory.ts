import { newId, stableId } from './ids.ts';
import { ADA, BEN, CLEO, PAT, SEEDED_AT } from './people.ts';
import { openSeeded, type Seeded, type Store } from './store.ts';

export type Organization = { id: string; name: string; createdAt: string };
/** A role of the environment. Its id here is its slug. */
export type Role = { id: string; name: string; permissions: string[]; createdAt: string; updatedAt: string };
export type Membership = {
  id: string;
  userId: string;
  organizationId: string;
  /** Slugs, at least one. */
  roles: string[];
  status: 'active' | 'inactive';
  createdAt: string;
  updatedAt: string;
};

export const ACME: Organization = {
  id: 'org_01JADEXAMP1E0RG00000000000',
  name: 'Acme',
  createdAt: SEEDED_AT,
};
const GLOBEX: Organization = {
  id: 'org_01JG10BEX00000000000000000',
  name: 'Globex',
  createdAt: SEEDED_AT,
};

const times = { createdAt: SEEDED_AT, updatedAt: SEEDED_AT };
const role = (slug: string, name: string, permissions: string[]): Role => ({
  id: slug,
  name,
  permissions,
  ...times,
});
const ROLES = [
  role('admin', 'Admin', ['connections:revoke', 'organization:manage']),
  role('member', 'Member', []),
  role(
    'everything',
    'Everything',
    Array.from({ length: 60 }, (_, number) => `department-${number}:records:read-and-write`),
  ),
];

function membership(userId: string, { id: organizationId }: Organization, slug: string): Membership {
  const id = stableId('om', `${userId} ${organizationId}`);
  return { id, userId, organizationId, roles: [slug], status: 'active', ...times };
}
const MEMBERSHIPS = [
  membership(ADA.id, ACME, 'admin'),
  membership(BEN.id, ACME, 'member'),
  membership(CLEO.id, ACME, 'admin'),
  membership(CLEO.id, GLOBEX, 'member'),
  membership(PAT.id, ACME, 'everything'),
];

/** Organizations, who belongs to them, and what roles permit. */
export type Directory = {
  organizations: Seeded<Organization>;
  roles: Seeded<Role>;
  memberships: Seeded<Membership>;
  /** The active memberships of a person, oldest first. */
  of(userId: string): Membership[];
  /** The organizations of a person, those joined first at the beginning. */
  organizationsOf(userId: string): Organization[];
  /** Gives a person the roles in an organization; a member gets them in place of the present ones. */
  join(userId: string, organizationId: string, roles: string[]): Promise<Membership>;
  /** What the roles of a membership permit, each once. */
  permissions(membership: Membership | undefined): string[];
};

export function openDirectory(store: Store): Directory {
  const organizations = openSeeded(store, 'organization', [ACME, GLOBEX]);
  const roles = openSeeded(store, 'role', ROLES);
  const memberships = openSeeded(store, 'membership', MEMBERSHIPS);
  const of = (userId: string) =>
    memberships.all().filter((one) => one.userId === userId && one.status === 'active');
  return {
    organizations,
    roles,
    memberships,
    of,
    organizationsOf: (userId) =>
      of(userId)
        .map(({ organizationId }) => organizations.get(organizationId))
        .filter((organization) => organization !== undefined),
    async join(userId, organizationId, slugs) {
      const now = new Date().toISOString();
      const known = of(userId).find((one) => one.organizationId === organizationId);
      const { id, createdAt } = known ?? { id: newId('om'), createdAt: now };
      const joined: Membership = {
        id,
        userId,
        organizationId,
        roles: slugs,
        status: 'active',
        createdAt,
        updatedAt: now,
      };
      await memberships.set(joined);
      return joined;
    },
    permissions: (one) => [...new Set(one?.roles.flatMap((slug) => roles.get(slug)?.permissions ?? []))],
  };
}
