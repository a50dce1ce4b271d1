import { randomBytes } from 'node:crypto';
import { createLocalJWKSet, importJWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type Provider from 'oidc-provider';
import { type AdapterPayload, errors } from 'oidc-provider';
import type { Settings } from '../options.ts';
import { newId } from '../state/ids.ts';
import { type Keys, publicJwk } from '../state/keys.ts';
import type { Store } from '../state/store.ts';
import { CLIENT_CREDENTIALS, TOKEN_EXCHANGE } from './client-rules.ts';
import type { Resources } from './resources.ts';
import { knownScopes } from './scopes.ts';

const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';

/** A Connect application that the owner made: a machine of an organization (M2M), or one of the owner's own servers. */
type Application = { kind: 'm2m'; organizationId: string } | { kind: 'first_party' };

export type Applications = {
  /** Makes an application with a secret. */
  add(application: Application): Promise<{ clientId: string; clientSecret: string }>;
  get(clientId: string): Application | undefined;
};

/** The hand-made applications. `oidc-provider` reads them as clients. */
export function openApplications(store: Store): Applications {
  const applications = store.collection<Application>('connect_application');
  const clients = store.collection<AdapterPayload>('Client');
  return {
    get: (clientId) => applications.get(clientId),
    async add(application) {
      const clientId = newId('client');
      const clientSecret = randomBytes(32).toString('hex');
      await applications.set(clientId, application);
      await clients.set(clientId, {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: [application.kind === 'm2m' ? CLIENT_CREDENTIALS : TOKEN_EXCHANGE],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_post',
      });
      return { clientId, clientSecret };
    },
  };
}

/**
 * The grants of hand-made applications: client credentials (RFC 6749 section 4.4) of machines, and token exchange (RFC 8693)
 * of the owner's servers. Their tokens are for the environment, or for another registered resource.
 */
export function registerApplicationGrants(
  provider: Provider,
  parts: { settings: Settings; keys: Keys; resources: Resources; applications: Applications },
): void {
  const { settings, keys, resources, applications } = parts;
  const verifyKeys = createLocalJWKSet({ keys: [publicJwk(keys.access)] });

  async function sign(claims: JWTPayload, latest = Number.POSITIVE_INFINITY) {
    const now = Math.floor(Date.now() / 1000);
    const exp = Math.min(now + settings.behaviour.accessTokenLifetimeSeconds, latest);
    const token = new SignJWT({ ...claims, iss: provider.issuer, jti: newId('token'), iat: now, exp });
    const header = { alg: 'RS256', kid: keys.access.kid ?? '' };
    return {
      access_token: await token.setProtectedHeader(header).sign(await importJWK(keys.access, 'RS256')),
      token_type: 'Bearer',
      expires_in: exp - now,
      scope: claims.scope,
    };
  }

  provider.registerGrantType(
    CLIENT_CREDENTIALS,
    async (ctx) => {
      const clientId = ctx.oidc.client?.clientId ?? '';
      const application = applications.get(clientId);
      if (application?.kind !== 'm2m') throw new errors.UnauthorizedClient('no M2M application');
      ctx.body = await sign({
        aud: settings.clientId,
        sub: clientId,
        client_id: clientId,
        org_id: application.organizationId,
        scope: knownScopes(ctx.oidc.params?.scope).join(' '),
      });
    },
    ['scope'],
  );

  provider.registerGrantType(
    TOKEN_EXCHANGE,
    async (ctx) => {
      const clientId = ctx.oidc.client?.clientId ?? '';
      if (applications.get(clientId)?.kind !== 'first_party')
        throw new errors.UnauthorizedClient('no first-party application');
      const { subject_token: token, subject_token_type: type, resource, scope } = ctx.oidc.params ?? {};
      if (type !== ACCESS_TOKEN_TYPE)
        throw new errors.InvalidRequest('subject_token_type must be an access token');
      const subject = await verified(String(token));
      if (typeof resource !== 'string' || !resources.isRegistered(resource)) throw new errors.InvalidTarget();
      const granted = String(subject.scope ?? '').split(' ');
      const wanted = typeof scope === 'string' ? scope.split(' ') : granted;
      const more = wanted.filter((name) => !granted.includes(name));
      if (more.length > 0) throw new errors.InvalidScope('the token does not have it', more.join(' '));
      const { sub, org_id, sid } = subject;
      const exchanged = { sub, org_id, sid, aud: resource, client_id: clientId, scope: wanted.join(' ') };
      ctx.body = {
        ...(await sign({ ...exchanged, act: { sub: clientId } }, subject.exp)),
        issued_token_type: ACCESS_TOKEN_TYPE,
      };
    },
    ['subject_token', 'subject_token_type', 'resource', 'scope'],
  );

  async function verified(token: string): Promise<JWTPayload> {
    try {
      return (await jwtVerify(token, verifyKeys, { issuer: provider.issuer, requiredClaims: ['sub', 'exp'] }))
        .payload;
    } catch {
      throw new errors.InvalidGrant('subject_token is not a valid access token of this server');
    }
  }
}
