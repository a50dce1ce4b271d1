import type { Problem } from '../problems.ts';
import type { Session, StepUp } from './flow.ts';

/** Step-ups for one operation (MCP 2026-07-28 "Step-Up Authorization Flow", step 4). */
const MAX_STEP_UPS = 2;

/**
 * The scopes to request after `insufficient_scope`: all that were requested before and those needed now. A problem
 * when another request cannot help: the operation had too many step-ups, or its scopes were requested and granted.
 *
 * @param operation - the refused operation, for instance `tools/call contact_card`
 */
export function stepUp(
  session: Pick<Session, 'requested' | 'tokens' | 'stepUp'>,
  operation: string,
  needed: readonly string[],
  exchangeId: string | undefined,
): { scopes: readonly string[]; stepUp: StepUp; problem?: undefined } | { problem: Problem } {
  const attempts = session.stepUp?.operation === operation ? session.stepUp.attempts : 0;
  const granted = session.tokens.scopes ?? session.requested;
  const alreadyGranted = needed.every(
    (scope) => session.requested.includes(scope) && granted.includes(scope),
  );
  if (attempts >= MAX_STEP_UPS || alreadyGranted)
    return { problem: { reason: 'step_up_exhausted', exchangeId, needed, attempts } };
  return {
    scopes: [...new Set([...session.requested, ...needed])],
    stepUp: { operation, attempts: attempts + 1 },
  };
}
