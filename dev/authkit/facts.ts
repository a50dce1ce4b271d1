import type { Behaviour } from './options.ts';

/**
 * Where a fact comes from: WorkOS's documentation, its published OpenAPI description, its own emulator, code and issues of
 * teams with a real AuthKit (as of November 2026). `open`: no source settles it.
 */
type Source = 'doc' | 'spec' | 'emu' | 'field' | 'open';

type Fact = {
  id: string;
  text: string;
  sources: readonly Source[];
  /** The options that change it. An open fact has one. */
  options?: readonly (keyof Behaviour)[];
  /** Why local AuthKit does not show it. */
  untested?: string;
};

/** What is known about the real AuthKit. `tests/integration/authkit/facts.test.ts` has a test for each. */
export const FACTS = [
  {
    id: 'token-claims',
    text: 'Access tokens for MCP have iss, aud, sub, client_id, scope, sid, jti, exp, iat, and org_id when an organization was chosen; the same for metadata documents, registration and refresh',
    sources: ['doc'],
    options: ['claims'],
  },
  {
    id: 'no-permissions',
    text: 'Access tokens for MCP have no permissions and no role; the API has them',
    sources: ['doc', 'emu', 'field'],
    options: ['claims'],
  },
  {
    id: 'token-header',
    text: 'The header of an access token has alg and kid, and no typ',
    sources: ['field', 'doc'],
    options: ['tokenType'],
  },
  {
    id: 'token-lifetime',
    text: 'Access tokens live 300 seconds; here 900 unless it is set',
    sources: ['field', 'doc'],
    options: ['accessTokenLifetimeSeconds'],
  },
  {
    id: 'offline-access',
    text: 'A refresh token needs the scope offline_access',
    sources: ['doc', 'field'],
  },
  {
    id: 'jwt-template',
    text: 'A JWT template replaces claims, scope and org_id included, but not iss, sub, exp, iat and jti',
    sources: ['doc'],
    options: ['jwtTemplate', 'clockAheadSeconds', 'fractionalTimes'],
  },
  {
    id: 'template-audience',
    text: 'Whether aud of a JWT template replaces the resource',
    sources: ['open'],
    options: ['templateAudienceWins'],
  },
  {
    id: 'machine-tokens',
    text: 'A token of a machine (client credentials) has sub = client_id, its org_id, the client id of the environment as aud, and no sid',
    sources: ['doc'],
  },
  {
    id: 'exchanged-tokens',
    text: 'A first-party application exchanges a token (RFC 8693) for another registered resource; the new token has act',
    sources: ['doc'],
  },
  {
    id: 'device-grant',
    text: 'The device grant ignores resource; its tokens are for the client id',
    sources: ['field', 'open'],
    options: ['deviceGrantUsesDefault'],
  },
  {
    id: 'consent-per-organization',
    text: 'A person has a consent with a sid of its own for each client and organization',
    sources: ['doc'],
  },
  { id: 'sid-after-refresh', text: 'sid stays the same over refreshes', sources: ['doc'] },
  {
    id: 'reconsent-sid',
    text: 'Whether a consent after a deleted one has a new sid',
    sources: ['open'],
    options: ['reconsentSid'],
  },
  {
    id: 'refresh-reuse',
    text: 'Whether a rotated refresh token works for some seconds',
    sources: ['open'],
    options: ['refreshReuseGraceSeconds', 'sessionReuseGraceSeconds'],
  },
  {
    id: 'resource-indicator-api',
    text: 'Resource indicators can be listed, registered and deleted; a duplicate is 422. Redirect URIs can be listed',
    sources: ['doc', 'emu'],
    options: ['redirectUris'],
  },
  {
    id: 'unregistered-resource',
    text: 'An unregistered resource is no error: the token is for the client id of the environment or of the application. A malformed one is invalid_target',
    sources: ['emu', 'field', 'open'],
    options: ['unregisteredAudience', 'resourceIndicator'],
  },
  {
    id: 'default-indicator',
    text: 'A default resource indicator is the audience for clients that send no resource',
    sources: ['field'],
    options: ['resourceIndicator'],
  },
  {
    id: 'grants-list',
    text: 'Grants are listed for a person, and for an organization with user_id; limit is 1 to 100; grants for other resources and first-party applications are in the list',
    sources: ['spec'],
    options: ['firstPartyClientIds'],
  },
  {
    id: 'grant-list-lag',
    text: 'Whether the list of grants lags behind',
    sources: ['open'],
    options: ['grantListLagSeconds'],
  },
  {
    id: 'grant-deletion',
    text: 'A grant is deleted by the application id or the client id: 204, then 404 with a message',
    sources: ['spec'],
  },
  {
    id: 'grant-deletion-scope',
    text: 'No request deletes the grant of one organization. Whether a deletion ends the consents of all organizations',
    sources: ['spec', 'open'],
    options: ['deleteEndsEveryOrganization'],
  },
  {
    id: 'organization-members',
    text: 'The people of an organization are listed by organization_id; limit is 1 to 100',
    sources: ['doc'],
  },
  {
    id: 'application-id',
    text: 'The prefix of application ids: app in the field, conn_app in the documentation',
    sources: ['doc', 'field', 'open'],
    options: ['applicationIdPrefix'],
  },
  {
    id: 'grant-client-id',
    text: 'Whether the list names a client with a metadata document by its URL',
    sources: ['open'],
    options: ['grantClientId'],
  },
  {
    id: 'deletion-ends-refresh',
    text: 'Whether the deletion of a grant ends its refresh tokens',
    sources: ['open'],
    options: ['deleteEndsRefreshTokens'],
  },
  {
    id: 'no-grant-event',
    text: 'No webhook announces the end of a grant; people, sessions, memberships and roles have some',
    sources: ['spec'],
  },
  {
    id: 'rate-limit',
    text: 'One API key has 6,000 requests a minute; more are 429 with Retry-After',
    sources: ['doc'],
    options: ['requestsPerMinute'],
  },
  {
    id: 'endpoints',
    text: 'The issuer is an origin without a slash, and the endpoints are under /oauth2',
    sources: ['doc', 'emu'],
  },
  {
    id: 'not-observed',
    text: 'private_key_jwt and iss in authorization responses were not observed',
    sources: ['emu'],
    options: ['privateKeyJwt', 'issInResponse'],
  },
  {
    id: 'cimd',
    text: 'Metadata documents have a switch; a bad one ends in 302 error=invalid_client_metadata; loopback redirects work with any port',
    sources: ['doc', 'field'],
    options: ['cimd'],
  },
  {
    id: 'cors',
    text: 'The token endpoint can be read by configured web origins only; other preflights succeed, and the answer has no header',
    sources: ['field'],
    options: ['corsOrigins'],
  },
  {
    id: 'omitted-scope',
    text: 'What a request without scope gets: all scopes, or no refresh token',
    sources: ['open'],
    options: ['omittedScope'],
  },
  {
    id: 'initiate-login',
    text: 'AuthKit starts sign-ins at the Initiate login URI; without one people arrive at the callback without state',
    sources: ['doc'],
    options: ['initiateLoginUri'],
  },
  {
    id: 'impersonation',
    text: 'A session of an impersonator says so: impersonator, and act in the token',
    sources: ['doc', 'emu'],
  },
  {
    id: 'organization-selection',
    text: 'Whether a sign-in with several organizations ends in 403 organization_selection_required',
    sources: ['doc', 'open'],
    options: ['organizationSelection'],
  },
  {
    id: 'role-permissions',
    text: 'Whether a role of the API has its permissions',
    sources: ['spec', 'emu', 'open'],
    options: ['permissionsInRole'],
  },
  {
    id: 'hand-made-applications',
    text: 'Permission slugs can be scopes of hand-made Connect applications; the default indicator does not apply to these',
    sources: ['field'],
    untested: 'no hand-made applications here: a tool sees only a scope that it does not know',
  },
  {
    id: 'cookie-variables',
    text: 'authkit-nextjs reads WORKOS_COOKIE_NAME, _DOMAIN, _MAX_AGE, _SAMESITE and NEXT_PUBLIC_WORKOS_REDIRECT_URI',
    sources: ['doc'],
    untested: 'it concerns the app alone',
  },
  {
    id: 'authentication-domain',
    text: 'A custom authentication API domain replaces api.workos.com',
    sources: ['doc'],
    untested: 'local AuthKit is itself at another address',
  },
  {
    id: 'standalone-connect',
    text: 'A team with its own login completes authorizations by POST /authkit/oauth2/complete',
    sources: ['doc'],
    untested: 'tokens are verified the same way, and the pages of this app need AuthKit',
  },
] as const satisfies readonly Fact[];
