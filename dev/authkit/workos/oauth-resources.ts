import { readObject } from '../http/body.ts';
import { HttpError } from '../http/http-error.ts';
import { type Route, route } from '../http/routes.ts';
import type { Resources } from '../oauth/resources.ts';
import { withApiKey } from './api.ts';

/** `POST /user_management/authkit_oauth_resources`: registers an MCP resource indicator. */
export function oauthResourceRoutes(resources: Resources, apiKey: string): Route[] {
  return [
    route(
      'POST',
      '/user_management/authkit_oauth_resources',
      withApiKey(apiKey, async (ctx) => {
        const { uri } = await readObject(ctx);
        const url = typeof uri === 'string' ? URL.parse(uri) : null;
        if (typeof uri !== 'string' || !url || !/^https?:$/.test(url.protocol) || uri.includes('#'))
          throw new HttpError(422, 'unprocessable_entity', 'uri must be an absolute URL without a fragment');
        const resource = await resources.register(uri);
        ctx.status = 201;
        ctx.body = {
          object: 'authkit_oauth_resource',
          id: resource.id,
          uri: resource.uri,
          default: false,
          created_at: resource.createdAt,
          updated_at: resource.createdAt,
        };
      }),
    ),
  ];
}
