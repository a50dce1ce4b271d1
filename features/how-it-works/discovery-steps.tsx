import { ownClientMetadata } from '#lib/cimd/own-client-metadata.ts';
import type { Config } from '#lib/config/env.ts';
import { clientMetadataUrl } from '#lib/config/urls.ts';
import {
  authorizationRequest,
  authorizationServerExchange,
  challengeExchange,
  type Exchange,
  protectedResourceExchange,
} from './own-exchanges.ts';
import type { Step } from './step.ts';

const METADATA_SHOWN = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'code_challenge_methods_supported',
  'client_id_metadata_document_supported',
  'authorization_response_iss_parameter_supported',
];

function wireText({ request, status, headers, body }: Exchange): string {
  return `${request}\n\n${status}\n${headers.join('\n')}\n\n${JSON.stringify(body, null, 2)}`;
}

/** Steps 1 to 4: how a client finds its way and introduces itself. */
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
          The client knows one URL and calls it. The server answers 401 and says, in{' '}
          <code>WWW-Authenticate</code>, where to read on. That header is the whole introduction: nothing is
          configured in the client.
        </p>
      ),
      wire: {
        title: 'Call and challenge',
        code: wireText(challenge),
        mark: quoted(challenge.headers[0], 'resource_metadata'),
      },
      files: ['lib/mcp/endpoint.ts', 'lib/oauth/challenge.ts'],
      sections: ['RFC 6750 section 3', 'RFC 9728 section 5.1', 'MCP, Authorization'],
      otherwise: [
        'A 500 or a redirect to a sign-in page in place of the 401: the client has nowhere to go.',
        'A metadata URL made from a request header: behind a proxy it names a host that nobody outside can reach, or one an attacker chose.',
        'The header not exposed to browsers (CORS): clients that run in one never see it.',
      ],
    },
    {
      id: 'protected-resource',
      title: 'What protects this server',
      text: (
        <p>
          Protected resource metadata is one document in which the server names its own identifier,{' '}
          <code>resource</code>, and its authorization server. This was the missing link: server and
          authorization server are different hosts, and now the first one points at the second.
        </p>
      ),
      wire: { title: 'Protected resource metadata', code: wireText(resource), mark: config.authkitDomain },
      files: ['lib/oauth/protected-resource-metadata.ts', 'lib/config/urls.ts'],
      sections: ['RFC 9728 section 3'],
      otherwise: [
        'A resource that differs from the URL the client called, by a slash or a host: strict clients stop here, and tokens are made for something else.',
        'Several places that each build this URL: one of them drifts, and it is the one that verifies tokens.',
      ],
    },
    {
      id: 'authorization-server',
      title: 'What the authorization server can do',
      text: (
        <p>
          The client reads the authorization server&apos;s metadata and checks that <code>issuer</code> is the
          one it was sent to. <code>client_id_metadata_document_supported</code> says that it may introduce
          itself by a URL.
        </p>
      ),
      wire: server
        ? {
            title: 'Authorization server metadata, shortened',
            code: wireText({
              ...server,
              body: Object.fromEntries(
                METADATA_SHOWN.flatMap((name) =>
                  metadata && name in metadata ? [[name, metadata[name]]] : [],
                ),
              ),
            }),
            mark: `"client_id_metadata_document_supported": ${metadata?.client_id_metadata_document_supported}`,
          }
        : {
            title: 'Authorization server metadata',
            code: `GET ${config.authkitDomain}/.well-known/oauth-authorization-server\n\nIt did not answer when this page was made.`,
            mark: 'did not answer',
          },
      files: ['lib/oauth/authorization-server-metadata.ts'],
      sections: ['RFC 8414 section 3', 'MCP, Client registration'],
      otherwise: [
        'An issuer that is not compared: one authorization server can pass itself off as another and collect codes meant for it (mix-up).',
        'No code_challenge_methods_supported: a client has to stop, since a stolen code could be redeemed by anyone.',
      ],
    },
    {
      id: 'client-metadata',
      title: 'The client introduces itself by a URL',
      text: (
        <>
          <p>
            It sends you to AuthKit. Its <code>client_id</code> is the URL of a document that it publishes
            itself, its Client ID Metadata Document (CIMD). Nobody registered anything. <code>resource</code>{' '}
            says which server the token is for; the PKCE challenge ties the answer to this client.
          </p>
          <p>This server is a client too, in its inspector. This is its own document:</p>
        </>
      ),
      wire: {
        title: 'Authorization request, and the document behind client_id',
        code: `GET ${readable(authorize)}\n\nGET ${clientMetadataUrl(config)}\n\n${JSON.stringify(ownClientMetadata(config), null, 2)}`,
        mark: `client_id=${clientMetadataUrl(config)}`,
      },
      files: ['lib/cimd/own-client-metadata.ts', 'lib/cimd/client-metadata-document.ts'],
      sections: ['CIMD -02 sections 3 and 4', 'RFC 8707 section 2', 'RFC 7636 section 4'],
      otherwise: [
        'A document whose client_id differs from its own URL in one byte: anyone could copy it and speak in its name.',
        'A document fetched without care: the URL is a stranger’s, so an unguarded fetch reaches internal services (SSRF).',
      ],
    },
  ];
}

/** `name="value"` out of a header. */
function quoted(header: string | undefined, name: string): string {
  return header?.match(new RegExp(`${name}="[^"]*"`))?.[0] ?? '';
}

/** A URL with one parameter a line, decoded: for reading, not for sending. */
function readable(url: URL): string {
  const parameters = [...url.searchParams].map(([name, value]) => `${name}=${value}`);
  return `${url.origin}${url.pathname}\n  ?${parameters.join('\n  &')}`;
}
