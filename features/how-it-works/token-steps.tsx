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
      title: 'Sign-in and consent',
      text: (
        <p>
          AuthKit fetches and validates the document, signs you in and asks for your consent. The consent page
          shows the host first, because only the host is verified; the client chose its name. Then AuthKit
          issues an access token whose audience is this server.
        </p>
      ),
      messages: {
        title: 'Claims of the access token',
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
      spec: ['CIMD -02 section 5', 'RFC 8707 section 2.2', 'RFC 9207 section 2'],
      mistakes: [
        'The resource indicator is missing in the WorkOS dashboard: aud is then the client ID of the environment, and the server refuses every call. This is the most common mistake.',
        'The user decides by the name alone: any client can use the name Claude.',
      ],
    },
    {
      id: 'verify',
      title: 'Token verification and tool call',
      text: (
        <p>
          The server verifies the signature with the keys of the issuer (RS256 only), then issuer and audience
          (exact match), expiry and issue time, then whether you revoked the connection. The log has the
          reason of each refusal; the response is the same for all. The server registers no clients and stores
          no client secrets.
        </p>
      ),
      messages: {
        title: 'The call with the access token',
        code: `POST ${resourceUrl(config)}\nAuthorization: Bearer eyJhbGciOiJSUzI1NiIs…\nMCP-Protocol-Version: 2026-07-28\nMcp-Method: tools/call\nMcp-Name: whoami\n\n200 OK`,
        mark: 'Authorization: Bearer',
      },
      files: ['lib/oauth/access-token.ts', 'lib/oauth/jwks.ts', 'lib/mcp/endpoint.ts'],
      spec: ['RFC 8725 section 3', 'RFC 9068 section 4', 'RFC 6750 section 3.1'],
      mistakes: [
        'The audience is not checked: a token that the same issuer issued for another server is accepted.',
        'The server returns 401 while it cannot fetch the keys: clients discard valid tokens. This server returns 503.',
        'The MCP endpoint accepts the session tokens of the web pages.',
      ],
    },
    {
      id: 'revoke',
      title: 'Review and revoke access',
      text: (
        <p>
          The server records every call, without arguments and results.{' '}
          <Link className="link" href="/clients">
            Connected clients
          </Link>{' '}
          shows the calls of each client. When you revoke a client, its next call gets the 401 of step 1, and
          its refresh token stops working.
        </p>
      ),
      messages: {
        title: 'The next call of a revoked client',
        code: `POST ${resourceUrl(config)}\nAuthorization: Bearer eyJhbGciOiJSUzI1NiIs…\n\n401 Unauthorized\nWWW-Authenticate: Bearer error="invalid_token", …`,
        mark: '401 Unauthorized',
      },
      files: ['lib/connections/revocation.ts', 'lib/connections/queries.ts', 'lib/workos/grants.ts'],
      spec: ['RFC 7009 (AuthKit has the WorkOS API instead of a revocation endpoint)'],
      mistakes: [
        'Only the grant is deleted: the current access token works until it expires.',
        'Calls are allowed while the database is unavailable: revoked clients get through.',
      ],
    },
  ];
}
