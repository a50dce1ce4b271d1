import { randomBytes } from 'node:crypto';
import { importJWK, type JWK, SignJWT } from 'jose';
import type Provider from 'oidc-provider';
import { readObject } from '../http/body.ts';
import type { Fault, Faults } from '../http/faults.ts';
import { HttpError } from '../http/http-error.ts';
import { type Handler, type Route, route } from '../http/routes.ts';
import type { Applications } from '../oauth/application-grants.ts';
import { type Behaviour, parseBehaviour, type Settings } from '../options.ts';
import { AuthkitStartError } from '../start-error.ts';
import type { Directory } from '../state/directory.ts';
import { newId } from '../state/ids.ts';
import type { People } from '../state/people.ts';
import type { Collection } from '../state/store.ts';
import { requireApiKey } from './api.ts';
import type { SignInCode } from './authorize.ts';
import type { Events } from './events.ts';
import { existingUser } from './users.ts';

type Parts = {
  provider: Provider;
  key: JWK;
  settings: Settings;
  people: People;
  directory: Directory;
  applications: Applications;
  events: Events;
  faults: Faults;
  codes: Collection<SignInCode>;
};

/**
 * What only local AuthKit has, under `/_local`: how tests change it while it runs. Like the WorkOS API these endpoints
 * need the API key.
 */
export function controlRoutes(parts: Parts): Route[] {
  const { provider, key, settings, people, directory, applications, events, faults, codes } = parts;
  const { behaviour } = settings;
  const initial = { ...behaviour };
  const local = (method: Route['method'], path: string, handler: Handler) =>
    route(method, `/_local/${path}`, (ctx, ...segments) => {
      requireApiKey(ctx, settings.apiKey);
      return handler(ctx, ...segments);
    });

  return [
    local('GET', 'behaviour', (ctx) => {
      ctx.body = behaviour;
    }),
    local('PATCH', 'behaviour', async (ctx) => {
      const changes = await readObject(ctx);
      Object.assign(behaviour, checked({ ...behaviour, ...changes }));
      ctx.body = behaviour;
    }),
    local('DELETE', 'behaviour', (ctx) => {
      Object.assign(behaviour, { redirectUris: undefined }, initial);
      ctx.status = 204;
    }),

    local('POST', 'faults', async (ctx) => {
      faults.add((await readObject(ctx)) as Fault);
      ctx.status = 204;
    }),
    local('DELETE', 'faults', (ctx) => {
      faults.clear();
      ctx.status = 204;
    }),
    local('GET', 'requests', (ctx) => {
      ctx.body = faults.requests;
    }),

    // An event of any kind, or a `body` as it is; `secret` and `at` (milliseconds) change the signature.
    local('POST', 'events', async (ctx) => {
      const { event, data, body, secret, at } = await readObject(ctx);
      ctx.body =
        typeof body === 'string'
          ? await events.deliver(body, { secret: secret as string, at: at as number })
          : await events.send(String(event), data as object);
    }),

    // A person with this e-mail address, who joins an organization with a role that permits this.
    local('POST', 'people', async (ctx) => {
      const { email, organization, role, permissions } = await readObject(ctx);
      const person = await people.withEmail(String(email));
      const now = new Date().toISOString();
      if (typeof role === 'string' && Array.isArray(permissions))
        await directory.roles.set({ id: role, name: role, permissions, createdAt: now, updatedAt: now });
      let organizationId: string | undefined;
      if (typeof organization === 'string') {
        const existing = directory.organizations.all().find(({ name }) => name === organization);
        organizationId = existing?.id ?? newId('org');
        if (existing === undefined)
          await directory.organizations.set({ id: organizationId, name: organization, createdAt: now });
        await directory.join(person.id, organizationId, [String(role ?? 'member')]);
      }
      ctx.body = { id: person.id, organization_id: organizationId };
    }),

    // A link that signs a browser in as a person, impersonated by an administrator with this e-mail address.
    local('POST', 'impersonation', async (ctx) => {
      const { user_id: userId, email = 'support@example.com', reason = null } = await readObject(ctx);
      const link = `impersonation_${randomBytes(16).toString('hex')}`;
      const impersonator = { email: String(email), reason: reason as string | null };
      await codes.set(link, { userId: existingUser(people, String(userId)).id, impersonator });
      ctx.body = { url: `${provider.issuer}/_local/impersonation/${link}` };
    }),

    // A hand-made Connect application: a machine of an organization, or without an organization a server of the owner.
    local('POST', 'applications', async (ctx) => {
      const { organization_id: organizationId } = await readObject(ctx);
      const { clientId, clientSecret } = await applications.add(
        typeof organizationId === 'string' ? { kind: 'm2m', organizationId } : { kind: 'first_party' },
      );
      ctx.body = { client_id: clientId, client_secret: clientSecret };
    }),

    // A token with the claims of the request, and those that every token has: for tokens that are not a person's.
    local('POST', 'tokens', async (ctx) => {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: provider.issuer,
        aud: settings.clientId,
        jti: newId('token'),
        iat: now,
        exp: now + behaviour.accessTokenLifetimeSeconds,
        ...(await readObject(ctx)),
      };
      const token = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid ?? '' });
      ctx.body = { access_token: await token.sign(await importJWK(key, 'RS256')) };
    }),
  ];
}

function checked(values: object): Behaviour {
  try {
    return parseBehaviour(values);
  } catch (error) {
    if (error instanceof AuthkitStartError) throw new HttpError(422, 'unprocessable_entity', error.message);
    throw error;
  }
}
