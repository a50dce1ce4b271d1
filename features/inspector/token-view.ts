import { decodeJwt, decodeProtectedHeader } from 'jose';
import { isObject } from '#lib/text/json.ts';
import { sanitize } from '#lib/text/sanitize.ts';

/** What an access token says, without the token. Not verified: that is the task of its server. */
export type TokenView =
  | { format: 'opaque' }
  | { format: 'jwt'; header: Readonly<Record<string, unknown>>; claims: Readonly<Record<string, unknown>> };

const MAX_CLAIMS = 60;
const MAX_CHARACTERS = 2_000;

/** Reads a token. Its signature is left out, so that the view is of no use as a token. */
export function tokenView(token: string): TokenView {
  try {
    return {
      format: 'jwt',
      header: bounded(decodeProtectedHeader(token)),
      claims: bounded(decodeJwt(token)),
    };
  } catch {
    return { format: 'opaque' };
  }
}

function bounded(values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .slice(0, MAX_CLAIMS)
      .map(([name, value]) => [
        name,
        JSON.stringify(value).length > MAX_CHARACTERS
          ? `(${JSON.stringify(value).length} characters)`
          : value,
      ]),
  );
}

/** What each claim means (RFC 7519 section 4.1, RFC 9068 section 2.2, and the claims of WorkOS). */
const MEANINGS: Readonly<Record<string, string>> = {
  iss: 'Authorization server that issued the token',
  aud: 'Servers that may accept the token',
  sub: 'Subject: the person, or the client itself',
  client_id: 'Client that the token was issued to',
  azp: 'Client that the token was issued to',
  scope: 'What the client may do',
  scp: 'What the client may do',
  exp: 'Expires',
  iat: 'Issued',
  nbf: 'Not valid before',
  jti: 'Identifier of this token',
  sid: 'Session, or consent, that the token belongs to',
  auth_time: 'When the person signed in',
  acr: 'How strongly the person was authenticated',
  amr: 'Methods of the authentication',
  org_id: 'Organization that the person acts in',
  role: 'Role in the organization',
  roles: 'Roles in the organization',
  permissions: 'Permissions that the role gives',
  entitlements: 'Entitlements of the organization',
  email: 'E-mail address of the person',
  name: 'Name of the person',
  act: 'Who acts for the subject',
  cnf: 'Key that the client must prove to hold',
  alg: 'Algorithm of the signature',
  kid: 'Key of the signature, in the JWKS of the issuer',
  typ: 'Type; at+jwt is an access token (RFC 9068)',
};
const TIMES = new Set(['exp', 'iat', 'nbf', 'auth_time']);

export type ClaimRow = {
  name: string;
  /** As JSON, without invisible characters. */
  value: string;
  meaning: string | undefined;
  /** Milliseconds since the epoch, of a time. */
  at?: number;
};

/** The claims as rows, those of the standards first. */
export function claimRows(claims: Readonly<Record<string, unknown>>): ClaimRow[] {
  const known = Object.keys(MEANINGS);
  const rank = (name: string) => (known.includes(name) ? known.indexOf(name) : known.length);
  return Object.entries(claims)
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([name, value]) => ({
      name: sanitize(name, 80),
      value: sanitize(typeof value === 'string' ? value : JSON.stringify(value), MAX_CHARACTERS),
      meaning: Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined,
      ...(TIMES.has(name) && typeof value === 'number' && { at: value * 1000 }),
    }));
}

/** Why a server that follows the standards refuses a token. */
export type TokenRefusal = { claim: string; why: string };

/**
 * What a server has to refuse a token for (MCP "Token Handling", RFC 9068 section 4, RFC 8725), as far as its claims
 * show it.
 *
 * @param expected - `resource` is the server's; `issuer` undefined accepts any
 */
export function tokenRefusals(
  view: TokenView,
  expected: { resource: string; issuer?: string | undefined },
  now: number,
): TokenRefusal[] {
  if (view.format === 'opaque') return [];
  const { header, claims } = view;
  const { aud, iss, exp, nbf, sub } = claims;
  const refusals: TokenRefusal[] = [];
  const refuse = (claim: string, why: string) => refusals.push({ claim, why });
  if (typeof header.alg !== 'string' || header.alg.toLowerCase() === 'none')
    refuse('alg', 'The token is not signed.');
  const audiences = Array.isArray(aud) ? aud : aud === undefined ? [] : [aud];
  if (!audiences.includes(expected.resource))
    refuse(
      'aud',
      audiences.length === 0
        ? `It names no audience; the server is ${expected.resource}.`
        : `It is meant for another server than ${expected.resource}.`,
    );
  if (expected.issuer !== undefined && iss !== expected.issuer)
    refuse('iss', `It was not issued by ${expected.issuer}.`);
  if (typeof exp !== 'number') refuse('exp', 'It has no expiry.');
  else if (exp * 1000 <= now) refuse('exp', 'It has expired.');
  if (typeof nbf === 'number' && nbf * 1000 > now) refuse('nbf', 'It is not valid yet.');
  if (typeof sub !== 'string' || sub === '') refuse('sub', 'It has no subject.');
  if (isObject(claims.cnf)) refuse('cnf', 'It is bound to a key, and the inspector sends no proof of one.');
  return refusals;
}
