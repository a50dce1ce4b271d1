import type { ReactNode } from 'react';
import { Suspense } from 'react';
import { config } from '#lib/config/env.ts';
import { clientMetadataUrl, resourceUrl } from '#lib/config/urls.ts';
import {
  authorizationRequest,
  authorizationServerExchange,
  challengeExchange,
  protectedResourceExchange,
} from './live-exchanges.ts';

const METADATA_PATH = 'GET /.well-known/oauth-authorization-server';
const METADATA_TITLE = 'Fetches authorization server metadata';

/** Discovery by a client that has only the URL, with the live responses of this deployment. */
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
        How clients connect
      </h2>
      <ol className="mt-4 ml-2.5">
        <Step
          number={1}
          title="Calls the server without a token"
          request="POST /mcp"
          status={challenge.status}
        >
          {challenge.headers[0]?.replace('WWW-Authenticate: ', '')}
        </Step>
        <Step
          number={2}
          title="Fetches protected resource metadata"
          request={path(resource.request)}
          status={resource.status}
        >
          authorization_servers: {authorization_servers.join(', ')}
        </Step>
        <Suspense
          fallback={
            <Step number={3} title={METADATA_TITLE} request={METADATA_PATH} status="loading">
              client_id_metadata_document_supported: …
            </Step>
          }
        >
          <MetadataStep />
        </Suspense>
        <Step
          number={4}
          title="Starts sign-in, identified by its metadata URL (CIMD)"
          request={`GET ${authorizationRequest(settings, undefined).pathname}`}
          status="user approves"
        >
          client_id: {clientMetadataUrl(settings)}
        </Step>
        <Step
          number={5}
          title="Calls the server again, with an access token"
          request="POST /mcp"
          status="200 OK"
        >
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
    <Step number={3} title={METADATA_TITLE} request={METADATA_PATH} status={server?.status ?? 'unavailable'}>
      client_id_metadata_document_supported:{' '}
      {String(metadata?.client_id_metadata_document_supported ?? 'unknown')}
    </Step>
  );
}

/** `GET https://host/path` without the origin, as in the request line. */
function path(request: string): string {
  const [method, url] = request.split(' ');
  return `${method} ${new URL(url ?? '').pathname}`;
}

const STEP_DELAY_MS = 250;

/** One step. The steps appear one after the other. */
function Step({
  number,
  title,
  request,
  status,
  children,
}: {
  number: number;
  title: string;
  request: string;
  status: string;
  children: ReactNode;
}) {
  return (
    <li
      style={{ animationDelay: `${(number - 1) * STEP_DELAY_MS}ms` }}
      className="appear relative border-l border-border pb-5 pl-6 last:border-transparent last:pb-0"
    >
      <span
        aria-hidden
        className="absolute top-0 -left-2.5 size-5 rounded-full bg-accent text-center text-xs/5 text-accent-foreground"
      >
        {number}
      </span>
      <p className="text-sm">{title}</p>
      <p className="mt-1 flex flex-wrap justify-between gap-x-4 text-sm">
        <code className="min-w-0 wrap-anywhere">{request}</code>
        <code className="text-muted-foreground">{status}</code>
      </p>
      <code className="mt-1 line-clamp-2 block text-sm wrap-anywhere text-muted-foreground">{children}</code>
    </li>
  );
}
