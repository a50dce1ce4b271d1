import { z } from 'zod';
import type { SignInTarget } from '#features/discovery/target.ts';
import type { Trace } from '#features/discovery/trace.ts';
import { clientMetadataResponse, ownClientMetadata } from '#lib/cimd/own-client-metadata.ts';
import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import type { SessionUser } from '#lib/session/user.ts';
import type { Problem } from '../problems.ts';
import { problemFinding } from '../problems.ts';
import { authorizationRequest } from '../sign-in/authorization-request.ts';
import { inspectorCallbackUrl } from '../sign-in/callback-url.ts';
import { documentClient, enteredClient } from '../sign-in/clients.ts';
import { flowCookie, writeChunked } from '../sign-in/cookies.ts';
import type { Flow, OAuthClient, Session } from '../sign-in/flow.ts';
import { registerClient } from '../sign-in/registration.ts';
import { seal, unseal } from '../sign-in/sealed.ts';
import { stepUp } from '../sign-in/step-up.ts';
import type { SignInAnswer } from './messages.ts';
import {
  answer,
  type InspectorContext,
  inspectorContext,
  personTrace,
  readRequest,
  sealing,
  secureCookies,
} from './request.ts';
import { readSession } from './session.ts';

const schema = z.discriminatedUnion('as', [
  z.object({ as: z.literal('document'), offer: z.string().max(16_384) }),
  z.object({ as: z.literal('registered'), offer: z.string().max(16_384) }),
  z.object({
    as: z.literal('entered'),
    offer: z.string().max(16_384),
    clientId: z.string().trim().min(1).max(1024),
    clientSecret: z.string().max(512).optional(),
  }),
  z.object({ as: z.literal('step-up') }),
]);
type Body = z.infer<typeof schema>;

/** Seconds that a person has to sign in and consent. */
export const FLOW_LIFETIME = 600;

type Start = {
  target: SignInTarget;
  client: OAuthClient;
  scopes: readonly string[] | undefined;
  stepUp?: NonNullable<Flow['stepUp']>;
};

/**
 * `POST /inspector/api/sign-in`: begins a sign-in, as the client the person chose, or again with more scopes.
 * Answers where to send the browser; what the callback is checked against goes into a sealed cookie.
 */
export async function beginSignIn(
  request: Request,
  person: SessionUser | MutationRefusal,
  context: InspectorContext = inspectorContext(),
): Promise<Response> {
  const read = await readRequest(request, person, schema);
  if (read instanceof Response) return read;
  const { user, body } = read;
  const trace = personTrace(context, user);
  const start =
    body.as === 'step-up'
      ? again(await readSession(request, user, context))
      : await first(body, trace, user, context);
  const reply = (more: Partial<SignInAnswer>, cookies: readonly string[] = []) =>
    answer({ exchanges: trace.exchanges, findings: [], ...more } satisfies SignInAnswer, cookies);
  if ('reason' in start) return reply({ findings: [problemFinding(start)] });

  const { url, flow } = authorizationRequest({ ...start, redirectUri: inspectorCallbackUrl(context.config) });
  const sealed = await seal(flow, { ...sealing(context, user), kind: 'flow', lifetime: FLOW_LIFETIME });
  const cookies = writeChunked(flowCookie(flow.state), sealed, FLOW_LIFETIME, secureCookies(context));
  if (cookies === undefined) return reply({ findings: [problemFinding({ reason: 'session_too_large' })] });
  noteAuthorization(trace, url, flow);
  if (start.client.kind === 'document') await noteClientDocument(trace, start.client, context);
  return reply({ url }, cookies);
}

async function first(
  body: Exclude<Body, { as: 'step-up' }>,
  trace: Trace,
  user: SessionUser,
  context: InspectorContext,
): Promise<Start | Problem> {
  const target = await unseal<SignInTarget>(body.offer, { ...sealing(context, user), kind: 'target' });
  if (target === undefined) return { reason: 'session_expired' };
  const client = await chooseClient(body, target, trace, context);
  return 'reason' in client ? client : { target, client, scopes: target.scopes };
}

async function chooseClient(
  body: Exclude<Body, { as: 'step-up' }>,
  target: SignInTarget,
  trace: Trace,
  { config }: InspectorContext,
): Promise<OAuthClient | Problem> {
  switch (body.as) {
    case 'document':
      return target.acceptsClientDocuments ? documentClient(config) : { reason: 'no_registration' };
    case 'registered': {
      const { client_name, client_uri, redirect_uris, application_type } = ownClientMetadata(config);
      return registerClient(trace, target, { client_name, client_uri, redirect_uris, application_type });
    }
    case 'entered':
      return enteredClient(target, {
        clientId: body.clientId,
        ...(body.clientSecret ? { clientSecret: body.clientSecret } : {}),
      });
  }
}

function again(session: Session | undefined): Start | Problem {
  if (session?.needed === undefined) return { reason: 'session_expired' };
  const { operation, scopes } = session.needed;
  const next = stepUp(session, operation, scopes, undefined);
  if (next.problem) return next.problem;
  return { target: session.target, client: session.client, scopes: next.scopes, stepUp: next.stepUp };
}

/** The request that the person's browser is about to make. */
function noteAuthorization(trace: Trace, url: string, flow: Flow): void {
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
          ? 'The authorization server reads our client document from there.'
          : 'The authorization server looks this client up.',
    },
    durationMs: 0,
  });
}

/** What the authorization server gets when it reads our document; it does so unseen by us. */
async function noteClientDocument(
  trace: Trace,
  { clientId }: OAuthClient,
  { config }: InspectorContext,
): Promise<void> {
  const response = clientMetadataResponse(new Request(clientId), config);
  const body = trace.masker.body(await response.text(), 'application/json');
  trace.note({
    step: 'client-document',
    title: 'Our client document, as we serve it',
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
      next: 'After consent, send the browser back there.',
    },
    durationMs: 0,
  });
}
