import { Link } from '#components/ui/link.tsx';
import type { Config } from '#lib/config/env.ts';
import { clientMetadataUrl, resourceUrl } from '#lib/config/urls.ts';
import { BASE_SCOPES } from '#lib/oauth/scopes.ts';
import type { Step } from './step.ts';

/** Steps 5 to 7: consent, verification, revocation. */
export function tokenSteps(config: Config): readonly Step[] {
  return [
    {
      id: 'consent',
      title: 'You sign in and allow it',
      text: (
        <p>
          AuthKit fetches and checks that document, signs you in and asks. What you see first is the host,
          because that is what was verified; the name is only what the client says. Then it issues a token
          whose audience is this server and no other.
        </p>
      ),
      wire: {
        title: 'Claims of an access token for this server',
        code: JSON.stringify(
          {
            iss: config.authkitDomain,
            aud: resourceUrl(config),
            sub: 'user_…',
            sid: 'app_consent_…',
            client_id: clientMetadataUrl(config),
            scope: BASE_SCOPES.join(' '),
            iat: 1764000000,
            exp: 1764000300,
          },
          null,
          2,
        ),
        mark: `"aud": "${resourceUrl(config)}"`,
      },
      files: ['dev/authkit'],
      sections: ['CIMD -02 section 5', 'RFC 8707 section 2.2', 'RFC 9207 section 2'],
      otherwise: [
        'The resource indicator is missing in the WorkOS dashboard: aud is then the environment’s client id, and every call is refused. It is the most common mistake.',
        'Consent by familiar name alone: anybody can call itself Claude.',
      ],
    },
    {
      id: 'verify',
      title: 'The server verifies the token and runs the tool',
      text: (
        <p>
          Signature against the issuer&apos;s keys, RS256 only; issuer and audience to the byte; expiry and
          issue time; then whether you revoked it. Inside, each refusal has its own reason; outside, all look
          the same. The server has no part in registration and keeps no client secrets.
        </p>
      ),
      wire: {
        title: 'The call again, as you',
        code: `POST ${resourceUrl(config)}\nAuthorization: Bearer eyJhbGciOiJSUzI1NiIs…\nMCP-Protocol-Version: 2026-07-28\nMcp-Method: tools/call\nMcp-Name: whoami\n\n200 OK`,
        mark: 'Authorization: Bearer',
      },
      files: ['lib/oauth/access-token.ts', 'lib/oauth/jwks.ts', 'lib/mcp/endpoint.ts'],
      sections: ['RFC 8725 section 3', 'RFC 9068 section 4', 'RFC 6750 section 3.1'],
      otherwise: [
        'No audience check: a token that another server got from the same issuer works here.',
        'Keys that cannot be fetched answered with 401: clients throw good tokens away. It is 503 here.',
        'A session token of these pages accepted at /mcp: two kinds of token, one door.',
      ],
    },
    {
      id: 'revoke',
      title: 'You see it, and can cut it off',
      text: (
        <p>
          Every call is recorded, without arguments and results. Under{' '}
          <Link className="link" href="/clients">
            Connected clients
          </Link>{' '}
          you see which client did what, and revoke one: its very next call gets the 401 of the first step,
          and its refresh token is dead.
        </p>
      ),
      wire: {
        title: 'The next call of a revoked client',
        code: `POST ${resourceUrl(config)}\nAuthorization: Bearer eyJhbGciOiJSUzI1NiIs…\n\n401 Unauthorized\nWWW-Authenticate: Bearer error="invalid_token", …`,
        mark: '401 Unauthorized',
      },
      files: ['lib/connections/revocation.ts', 'lib/connections/queries.ts', 'lib/workos/grants.ts'],
      sections: ['RFC 7009, in spirit: AuthKit has no revocation endpoint for this'],
      otherwise: [
        'Only the grant is deleted: the token it already has works until it expires.',
        'The database cannot be asked and the call goes through: a revocation that holds only in good weather.',
      ],
    },
  ];
}
