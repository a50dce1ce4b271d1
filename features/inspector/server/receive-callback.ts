import { LRUCache } from 'lru-cache';
import { route } from '#lib/config/route.ts';
import { perProcess } from '#lib/server/per-process.ts';
import type { SessionUser } from '#lib/session/user.ts';
import type { InspectorContext, RequestContext } from './context.ts';
import type { Problem } from './problems.ts';
import {
  deleteSealedCookie,
  FLOW_LIFETIME_SECONDS,
  flowCookie,
  hasSealedCookie,
  OUTCOME_COOKIE,
  readSealedCookie,
  type SealedCookie,
  writeSealedCookie,
} from './sealed-cookies.ts';
import { readCallback } from './sign-in/callback.ts';
import type { Flow } from './sign-in/flow.ts';

/** The checked authorization response, until the page completes the sign-in. Sealed: it can contain a code. */
export type CallbackOutcome = { flow?: Flow | undefined; code?: string; problem?: Problem };

const usedStates = perProcess(
  'inspector-used-states',
  () => new LRUCache<string, true>({ max: 10_000, ttl: FLOW_LIFETIME_SECONDS * 1000 }),
);

/** Whether this process received `state` before. The first callback also deletes the cookie of its flow. */
function alreadyUsed(state: string): boolean {
  if (usedStates().has(state)) return true;
  usedStates().set(state, true);
  return false;
}

/**
 * `GET /inspector/callback`: checks the authorization response and keeps the outcome in a cookie for the page, so
 * that neither a code nor an error text remains in a URL. The flow ends here with every outcome.
 *
 * @param user - null when the browser's session has ended; the response is then discarded
 */
export async function receiveCallback(
  parameters: URLSearchParams,
  user: SessionUser | null,
  request: RequestContext,
): Promise<Response> {
  const cookie = flowCookie(parameters.get('state') ?? '');
  const outcome = user && (await readOutcome(parameters, cookie, { ...request, user }));
  deleteSealedCookie(request, cookie);
  if (user && outcome) await writeSealedCookie({ ...request, user }, OUTCOME_COOKIE, outcome);
  return new Response(null, {
    status: 303,
    headers: {
      location: `${request.config.appUrl}${route('/inspector')}?returned`,
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
    },
  });
}

async function readOutcome(
  parameters: URLSearchParams,
  cookie: SealedCookie,
  context: InspectorContext,
): Promise<CallbackOutcome> {
  const flow = await readSealedCookie<Flow>(context, cookie);
  if (!flow && hasSealedCookie(context, cookie)) return { problem: { reason: 'flow_of_another_person' } };
  if (flow && alreadyUsed(flow.state)) return { problem: { reason: 'state_used' } };
  return { flow, ...readCallback(parameters, flow) };
}
