import { LRUCache } from 'lru-cache';
import { perProcess } from '#lib/server/per-process.ts';
import type { SessionUser } from '#lib/session/user.ts';
import type { Problem } from '../problems.ts';
import { readCallback } from '../sign-in/callback.ts';
import {
  clearChunked,
  flowCookie,
  OUTCOME_COOKIE,
  readChunked,
  readCookies,
  writeChunked,
} from '../sign-in/cookies.ts';
import type { Flow } from '../sign-in/flow.ts';
import { seal, unseal } from '../sign-in/sealed.ts';
import { type InspectorContext, inspectorContext, sealing, secureCookies } from './request.ts';
import { FLOW_LIFETIME } from './sign-in.ts';

/** What came back, kept for the page to go on with. Sealed: a code in it is worth a token. */
export type CallbackOutcome = { flow?: Flow; code?: string; problem?: Problem };

/** Seconds until the page has to have asked for what came of it. */
const OUTCOME_LIFETIME = 120;

const usedStates = perProcess(
  'inspector-used-states',
  () => new LRUCache<string, true>({ max: 10_000, ttl: FLOW_LIFETIME * 1000 }),
);

/** Whether a `state` comes back a second time to this process; its cookie is deleted the first time anyway. */
function alreadyUsed(state: string): boolean {
  if (usedStates().has(state)) return true;
  usedStates().set(state, true);
  return false;
}

/**
 * `GET /inspector/callback`: checks the authorization response and puts it away for the page to go on with, so
 * that neither code nor error text stays in a URL. The flow ends here, well or badly.
 */
export async function receiveCallback(
  request: Request,
  user: SessionUser | null,
  context: InspectorContext = inspectorContext(),
): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const secure = secureCookies(context);
  const state = searchParams.get('state') ?? '';
  const cookie = flowCookie(state);
  const headers = new Headers({
    location: `${context.config.appUrl}/inspector?returned`,
    'cache-control': 'private, no-store',
    'referrer-policy': 'no-referrer',
  });
  const sealed = readChunked(readCookies(request), cookie);
  for (const value of clearChunked(cookie, secure)) headers.append('set-cookie', value);
  if (user !== null) {
    const outcome = await readOutcome(searchParams, sealed, user, context);
    const sealedOutcome = await seal(outcome, {
      ...sealing(context, user),
      kind: 'outcome',
      lifetime: OUTCOME_LIFETIME,
    });
    for (const value of writeChunked(OUTCOME_COOKIE, sealedOutcome, OUTCOME_LIFETIME, secure) ?? [])
      headers.append('set-cookie', value);
  }
  return new Response(null, { status: 303, headers });
}

async function readOutcome(
  parameters: URLSearchParams,
  sealed: string | undefined,
  user: SessionUser,
  context: InspectorContext,
): Promise<CallbackOutcome> {
  const flow =
    sealed === undefined
      ? undefined
      : await unseal<Flow>(sealed, { ...sealing(context, user), kind: 'flow' });
  if (sealed !== undefined && flow === undefined) return { problem: { reason: 'flow_of_another_person' } };
  if (flow !== undefined && alreadyUsed(flow.state)) return { problem: { reason: 'state_used' } };
  const { code, problem } = { code: undefined, problem: undefined, ...readCallback(parameters, flow) };
  return { ...(flow && { flow }), ...(code !== undefined && { code }), ...(problem && { problem }) };
}
