import { readObject } from '../http/body.ts';
import { HttpError } from '../http/http-error.ts';
import { type Route, route } from '../http/routes.ts';
import { parseBehaviour, type Settings } from '../options.ts';
import { AuthkitStartError } from '../start-error.ts';
import type { Api } from './api.ts';

/**
 * What only local AuthKit has, under `/_local`: tests change its behaviour while it runs. Like the WorkOS API it needs the
 * API key.
 */
export function controlRoutes(settings: Settings, api: Api): Route[] {
  const initial = { ...settings.behaviour };
  return [
    route(
      'GET',
      '/_local/behaviour',
      api((ctx) => {
        ctx.body = settings.behaviour;
      }),
    ),
    route(
      'PATCH',
      '/_local/behaviour',
      api(async (ctx) => {
        const changes = await readObject(ctx);
        try {
          Object.assign(settings.behaviour, parseBehaviour({ ...settings.behaviour, ...changes }));
        } catch (error) {
          if (error instanceof AuthkitStartError)
            throw new HttpError(422, 'unprocessable_entity', error.message);
          throw error;
        }
        ctx.body = settings.behaviour;
      }),
    ),
    route(
      'DELETE',
      '/_local/behaviour',
      api((ctx) => {
        Object.assign(settings.behaviour, { initiateLoginUri: undefined, redirectUris: undefined }, initial);
        ctx.status = 204;
      }),
    ),
  ];
}
