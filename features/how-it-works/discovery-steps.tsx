import { rfc } from '#lib/checks/finding.ts';
import { ownClientMetadata } from '#lib/cimd/own-client-metadata.ts';
import type { Config } from '#lib/config/env.ts';
import { authorizationServerMetadataUrl, clientMetadataUrl } from '#lib/config/urls.ts';
import {
  authorizationRequest,
  authorizationServerExchange,
  challengeExchange,
  type LiveExchange,
  protectedResourceExchange,
} from './live-exchanges.ts';
import { cimd, MCP } from './specifications.ts';
import type { Message, Step } from './step.ts';

const METADATA_SHOWN = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'code_challenge_methods_supported',
  'client_id_metadata_document_supported',
  'authorization_response_iss_parameter_supported',
];

const messages = ({ request, status, headers, body }: LiveExchange, mark: string): Message[] => [
  { kind: 'request', head: request },
  { kind: 'response', head: [status, ...headers].join('\n'), body, mark },
];

/** Steps 1 to 4: discovery, and the authorization request. */
export async function discoverySteps(config: Config): Promise<readonly Step[]> {
  const [challenge, resource, server] = await Promise.all([
    challengeExchange(config),
    protectedResourceExchange(config),
    authorizationServerExchange(config),
  ]);
  const metadata = server?.body as Record<string, unknown> | undefined;
  const authorize = authorizationRequest(config, metadata);
  return [
    {
      id: 'challenge',
      title: 'A call without a token',
      text: (
        <p>
          The client has one URL and calls it. The server returns 401 with a <code>WWW-Authenticate</code>{' '}
          header, which contains the URL of its metadata. The client needs no other configuration.
        </p>
      ),
      messages: messages(challenge, quoted(challenge.headers[0], 'resource_metadata')),
      files: ['lib/mcp/endpoint.ts', 'lib/oauth/challenge.ts'],
      spec: [rfc(6750, '3'), rfc(9728, '5.1'), ...MCP.errors],
      mistakes: [
        'The server returns 500, or redirects to a sign-in page, instead of 401: the client cannot continue.',
        'The metadata URL is built from a request header: behind a proxy it contains an internal host, or a host that an attacker chose.',
        'CORS does not expose the header: clients that run in a browser cannot read it.',
      ],
    },
    {
      id: 'protected-resource',
      title: 'Protected resource metadata',
      text: (
        <p>
          In its protected resource metadata the server publishes its identifier, <code>resource</code>, and
          its authorization server. The two are different hosts; this document is the link between them.
        </p>
      ),
      messages: messages(resource, config.authkitDomain),
      files: ['lib/oauth/protected-resource-metadata.ts', 'lib/config/urls.ts'],
      spec: [rfc(9728, '3'), ...MCP.protectedResource],
      mistakes: [
        'The resource differs from the URL that the client called, for example by a slash: strict clients stop, and tokens get another audience.',
        'Several functions build this URL: one of them changes, and the audience check refuses every token.',
      ],
    },
    {
      id: 'authorization-server',
      title: 'Authorization server metadata',
      text: (
        <p>
          The client fetches the metadata of the authorization server and checks that <code>issuer</code> is
          the URL from step 2. <code>client_id_metadata_document_supported</code> means that the client can
          use a URL as its <code>client_id</code>.
        </p>
      ),
      messages: server
        ? messages(
            {
              ...server,
              body: Object.fromEntries(
                METADATA_SHOWN.flatMap((name) =>
                  metadata && name in metadata ? [[name, metadata[name]]] : [],
                ),
              ),
            },
            'client_id_metadata_document_supported',
          )
        : [
            { kind: 'request', head: `GET ${authorizationServerMetadataUrl(config)}` },
            { kind: 'response', head: 'AuthKit did not respond.', mark: 'did not respond' },
          ],
      files: ['lib/oauth/authorization-server-metadata.ts'],
      spec: [rfc(8414, '3'), ...MCP.serverMetadata],
      mistakes: [
        'The client does not compare the issuer: an authorization server can impersonate another one and collect its codes (mix-up attack).',
        'code_challenge_methods_supported is missing: the client has to stop, because without PKCE anyone can redeem a stolen code.',
      ],
    },
    {
      id: 'client-metadata',
      title: 'Authorization request with a client metadata URL',
      text: (
        <>
          <p>
            The client opens AuthKit in your browser. Its <code>client_id</code> is the URL of a document that
            the client publishes, its Client ID Metadata Document (CIMD), so there is no registration.{' '}
            <code>resource</code> is the server that the token is for; the PKCE challenge binds the code to
            this client.
          </p>
          <p>This deployment is also a client of other MCP servers. The example shows its own document:</p>
        </>
      ),
      messages: [
        {
          kind: 'request',
          head: `GET ${readable(authorize)}`,
          mark: `client_id=${clientMetadataUrl(config)}`,
        },
        { kind: 'document', head: clientMetadataUrl(config), body: ownClientMetadata(config) },
      ],
      files: ['lib/cimd/own-client-metadata.ts', 'lib/cimd/client-metadata-document.ts'],
      spec: [cimd('3'), cimd('4'), rfc(8707, '2'), rfc(7636, '4'), ...MCP.registration],
      mistakes: [
        'The authorization server accepts a document whose client_id is not its own URL: anyone can publish a copy and use the name of the client.',
        'The authorization server fetches the document without restrictions: the client chose the URL, so the fetch can reach internal services (SSRF).',
      ],
    },
  ];
}

/** `name="value"` from a header. */
function quoted(header: string | undefined, name: string): string {
  return header?.match(new RegExp(`${name}="[^"]*"`))?.[0] ?? '';
}

/** A URL with one decoded parameter per line. */
function readable(url: URL): string {
  const parameters = [...url.searchParams].map(([name, value]) => `${name}=${value}`);
  return `${url.origin}${url.pathname}\n  ?${parameters.join('\n  &')}`;
}
