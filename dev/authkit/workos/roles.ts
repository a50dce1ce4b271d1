import { readObject } from '../http/body.ts';
import { HttpError } from '../http/http-error.ts';
import { type Route, route } from '../http/routes.ts';
import type { Settings } from '../options.ts';
import type { Directory, Role } from '../state/directory.ts';
import { stableId } from '../state/ids.ts';
import type { Api } from './api.ts';
import type { Events } from './events.ts';

type Parts = { directory: Directory; settings: Settings; events: Events; api: Api };

/** Roles and their permissions, under `/authorization`. Organizations have no roles of their own here. */
export function roleRoutes({ directory, settings, events, api }: Parts): Route[] {
  const { roles } = directory;

  function existing(slug = ''): Role {
    const role = roles.get(slug);
    if (role === undefined) throw new HttpError(404, 'entity_not_found', `Role not found: '${slug}'.`);
    return role;
  }

  function roleObject({ id: slug, name, permissions, createdAt, updatedAt }: Role) {
    return {
      object: 'role',
      id: stableId('role', slug),
      slug,
      name,
      description: null,
      type: 'EnvironmentRole',
      resource_type_slug: 'organization',
      ...(settings.behaviour.permissionsInRole && { permissions }),
      created_at: createdAt,
      updated_at: updatedAt,
    };
  }

  async function setPermissions(role: Role, permissions: string[]): Promise<Role> {
    const changed = { ...role, permissions, updatedAt: new Date().toISOString() };
    await roles.set(changed);
    await events.send('role.updated', { ...roleObject(changed), permissions });
    return changed;
  }

  const list = (data: object[]) => ({
    object: 'list',
    data,
    list_metadata: { before: null, after: null },
  });
  const permissionObject = (slug: string) => ({
    object: 'permission',
    id: stableId('perm', slug),
    slug,
    name: slug,
    description: null,
    system: false,
    resource_type_slug: 'organization',
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
  });

  return [
    route(
      'GET',
      '/authorization/roles',
      api((ctx) => {
        ctx.body = list(roles.all().map(roleObject));
      }),
    ),
    route(
      'GET',
      '/authorization/organizations/:id/roles',
      api((ctx) => {
        ctx.body = list(roles.all().map(roleObject));
      }),
    ),
    route(
      'GET',
      '/authorization/organizations/:id/roles/:slug',
      api((ctx, _organization, slug) => {
        ctx.body = roleObject(existing(slug));
      }),
    ),
    route(
      'GET',
      '/authorization/roles/:slug',
      api((ctx, slug) => {
        ctx.body = roleObject(existing(slug));
      }),
    ),
    route(
      'GET',
      '/authorization/roles/:slug/permissions',
      api((ctx, slug) => {
        ctx.body = list(existing(slug).permissions.map(permissionObject));
      }),
    ),
    route(
      'PUT',
      '/authorization/roles/:slug/permissions',
      api(async (ctx, slug) => {
        const role = existing(slug);
        const { permissions } = await readObject(ctx);
        if (!Array.isArray(permissions) || !permissions.every((one) => typeof one === 'string'))
          throw new HttpError(422, 'unprocessable_entity', 'permissions must be a list of slugs');
        ctx.body = roleObject(await setPermissions(role, permissions));
      }),
    ),
    route(
      'DELETE',
      '/authorization/roles/:slug',
      api(async (ctx, slug) => {
        const role = existing(slug);
        await roles.remove(role.id);
        await events.send('role.deleted', roleObject(role));
        ctx.status = 204;
      }),
    ),
    route(
      'GET',
      '/authorization/permissions',
      api((ctx) => {
        const slugs = new Set(roles.all().flatMap(({ permissions }) => permissions));
        ctx.body = list([...slugs].map(permissionObject));
      }),
    ),
    route(
      'POST',
      '/authorization/organization_memberships/:id/check',
      api(async (ctx, id = '') => {
        const membership = directory.memberships.get(id);
        if (membership === undefined)
          throw new HttpError(404, 'entity_not_found', `Organization membership not found: '${id}'.`);
        // WorkOS's SDK sends `permission_slug`, its emulator takes `permission`.
        const { permission_slug, permission = permission_slug } = await readObject(ctx);
        if (typeof permission !== 'string')
          throw new HttpError(422, 'unprocessable_entity', 'permission is required');
        const active = membership.status === 'active';
        ctx.body = { authorized: active && directory.permissions(membership).includes(permission) };
      }),
    ),
  ];
}
