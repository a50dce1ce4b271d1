// The client under test for `conformance client --command "node tests/conformance/features/inspector/run-client.ts"`: the
// inspector's own discovery, sign-in and session, with a browser that follows the one redirect of the suite's server.
import { discover } from '#features/discovery/discovery.ts';
import { type SignInTarget, signInTarget } from '#features/discovery/target.ts';
import { Trace } from '#features/discovery/trace.ts';
import { withMcpClient } from '#features/inspector/server/mcp-session.ts';
import type { Problem } from '#features/inspector/server/problems.ts';
import { authorizationRequest } from '#features/inspector/server/sign-in/authorization-request.ts';
import { readCallback } from '#features/inspector/server/sign-in/callback.ts';
import { enteredClient, issuerBindingProblem } from '#features/inspector/server/sign-in/clients.ts';
import type { OAuthClient, Session, StepUp } from '#features/inspector/server/sign-in/flow.ts';
import { registerClient } from '#features/inspector/server/sign-in/registration.ts';
import { stepUp } from '#features/inspector/server/sign-in/step-up.ts';
import { redeemCode } from '#features/inspector/server/sign-in/token-request.ts';
import { guardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';

/** The document that the suite's CIMD scenario expects; it is never fetched. */
const CLIENT_METADATA_URL = 'https://conformance-test.local/client-metadata.json';
const REDIRECT_URI = 'http://localhost:3000/inspector/callback';
const MAX_SIGN_INS = 3;

const network = { fetch: guardedFetch, allowLoopback: true };
const version = process.env.MCP_CONFORMANCE_PROTOCOL_VERSION ?? '';
const legacy = version !== '' && version < '2026-07-28';
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as {
  client_id?: string;
  client_secret?: string;
  issuer?: string;
};

function stop(problem: Problem): never {
  throw new Error(JSON.stringify(problem));
}

const settled = <T extends object>(outcome: T | Problem): T =>
  'reason' in outcome ? stop(outcome) : outcome;

async function chooseClient(trace: Trace, target: SignInTarget, known?: OAuthClient): Promise<OAuthClient> {
  if (known && !issuerBindingProblem(known, target)) return known;
  const { client_id: clientId, client_secret: clientSecret } = context;
  if (clientId) {
    const entered = settled(enteredClient(target, { clientId, ...(clientSecret && { clientSecret }) }));
    const client = { ...entered, ...(context.issuer && { issuer: context.issuer }) };
    const foreign = issuerBindingProblem(client, target);
    return foreign ? stop(foreign) : client;
  }
  if (target.acceptsClientDocuments)
    return { kind: 'document', clientId: CLIENT_METADATA_URL, authMethod: 'none' };
  return settled(
    await registerClient(trace, target, {
      client_name: 'Inspector',
      redirect_uris: [REDIRECT_URI],
      application_type: 'native',
    }),
  );
}

async function signIn(
  serverUrl: string,
  previous?: Session,
  more?: { scopes: readonly string[]; stepUp: StepUp },
) {
  const discovery = await discover(serverUrl, {
    ...network,
    origin: 'http://localhost:3000',
    cors: false,
    revision: legacy ? '2025-11-25' : 'auto',
    assumeDefaultEndpoints: version === '2025-03-26',
  });
  const target = signInTarget(discovery);
  if (!target) return stop(discovery.problems[0] ?? { reason: 'session_expired' });
  const trace = new Trace(network);
  const client = await chooseClient(trace, target, previous?.client);
  const { url, flow } = authorizationRequest({
    target,
    client,
    scopes: more?.scopes ?? target.scopes,
    redirectUri: REDIRECT_URI,
    ...(more && { stepUp: more.stepUp }),
  });
  const { headers } = await guardedFetch(url, { allowLoopback: true });
  const callback = readCallback(new URL(headers.get('location') ?? REDIRECT_URI).searchParams, flow);
  if (callback.problem) return stop(callback.problem);
  const redeemed = await redeemCode(trace, flow, callback.code);
  if (redeemed.problem) return stop(redeemed.problem);
  const session: Session = { target, client, requested: flow.scopes ?? [], tokens: redeemed.tokens };
  return flow.stepUp ? { ...session, stepUp: flow.stepUp } : session;
}

async function run(serverUrl: string): Promise<void> {
  let session = await signIn(serverUrl);
  for (let signIns = 1; signIns <= MAX_SIGN_INS; signIns++) {
    const operation = 'tools/call';
    const outcome = await withMcpClient(
      session,
      operation,
      { trace: new Trace(network), era: legacy ? 'legacy' : 'auto' },
      async (client) => {
        const { tools } = await client.listTools();
        for (const { name } of tools) await client.callTool({ name, arguments: {} });
        await client.listTools({}, { cacheMode: 'refresh' });
      },
    );
    if (outcome.failure) throw new Error(outcome.failure.message);
    if (!outcome.problems) return;
    const [problem] = outcome.problems;
    if (problem?.reason === 'insufficient_scope') {
      const next = stepUp(session, operation, problem.needed, problem.exchangeId);
      if (next.problem) return stop(next.problem);
      session = await signIn(serverUrl, session, next);
    } else if (problem?.reason === 'token_rejected') session = await signIn(serverUrl, session);
    else if (problem) return stop(problem);
  }
  throw new Error('The server still refuses after the last sign-in.');
}

await run(process.argv[2] ?? '');
