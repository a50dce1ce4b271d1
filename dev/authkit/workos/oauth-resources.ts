import { readObject } from '../http/body.ts';
import { HttpError } from '../http/http-error.ts';
import { type Route, route } from '../http/routes.ts';
import type { RegisteredResource, Resources } from '../oauth/resources.ts';
import type { Settings } from '../options.ts';
import { stableId } from '../state/ids.ts';
import type { Api } from './api.ts';
import { page } from './pagination.ts';

const PATH = '/user_management/authkit_oauth_resources';

/** The MCP resource indicators of the environment, its redirect URIs, and its JWT template. */
export function oauthResourceRoutes(resources: Resources, settings: Settings, api: Api): Route[] {
  return [
    route(
      'GET',
      PATH,
      api((ctx) => {
        const { items, metadata } = page(resources.all(), new URLSearchParams(ctx.querystring));
        ctx.body = { object: 'list', data: items.map(resourceObject), list_metadata: metadata };
      }),
    ),
    route(
      'POST',
      PATH,
      api(async (ctx) => {
        const { uri, default: isDefault } = await readObject(ctx);
        const url = typeof uri === 'string' ? URL.parse(uri) : null;
        if (typeof uri !== 'string' || !url || !/^https?:$/.test(url.protocol) || uri.includes('#'))
          throw new HttpError(422, 'unprocessable_entity', 'uri must be an absolute URL without a fragment');
        const resource = await resources.register(uri, isDefault === true);
        if (resource === undefined)
          throw new HttpError(
            422,
            'authkit_oauth_resource_already_exists',
            `AuthKit OAuth resource '${uri}' already exists.`,
          );
        ctx.status = 201;
        ctx.body = resourceObject(resource);
      }),
    ),
    route(
      'DELETE',
      `${PATH}/:id`,
      api(async (ctx, id = '') => {
        if (!(await resources.remove(id)))
          throw new HttpError(404, 'entity_not_found', `AuthKit OAuth resource not found: '${id}'.`);
        ctx.status = 204;
      }),
    ),
    route(
      'GET',
      '/user_management/redirect_uris',
      api((ctx) => {
        const uris = settings.behaviour.redirectUris ?? [`${settings.appUrl}/callback`];
        const rows = uris.map((uri, index) => ({
          object: 'redirect_uri',
          id: stableId('ruri', uri),
          uri,
          default: index === 0,
          created_at: '2026-01-01T00:00:00.000Z',
          updated_at: '2026-01-01T00:00:00.000Z',
        }));
        const { items, metadata } = page(rows, new URLSearchParams(ctx.querystring));
        ctx.body = { object: 'list', data: items, list_metadata: metadata };
      }),
    ),
    route(
      'GET',
      '/user_management/jwt_template',
      api((ctx) => {
        const { jwtTemplate } = settings.behaviour;
        if (Object.keys(jwtTemplate).length === 0)
          throw new HttpError(404, 'not_found', 'JWT template not found');
        ctx.body = { object: 'jwt_template', content: JSON.stringify(jwtTemplate) };
      }),
    ),
  ];
}

function resourceObject({ id, uri, default: isDefault, createdAt }: RegisteredResource) {
  return {
    object: 'authkit_oauth_resource',
    id,
    uri,
    default: isDefault,
    created_at: createdAt,
    updated_at: createdAt,
  };
}
