import type { ReactNode } from 'react';
import { Suspense } from 'react';
import { config } from '#lib/config/env.ts';
import { clientMetadataUrl, resourceUrl } from '#lib/config/urls.ts';
import {
  authorizationRequest,
  authorizationServerExchange,
  challengeExchange,
  protectedResourceExchange,
} from './own-exchanges.ts';

const METADATA_PATH = 'GET /.well-known/oauth-authorization-server';
const ASKS = 'It asks the authorization server what it can';

/** How a client that knows only the URL finds its way, with what this deployment really answers. */
export async function DiscoverySequence() {
  const settings = config();
  const [challenge, resource] = await Promise.all([
    challengeExchange(settings),
    protectedResourceExchange(settings),
  ]);
  const { authorization_servers } = resource.body as { authorization_servers: readonly string[] };
  return (
    <section aria-labelledby="sequence-title" className="min-w-0">
      <h2 id="sequence-title" className="text-sm text-muted-foreground">
        What a client does with it
      </h2>
      <ol className="sequence mt-4 ml-2.5">
        <Step title="It calls without a token" request="POST /mcp" status={challenge.status}>
          {challenge.headers[0]?.replace('WWW-Authenticate: ', '')}
        </Step>
        <Step
          title="It reads what protects this server"
          request={path(resource.request)}
          status={resource.status}
        >
          authorization_servers: {authorization_servers.join(', ')}
        </Step>
        <Suspense
          fallback={
            <Step title={ASKS} request={METADATA_PATH} status="asking">
              client_id_metadata_document_supported: …
            </Step>
          }
        >
          <MetadataStep />
        </Suspense>
        <Step
          title="It sends you there to sign in, naming itself by a URL it controls"
          request={`GET ${authorizationRequest(settings, undefined).pathname}`}
          status="you allow it"
        >
          client_id: {clientMetadataUrl(settings)}
        </Step>
        <Step title="It calls again, as you" request="POST /mcp" status="200 OK">
          Authorization: Bearer … aud: {resourceUrl(settings)}
        </Step>
      </ol>
    </section>
  );
}

async function MetadataStep() {
  const server = await authorizationServerExchange(config());
  const metadata = server?.body as Record<string, unknown> | undefined;
  return (
    <Step title={ASKS} request={METADATA_PATH} status={server?.status ?? 'no answer'}>
      client_id_metadata_document_supported:{' '}
      {String(metadata?.client_id_metadata_document_supported ?? 'unknown')}
    </Step>
  );
}

/** `GET https://host/path` without the origin: what goes over the wire. */
function path(request: string): string {
  const [method, url] = request.split(' ');
  return `${method} ${new URL(url ?? '').pathname}`;
}

function Step({
  title,
  request,
  status,
  children,
}: {
  title: string;
  request: string;
  status: string;
  children: ReactNode;
}) {
  return (
    <li className="relative border-l border-border pb-5 pl-6 last:border-transparent last:pb-0">
      <p className="text-sm">{title}</p>
      <p className="mt-1 flex flex-wrap justify-between gap-x-4 text-sm">
        <code className="min-w-0 wrap-anywhere">{request}</code>
        <code className="text-muted-foreground">{status}</code>
      </p>
      <code className="mt-1 line-clamp-2 block text-sm wrap-anywhere text-muted-foreground">{children}</code>
    </li>
  );
}
