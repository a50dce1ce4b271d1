import type { SignInTarget } from '#features/discovery/target.ts';
import type { Trace } from '#features/discovery/trace.ts';
import { clientMetadataResponse, ownClientMetadata } from '#lib/cimd/own-client-metadata.ts';
import type { SignInAnswer, SignInRequest } from '../messages.ts';
import { type InspectorContext, userTrace } from './context.ts';
import { type Problem, problemFinding } from './problems.ts';
import { unseal } from './seal.ts';
import { flowCookie, writeSealedCookie } from './sealed-cookies.ts';
import { readSession } from './session.ts';
import { authorizationRequest } from './sign-in/authorization-request.ts';
import { inspectorCallbackUrl } from './sign-in/callback-url.ts';
import { documentClient, enteredClient } from './sign-in/clients.ts';
import type { Flow, OAuthClient, StepUpOffer } from './sign-in/flow.ts';
import { registerClient } from './sign-in/registration.ts';
import { stepUp } from './sign-in/step-up.ts';

type NewSignInRequest = Exclude<SignInRequest, { as: 'step-up' }>;

type Start = {
  target: SignInTarget;
  client: OAuthClient;
  scopes: readonly string[] | undefined;
  stepUp?: NonNullable<Flow['stepUp']>;
};

/**
 * Begins a sign-in as the client that the user chose, or again with more scopes. The flow that the callback is
 * checked against is kept in a sealed cookie.
 */
export async function beginSignIn(context: InspectorContext, request: SignInRequest): Promise<SignInAnswer> {
  const trace = userTrace(context);
  const { exchanges } = trace;
  const start =
    request.as === 'step-up'
      ? await stepUpSignIn(context, request.offer)
      : await newSignIn(request, trace, context);
  if ('reason' in start) return { exchanges, findings: [problemFinding(start)] };

  const { url, flow } = authorizationRequest({ ...start, redirectUri: inspectorCallbackUrl(context.config) });
  if (!(await writeSealedCookie(context, flowCookie(flow.state), flow)))
    return { exchanges, findings: [problemFinding({ reason: 'session_too_large' })] };
  recordAuthorization(trace, url, flow);
  if (start.client.kind === 'document') await recordClientDocument(trace, start.client, context);
  return { exchanges, findings: [], url };
}

async function newSignIn(
  request: NewSignInRequest,
  trace: Trace,
  context: InspectorContext,
): Promise<Start | Problem> {
  const target = await unseal<SignInTarget>(context, request.offer, 'target');
  if (target === undefined) return { reason: 'session_expired' };
  const client = await chooseClient(request, target, trace, context);
  return 'reason' in client ? client : { target, client, scopes: target.scopes };
}

async function chooseClient(
  request: NewSignInRequest,
  target: SignInTarget,
  trace: Trace,
  { config }: InspectorContext,
): Promise<OAuthClient | Problem> {
  switch (request.as) {
    case 'document':
      return target.acceptsClientDocuments ? documentClient(config) : { reason: 'no_registration' };
    case 'registered': {
      const { client_name, client_uri, redirect_uris, application_type } = ownClientMetadata(config);
      return registerClient(trace, target, { client_name, client_uri, redirect_uris, application_type });
    }
    case 'entered':
      return enteredClient(target, {
        clientId: request.clientId,
        clientSecret: request.clientSecret || undefined,
      });
  }
}

async function stepUpSignIn(context: InspectorContext, sealed: string): Promise<Start | Problem> {
  const offer = await unseal<StepUpOffer>(context, sealed, 'step-up');
  const session = offer && (await readSession(context, offer.serverUrl));
  if (!session) return { reason: 'session_expired' };
  const next = stepUp(session, offer.operation, offer.scopes, undefined);
  if (next.problem) return next.problem;
  return { target: session.target, client: session.client, scopes: next.scopes, stepUp: next.stepUp };
}

/** Records the request that the user's browser is about to make. */
function recordAuthorization(trace: Trace, url: string, flow: Flow): void {
  trace.note({
    step: 'authorization',
    title: 'Authorization request, in the browser',
    from: 'client',
    to: 'authorization-server',
    request: { method: 'GET', url: trace.masker.url(url), headers: [] },
    evidence: {
      in: 'url',
      field: 'client_id',
      value: flow.client.clientId,
      next:
        flow.client.kind === 'document'
          ? 'The authorization server fetches our client metadata document from this URL.'
          : 'The authorization server knows this client.',
    },
    durationMs: 0,
  });
}

/** Records the response that the authorization server gets for our document; we do not see its request. */
async function recordClientDocument(
  trace: Trace,
  { clientId }: OAuthClient,
  { config }: InspectorContext,
): Promise<void> {
  const response = clientMetadataResponse(new Request(clientId), config);
  const body = trace.masker.body(await response.text(), 'application/json');
  trace.note({
    step: 'client-document',
    title: 'Our client metadata document',
    from: 'authorization-server',
    to: 'client-document',
    request: { method: 'GET', url: trace.masker.url(clientId), headers: [['accept', 'application/json']] },
    response: {
      status: response.status,
      headers: trace.masker.headers(response.headers),
      body: body.text,
      truncated: body.truncated,
    },
    evidence: {
      in: 'body',
      field: 'redirect_uris',
      value: inspectorCallbackUrl(config),
      next: 'After consent, redirect the browser to this URI.',
    },
    durationMs: 0,
  });
}
