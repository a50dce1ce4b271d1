import { Link } from '#components/ui/link.tsx';
import { rfc } from '#lib/checks/finding.ts';
import type { Config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import type { Claims } from './own-claims.ts';
import { cimd, MCP } from './specifications.ts';
import type { Step } from './step.ts';

const CLAIMS_OF: Record<Claims['of'], string> = {
  example: 'Claims of an access token',
  person: 'Claims of an access token that a client gets for you',
  connection: 'Claims of your most recently used client, as it presented them',
};

/** Steps 5 to 7: consent, verification, revocation. */
export function tokenSteps(config: Config, { of, claims }: Claims): readonly Step[] {
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
      messages: [
        {
          kind: 'document',
          head: CLAIMS_OF[of],
          body: claims,
          mark: resourceUrl(config),
        },
      ],
      files: ['dev/authkit'],
      spec: [cimd('5'), rfc(8707, '2.2'), rfc(9207, '2'), ...MCP.resourceParameter],
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
      messages: [
        {
          kind: 'request',
          head: `POST ${resourceUrl(config)}\nAuthorization: Bearer eyJhbGciOiJSUzI1NiIs…\nMCP-Protocol-Version: 2026-07-28\nMcp-Method: tools/call\nMcp-Name: whoami`,
          mark: 'Bearer',
        },
        { kind: 'response', head: '200 OK\nContent-Type: application/json' },
      ],
      files: ['lib/oauth/access-token.ts', 'lib/oauth/jwks.ts', 'lib/mcp/endpoint.ts'],
      spec: [rfc(8725, '3'), rfc(9068, '4'), rfc(6750, '3.1'), ...MCP.tokens],
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
      messages: [
        {
          kind: 'request',
          head: `POST ${resourceUrl(config)}\nAuthorization: Bearer eyJhbGciOiJSUzI1NiIs…`,
        },
        {
          kind: 'response',
          head: '401 Unauthorized\nWWW-Authenticate: Bearer error="invalid_token", …',
          mark: '401 Unauthorized',
        },
      ],
      files: ['lib/connections/revocation.ts', 'lib/connections/queries.ts', 'lib/workos/grants.ts'],
      spec: [{ ...rfc(7009, '2'), name: 'RFC 7009 section 2 (AuthKit has the WorkOS API instead)' }],
      mistakes: [
        'Only the grant is deleted: the current access token works until it expires.',
        'Calls are allowed while the database is unavailable: revoked clients get through.',
      ],
    },
  ];
}
