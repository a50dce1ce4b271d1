import type { Client, Tool } from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { Trace } from '#features/discovery/trace.ts';
import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import type { SessionUser } from '#lib/session/user.ts';
import { type McpOutcome, withMcpClient } from '../mcp-session.ts';
import { problemFinding } from '../problems.ts';
import { viewServer } from '../server-view.ts';
import type { Session } from '../sign-in/flow.ts';
import { refreshTokens } from '../sign-in/token-request.ts';
import type { UseAnswer } from './messages.ts';
import {
  answer,
  type InspectorContext,
  inspectorContext,
  ownKey,
  personTrace,
  readRequest,
} from './request.ts';
import { readSession, summarize, writeSession } from './session.ts';

const name = z.string().min(1).max(512);
const schema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('view') }),
  z.object({ action: z.literal('refresh') }),
  z.object({
    action: z.literal('call-tool'),
    name,
    arguments: z.record(z.string(), z.unknown()),
    /** The tool as it was listed, so that its arguments can be mirrored in headers where it asks for that. */
    definition: z.looseObject({ name, inputSchema: z.looseObject({ type: z.literal('object') }) }).optional(),
  }),
  z.object({ action: z.literal('read-resource'), uri: z.string().min(1).max(4096) }),
  z.object({ action: z.literal('get-prompt'), name, arguments: z.record(z.string(), z.string()) }),
]);
type Body = z.infer<typeof schema>;

/** `POST /inspector/api/use`: does one thing at the server that one is signed in to. */
export async function useServer(
  request: Request,
  person: SessionUser | MutationRefusal,
  context: InspectorContext = inspectorContext(),
): Promise<Response> {
  const read = await readRequest(request, person, schema);
  if (read instanceof Response) return read;
  const { user, body } = read;
  const trace = personTrace(context, user);
  const session = await readSession(request, user, context);
  if (session === undefined)
    return answer({
      exchanges: [],
      findings: [problemFinding({ reason: 'session_expired' })],
    } satisfies UseAnswer);

  const outcome = await act(body, session, trace, context);
  const kept = outcome.session;
  const next = kept?.needed?.scopes;
  const reply: UseAnswer = {
    exchanges: trace.exchanges,
    findings: outcome.problems?.map(problemFinding) ?? [],
    ...outcome.value,
    ...(outcome.failure && { failure: outcome.failure }),
    ...(kept && { session: summarize(kept) }),
    ...(outcome.problems?.some(({ reason }) => reason === 'insufficient_scope') && next && { stepUp: next }),
  };
  const cookies =
    kept === session
      ? []
      : ((await writeSession(kept, user, context)) ?? (await writeSession(undefined, user, context)) ?? []);
  return answer(reply, cookies);
}

type Done = Pick<UseAnswer, 'view' | 'result'>;

async function act(
  body: Body,
  session: Session,
  trace: Trace,
  context: InspectorContext,
): Promise<McpOutcome<Done>> {
  const key = ownKey(context);
  if (body.action === 'refresh') {
    trace.masker.remember(session.tokens.accessToken);
    const outcome = await refreshTokens(trace, session, { key });
    if (!outcome.problem) return { value: {}, session: { ...session, tokens: outcome.tokens } };
    const ended = outcome.problem.reason === 'refresh_refused';
    return { problems: [outcome.problem], session: ended ? undefined : session };
  }
  const operation = 'name' in body ? `${body.action} ${body.name}` : body.action;
  return withMcpClient(session, operation, { trace, key }, (client) => use(client, body));
}

async function use(client: Client, body: Exclude<Body, { action: 'refresh' }>): Promise<Done> {
  switch (body.action) {
    case 'view':
      return { view: await viewServer(client) };
    case 'call-tool': {
      const options = body.definition ? { toolDefinition: body.definition as Tool } : {};
      return { result: await client.callTool({ name: body.name, arguments: body.arguments }, options) };
    }
    case 'read-resource':
      return { result: await client.readResource({ uri: body.uri }) };
    case 'get-prompt':
      return { result: await client.getPrompt({ name: body.name, arguments: body.arguments }) };
  }
}
