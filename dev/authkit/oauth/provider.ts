import type { JWK } from 'jose';
import Provider, { type errors, interactionPolicy } from 'oidc-provider';
import { sanitize } from '#lib/text/sanitize.ts';
import { BROWSER_SESSION_LIFETIME_S } from '../http/browser-session.ts';
import type { Settings } from '../options.ts';
import { errorPage } from '../pages/message.ts';
import { sendPage } from '../pages/send.ts';
import { storeAdapter } from '../state/adapter.ts';
import type { Directory } from '../state/directory.ts';
import type { Grants } from '../state/grants.ts';
import { newId } from '../state/ids.ts';
import type { Keys } from '../state/keys.ts';
import { displayName, type People } from '../state/people.ts';
import type { Store } from '../state/store.ts';
import { accessTokenClaims } from './access-token.ts';
import { applyClientRules } from './client-rules.ts';
import { clientAuthMethods } from './metadata.ts';
import { outboundFetch } from './outbound.ts';
import type { Resources } from './resources.ts';
import { SCOPES } from './scopes.ts';

const DAY_S = 24 * 60 * 60;

export type ProviderParts = {
  issuer: string;
  settings: Settings;
  store: Store;
  keys: Keys;
  people: People;
  directory: Directory;
  grants: Grants;
  resources: Resources;
};

/** `oidc-provider`, configured to behave as AuthKit does for MCP clients. */
export function createProvider(parts: ProviderParts): Provider {
  const { issuer, settings, store, keys, people, directory, grants, resources } = parts;
  const { behaviour } = settings;
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  const port = new URL(issuer).port;

  const provider: Provider = new Provider(issuer, {
    adapter: storeAdapter(store, behaviour),
    jwks: { keys: [keys.access as JWK & { kty: 'RSA' }] },
    routes: {
      authorization: '/oauth2/authorize',
      token: '/oauth2/token',
      jwks: '/oauth2/jwks',
      registration: '/oauth2/register',
      end_session: '/oauth2/session/end',
    },
    cookies: {
      keys: keys.cookies,
      // All ports of `localhost` share cookies, with the app and with other local AuthKits.
      names: {
        session: `authkit_${port}_session`,
        interaction: `authkit_${port}_interaction`,
        resume: `authkit_${port}_resume`,
      },
      long: { httpOnly: true, sameSite: 'lax' },
      short: { httpOnly: true, sameSite: 'lax' },
    },
    features: {
      clientIdMetadataDocument: {
        enabled: true,
        ack: 'draft-02',
        allowFetch: () => behaviour.cimd,
        allowClient: () => behaviour.cimd,
        // Without a minimum, every step of a sign-in would fetch the document again.
        cacheDuration: { min: 30, max: 60 },
      },
      registration: {
        enabled: true,
        issueRegistrationAccessToken: false,
        idFactory: () => newId('client'),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, _client, oneOf) => oneOf ?? resources.fallback(),
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, identifier) => resources.server(ctx, identifier),
      },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    scopes: SCOPES,
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name'],
      email: ['email', 'email_verified'],
    },
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: clientAuthMethods(behaviour),
    clientDefaults: { grant_types: ['authorization_code', 'refresh_token'] },
    extraClientMetadata: {
      // The validator runs once for each property in this list.
      properties: ['software_id'],
      validator: (_ctx, _key, _value, metadata) => applyClientRules(metadata, behaviour),
    },
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') && source.scopes.has('offline_access'),
    expiresWithSession: () => false,
    // A replayed token ends the refresh tokens of its consent. The consent itself remains.
    revokeGrantPolicy: () => false,
    async loadExistingGrant(ctx) {
      const { session, client, result } = ctx.oidc;
      const consented = result?.consent?.grantId;
      if (consented !== undefined) return provider.Grant.find(consented);
      const userId = session?.accountId ?? '';
      const [membership, ...others] = directory.of(userId);
      // Someone with several organizations chooses one each time.
      if (others.length > 0) return undefined;
      const consent = grants.consentOf(userId, client?.clientId ?? '', membership?.organizationId);
      return consent && provider.Grant.find(consent.id);
    },
    findAccount(_ctx, id) {
      const person = people.find(id);
      if (person === undefined) return undefined;
      const claims = {
        sub: id,
        name: displayName(person),
        given_name: person.firstName ?? undefined,
        family_name: person.lastName ?? undefined,
        email: person.email,
        email_verified: true,
      };
      return { accountId: id, claims: () => claims };
    },
    formats: {
      customizers: {
        jwt(_ctx, token, jwt) {
          if (token.kind !== 'AccessToken') return;
          const organizationId = grants.organizationOf(token.grantId ?? '');
          const membership = directory
            .of(token.accountId)
            .find((one) => one.organizationId === organizationId);
          const permissions = directory.permissions(membership);
          jwt.payload = accessTokenClaims(settings, jwt.payload, {
            id: token.grantId,
            organizationId,
            permissions,
          });
          const { tokenType } = behaviour;
          jwt.header = { typ: tokenType === 'none' ? undefined : tokenType };
        },
      },
    },
    interactions: { policy, url: (_ctx, { uid }) => `/interaction/${uid}` },
    renderError(ctx, out, error) {
      const text = detailOf(error) || out.error_description;
      sendPage(ctx, errorPage({ code: out.error, text, status: ctx.status }));
    },
    ttl: {
      AccessToken: () => behaviour.accessTokenLifetimeSeconds,
      AuthorizationCode: () => 120,
      IdToken: () => behaviour.accessTokenLifetimeSeconds,
      Interaction: () => 3600,
      RefreshToken: () => 30 * DAY_S,
      Session: () => BROWSER_SESSION_LIFETIME_S,
      Grant: () => 3650 * DAY_S,
    },
    fetch: outboundFetch(settings.appUrl),
  });

  const refused = (what: string) => (_ctx: unknown, error: Error) =>
    settings.log(`local AuthKit refused ${what}: ${sanitize(`${error.message}; ${detailOf(error)}`, 400)}`);
  provider.on('authorization.error', refused('an authorization'));
  provider.on('grant.error', refused('a token'));
  provider.on('registration_create.error', refused('a registration'));
  provider.on('server_error', (_ctx, error) => {
    console.error('local AuthKit: unexpected error', error.stack ?? String(error));
  });
  return provider;
}

/** The reason and the causes of an error. Developers see them, clients do not. */
function detailOf(error: Error): string {
  const { error_description = '', error_detail = '' } = error as Partial<errors.OIDCProviderError>;
  const causes: string[] = [];
  for (let { cause } = error; cause instanceof Error; { cause } = cause) causes.push(cause.message);
  return [...new Set([error_description, error_detail, ...causes])].filter(Boolean).join('; ');
}
