import type { ReactNode } from 'react';
import { Suspense } from 'react';
import { ArrowRight } from '#components/ui/icons.tsx';
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
  const server = new URL(settings.appUrl).host;
  const authkit = new URL(settings.authkitDomain).host;
  return (
    <section
      aria-labelledby="sequence-title"
      className="min-w-0 rounded-lg border border-border bg-card p-5 sm:p-6"
    >
      <h2 id="sequence-title" className="text-base">
        How clients connect
      </h2>
      <p className="mb-5 text-sm text-muted-foreground">With the responses of this server, now.</p>
      <ol className="ml-2.5">
        <Step
          number={1}
          title="Calls the server without a token"
          to={server}
          request="POST /mcp"
          status={challenge.status}
        >
          {challenge.headers[0]?.replace('WWW-Authenticate: ', '')}
        </Step>
        <Step
          number={2}
          title="Fetches protected resource metadata"
          to={server}
          request={path(resource.request)}
          status={resource.status}
        >
          authorization_servers: {authorization_servers.join(', ')}
        </Step>
        <Suspense
          fallback={
            <Step number={3} title={METADATA_TITLE} to={authkit} request={METADATA_PATH} status="loading">
              client_id_metadata_document_supported: …
            </Step>
          }
        >
          <MetadataStep />
        </Suspense>
        <Step
          number={4}
          title="Starts sign-in, identified by its metadata URL (CIMD)"
          to={authkit}
          request={`GET ${authorizationRequest(settings, undefined).pathname}`}
          status="user approves"
        >
          client_id: {clientMetadataUrl(settings)}
        </Step>
        <Step
          number={5}
          title="Calls the server again, with an access token"
          to={server}
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
    <Step
      number={3}
      title={METADATA_TITLE}
      to={new URL(config().authkitDomain).host}
      request={METADATA_PATH}
      status={server?.status ?? 'unavailable'}
    >
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
  to,
  request,
  status,
  children,
}: {
  number: number;
  title: string;
  /** Host that the client calls. */
  to: string;
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
      <p className="flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
        {title}
        <span className="inline-flex items-center gap-1.5 text-xs text-muted-foreground">
          Client <ArrowRight size={12} aria-hidden /> <span className="sr-only">to</span> {to}
        </span>
      </p>
      <p className="mt-1 flex flex-wrap justify-between gap-x-4 text-sm">
        <code className="min-w-0 wrap-anywhere">{request}</code>
        <code className="text-muted-foreground">{status}</code>
      </p>
      <code className="mt-1 line-clamp-2 block text-sm wrap-anywhere text-muted-foreground">{children}</code>
    </li>
  );
}
