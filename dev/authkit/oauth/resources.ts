import { type KoaContextWithOIDC as Context, errors, type ResourceServer } from 'oidc-provider';
import type { Settings } from '../options.ts';
import { newId } from '../state/ids.ts';
import type { Store } from '../state/store.ts';
import { DEVICE_GRANT } from './client-rules.ts';
import { knownScopes, SCOPES } from './scopes.ts';

export type RegisteredResource = { id: string; uri: string; default: boolean; createdAt: string };

export type Resources = {
  /** Newest first. */
  all(): RegisteredResource[];
  isRegistered(uri: string): boolean;
  /** Undefined when it is registered already. The default, if it is one, replaces the default before. */
  register(uri: string, isDefault: boolean): Promise<RegisteredResource | undefined>;
  /** False when there is none with this id. */
  remove(id: string): Promise<boolean>;
  /** The resource of a request that names none: the default indicator, or one for the environment. */
  fallback(): string;
  /** One that is registered by no owner. Its tokens are for the environment or the application. */
  environment: string;
  server(ctx: Context, identifier: string): ResourceServer;
};

/** The MCP resource indicators: the app's `/mcp`, and those registered through the API. */
export function openResources({ clientId, behaviour }: Settings, store: Store): Resources {
  const registered = store.collection<RegisteredResource>('resource');
  const environment = `urn:workos:environment:${clientId}`;
  const byUri = (uri: string) => registered.where((one) => one.uri === uri)[0]?.[1];
  const defaultUri = () => registered.where((one) => one.default)[0]?.[1].uri;
  return {
    environment,
    all: () =>
      registered
        .where(() => true)
        .map(([, one]) => one)
        .sort((a, b) => (a.id < b.id ? 1 : -1)),
    isRegistered: (uri) => byUri(uri) !== undefined,
    async register(uri, isDefault) {
      if (byUri(uri) !== undefined) return undefined;
      if (isDefault)
        for (const [id, one] of registered.where((other) => other.default))
          await registered.set(id, { ...one, default: false });
      const id = newId('authkit_oauth_resource');
      const resource = { id, uri, default: isDefault, createdAt: new Date().toISOString() };
      await registered.set(id, resource);
      return resource;
    },
    async remove(id) {
      if (registered.get(id) === undefined) return false;
      await registered.delete(id);
      return true;
    },
    fallback: () => defaultUri() ?? environment,
    server(ctx, identifier) {
      const { scope } = ctx.oidc.params ?? {};
      if (ctx.oidc.route === 'authorization' && knownScopes(scope).length === 0)
        throw new errors.InvalidScope('none of these scopes exists here', String(scope));
      const { RefreshToken } = ctx.oidc.entities;
      const device =
        ctx.oidc.params?.grant_type === DEVICE_GRANT || RefreshToken?.gty?.startsWith('device_code');
      const application = behaviour.unregisteredAudience === 'application' && ctx.oidc.client?.clientId;
      const effective = device ? behaviour.deviceGrantUsesDefault && defaultUri() : identifier;
      const registeredUri = effective ? byUri(effective)?.uri : undefined;
      return {
        audience: registeredUri ?? (application || clientId),
        scope: SCOPES.join(' '),
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      };
    },
  };
}

/** Registers the resource of the app as the behaviour says, at a start with an empty directory too. */
export async function seedResource(resources: Resources, { appUrl, behaviour }: Settings): Promise<void> {
  if (behaviour.resourceIndicator === 'none') return;
  await resources.register(`${appUrl}/mcp`, behaviour.resourceIndicator === 'default');
}
