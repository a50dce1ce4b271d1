import { type Discovery, discover } from '#features/discovery/discovery.ts';
import { discoveryFindings } from '#features/discovery/findings.ts';
import { Masker } from '#features/discovery/masking.ts';
import { lenientTarget, signInTarget } from '#features/discovery/target.ts';
import type { Finding } from '#lib/checks/finding.ts';
import { clientMetadataUrl } from '#lib/config/urls.ts';
import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import { type RunEvent, type RunRequest, runRequest, type SignInOffer } from '../messages.ts';
import { exchangePrefix, type InspectorContext } from './context.ts';
import { seal } from './seal.ts';
import { readRequest, streamLines } from './stream.ts';

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
  authorized: InspectorContext | MutationRefusal,
): Promise<Response> {
  const read = await readRequest(request, authorized, { schema: runRequest, maxBytes: MAX_BODY_BYTES });
  if (read instanceof Response) return read;
  const { context, data } = read;
  const { config, fetch, user } = context;
  return streamLines<RunEvent>(request, async (send, signal) => {
    const discovery = await discover(data.url, {
      fetch,
      allowLoopback: config.loopback,
      limitKey: user.id,
      origin: config.appUrl,
      idPrefix: exchangePrefix(),
      revision: data.revision,
      registration: data.registration,
      signal,
      onEvent: send,
    });
    const findings = discoveryFindings(discovery);
    const sse = discovery.problems.some((problem) => problem.reason === 'not_mcp' && problem.kind === 'sse');
    const wrongPath = discovery.problems.find((problem) => problem.reason === 'wrong_path');
    send({
      type: 'done',
      shownUrl: new Masker().url(discovery.serverUrl),
      revision: discovery.revision,
      findings,
      stoppedAt: firstStop(discovery, findings),
      betterUrl: wrongPath?.resource,
      offer: await signInOffer(discovery, findings, data, context),
      open: discovery.challenge?.outcome === 'open' || sse,
    });
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
