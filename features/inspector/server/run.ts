import { type Discovery, discover } from '#features/discovery/discovery.ts';
import { discoveryFindings } from '#features/discovery/findings.ts';
import { Masker } from '#features/discovery/masking.ts';
import { lenientTarget, signInTarget } from '#features/discovery/target.ts';
import type { Finding } from '#lib/checks/finding.ts';
import { clientMetadataUrl } from '#lib/config/urls.ts';
import { boundedBody } from '#lib/http/bounded-body.ts';
import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import { type RunEvent, type RunRequest, runRequest, type SignInOffer } from '../messages.ts';
import { exchangePrefix, type InspectorContext } from './context.ts';
import { seal } from './seal.ts';
import { parseJson, refuse, STREAM_HEADERS, unauthorized } from './stream.ts';

const MAX_BODY_BYTES = 16 * 1024;
/** How long a user may take to sign in after a run. */
const OFFER_LIFETIME_SECONDS = 1800;

/**
 * `POST /inspector/api/run`: runs discovery for the given URL. The response is one JSON object per line: each
 * exchange as it happens, and last the findings. It is a route handler because it streams: Server Actions run one
 * at a time and cannot be aborted.
 */
export async function runInspector(
  request: Request,
  context: InspectorContext | MutationRefusal,
): Promise<Response> {
  if (typeof context === 'string') return unauthorized(context);
  if (!request.headers.get('content-type')?.startsWith('application/json'))
    return refuse(415, 'invalid_request');
  const bytes = await boundedBody(request, MAX_BODY_BYTES);
  if (bytes === undefined) return refuse(413, 'invalid_request');
  const { data } = runRequest.safeParse(parseJson(bytes));
  if (data === undefined) return refuse(400, 'invalid_request');
  return new Response(stream(data, request.signal, context), {
    headers: STREAM_HEADERS,
  });
}

function stream(
  request: RunRequest,
  signal: AbortSignal,
  context: InspectorContext,
): ReadableStream<Uint8Array> {
  const { config, fetch, user } = context;
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      const send = (event: RunEvent) => {
        // The user may have left the page; the stream is then closed.
        if (!signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`));
      };
      const discovery = await discover(request.url, {
        fetch,
        allowLoopback: config.loopback,
        limitKey: user.id,
        origin: config.appUrl,
        idPrefix: exchangePrefix(),
        revision: request.revision,
        registration: request.registration,
        signal,
        onEvent: send,
      });
      const findings = discoveryFindings(discovery);
      const wrongPath = discovery.problems.find((problem) => problem.reason === 'wrong_path');
      send({
        type: 'done',
        shownUrl: new Masker().url(discovery.serverUrl),
        revision: discovery.revision,
        findings,
        stoppedAt: firstStop(discovery, findings),
        betterUrl: wrongPath?.resource,
        offer: await signInOffer(discovery, findings, request, context),
        open: discovery.challenge?.outcome === 'open',
      });
      if (!signal.aborted) controller.close();
    },
  });
}

/** The earliest exchange with an error: strict clients go no further. */
function firstStop({ exchanges }: Discovery, findings: readonly Finding[]): string | undefined {
  const stops = new Set(
    findings.flatMap(({ severity, exchangeId }) => (severity === 'error' ? (exchangeId ?? []) : [])),
  );
  return exchanges.find(({ id }) => stops.has(id))?.id;
}

async function signInOffer(
  discovery: Discovery,
  findings: readonly Finding[],
  { registration }: RunRequest,
  context: InspectorContext,
): Promise<SignInOffer | undefined> {
  const target = signInTarget(discovery) ?? lenientTarget(discovery);
  if (target === undefined) return undefined;
  return {
    sealed: await seal(context, target, { kind: 'target', lifetimeSeconds: OFFER_LIFETIME_SECONDS }),
    issuer: target.issuer,
    resource: target.resource,
    scopes: target.scopes ?? [],
    document: target.acceptsClientDocuments,
    registration: target.registrationEndpoint !== undefined,
    clientId: clientMetadataUrl(context.config),
    preferred: registration,
    refusedFor: findings.filter(({ severity }) => severity === 'error').map(({ title }) => title),
  };
}
