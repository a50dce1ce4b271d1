import { readObject } from '../http/body.ts';
import { HttpError } from '../http/http-error.ts';
import { type Route, route } from '../http/routes.ts';
import type { Directory, Membership } from '../state/directory.ts';
import type { Grants } from '../state/grants.ts';
import type { Api } from './api.ts';
import type { Events } from './events.ts';
import { page } from './pagination.ts';
import type { PageSessions } from './sessions.ts';

const PATH = '/user_management/organization_memberships';

type Parts = { directory: Directory; grants: Grants; sessions: PageSessions; events: Events; api: Api };

/** Organizations and who belongs to them. Changes are announced by webhooks. */
export function membershipRoutes({ directory, grants, sessions, events, api }: Parts): Route[] {
  const { memberships, organizations, roles } = directory;

  function existing(id = ''): Membership {
    const membership = memberships.get(id);
    if (membership === undefined)
      throw new HttpError(404, 'entity_not_found', `Organization membership not found: '${id}'.`);
    return membership;
  }

  function rolesIn(body: Record<string, unknown>): string[] {
    const slugs = [body.role_slugs ?? body.role_slug ?? 'member'].flat().map(String);
    const unknown = slugs.find((slug) => roles.get(slug) === undefined);
    if (unknown !== undefined)
      throw new HttpError(422, 'unprocessable_entity', `role '${unknown}' is unknown`);
    return slugs;
  }

  async function change(membership: Membership, changes: Partial<Membership>): Promise<Membership> {
    const changed = { ...membership, ...changes, updatedAt: new Date().toISOString() };
    await memberships.set(changed);
    if (changed.status !== 'active') await leave(changed);
    await events.send('organization_membership.updated', membershipObject(changed, false));
    return changed;
  }

  /** Ends the sessions and refresh tokens that a person has in the organization. */
  async function leave({ userId, organizationId }: Membership): Promise<void> {
    const inIt = (one: { organizationId?: string }) => one.organizationId === organizationId;
    for (const consent of grants.consentsOf(userId)) if (inIt(consent)) await grants.end(consent.id);
    for (const session of sessions.of(userId)) if (inIt(session)) await sessions.end(session.id);
  }

  return [
    route(
      'GET',
      PATH,
      api((ctx) => {
        const query = new URLSearchParams(ctx.querystring);
        const [user, organization] = [query.get('user_id'), query.get('organization_id')];
        if (user === null && organization === null)
          throw new HttpError(422, 'unprocessable_entity', 'user_id or organization_id is required');
        const statuses = [...query.getAll('statuses[]'), ...query.getAll('statuses')].flatMap((text) =>
          text.split(','),
        );
        const wanted = statuses.length > 0 ? statuses : ['active'];
        const found = memberships
          .all()
          .filter((one) => user === null || one.userId === user)
          .filter((one) => organization === null || one.organizationId === organization)
          .filter(({ status }) => wanted.includes(status));
        const { items, metadata } = page(found, query);
        ctx.body = {
          object: 'list',
          data: items.map((one) => membershipObject(one)),
          list_metadata: metadata,
        };
      }),
    ),
    route(
      'POST',
      PATH,
      api(async (ctx) => {
        const body = await readObject(ctx);
        const joined = await directory.join(
          String(body.user_id),
          String(body.organization_id),
          rolesIn(body),
        );
        await events.send('organization_membership.created', membershipObject(joined, false));
        ctx.status = 201;
        ctx.body = membershipObject(joined);
      }),
    ),
    route(
      'GET',
      `${PATH}/:id`,
      api((ctx, id) => {
        ctx.body = membershipObject(existing(id));
      }),
    ),
    route(
      'PUT',
      `${PATH}/:id`,
      api(async (ctx, id) => {
        const slugs = rolesIn(await readObject(ctx));
        ctx.body = membershipObject(await change(existing(id), { roles: slugs }));
      }),
    ),
    ...(['deactivate', 'reactivate'] as const).map((verb) =>
      route(
        'PUT',
        `${PATH}/:id/${verb}`,
        api(async (ctx, id) => {
          const status = verb === 'deactivate' ? 'inactive' : 'active';
          ctx.body = membershipObject(await change(existing(id), { status }));
        }),
      ),
    ),
    route(
      'DELETE',
      `${PATH}/:id`,
      api(async (ctx, id) => {
        const membership = existing(id);
        await memberships.remove(membership.id);
        await leave(membership);
        await events.send('organization_membership.deleted', membershipObject(membership, false));
        ctx.status = 204;
      }),
    ),
    route(
      'GET',
      '/organizations/:id',
      api((ctx, id = '') => {
        const organization = organizations.get(id);
        if (organization === undefined)
          throw new HttpError(404, 'entity_not_found', `Organization not found: '${id}'.`);
        const { name, createdAt } = organization;
        ctx.body = {
          object: 'organization',
          id,
          name,
          domains: [],
          metadata: {},
          external_id: null,
          created_at: createdAt,
          updated_at: createdAt,
        };
      }),
    ),
  ];
}

/** @param withRoles - events have `role` only */
export function membershipObject(membership: Membership, withRoles = true): Record<string, unknown> {
  const { id, userId, organizationId, roles, status, createdAt, updatedAt } = membership;
  return {
    object: 'organization_membership',
    id,
    organization_id: organizationId,
    user_id: userId,
    role: { slug: roles[0] },
    ...(withRoles && { roles: roles.map((slug) => ({ slug })) }),
    status,
    directory_managed: false,
    custom_attributes: {},
    external_id: null,
    metadata: {},
    created_at: createdAt,
    updated_at: updatedAt,
  };
}
