import { type KoaContextWithOIDC as Context, errors, type ResourceServer } from 'oidc-provider';
import type { Settings } from '../options.ts';
import { newId } from '../state/ids.ts';
import type { Store } from '../state/store.ts';
import { knownScopes, SCOPES } from './scopes.ts';

type RegisteredResource = { id: string; uri: string; createdAt: string };

export type Resources = {
  /** Used when a request names no resource. The audience of its tokens is the client id of the environment. */
  environment: string;
  register(uri: string): Promise<RegisteredResource>;
  /** @throws {errors.InvalidTarget} for a resource that is not registered (RFC 8707 section 2) */
  server(ctx: Context, identifier: string): ResourceServer;
};

/** The MCP resource indicators: the app's `/mcp`, and those registered through the API. */
export function openResources({ appUrl, clientId }: Settings, store: Store): Resources {
  const registered = store.collection<RegisteredResource>('resource');
  const environment = `urn:workos:environment:${clientId}`;
  return {
    environment,
    async register(uri) {
      const existing = registered.get(uri);
      if (existing !== undefined) return existing;
      const resource = { id: newId('authkit_oauth_resource'), uri, createdAt: new Date().toISOString() };
      await registered.set(uri, resource);
      return resource;
    },
    server(ctx, identifier) {
      const known = [environment, `${appUrl}/mcp`].includes(identifier) || registered.get(identifier);
      if (!known) throw new errors.InvalidTarget('this resource is not registered');
      const { scope } = ctx.oidc.params ?? {};
      if (ctx.oidc.route === 'authorization' && knownScopes(scope).length === 0)
        throw new errors.InvalidScope('none of these scopes exists here', String(scope));
      return {
        audience: identifier === environment ? clientId : identifier,
        scope: SCOPES.join(' '),
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      };
    },
  };
}
