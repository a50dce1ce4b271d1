import type { Problem } from '../problems.ts';
import type { Session, StepUp } from './flow.ts';

/** Step-ups for one operation before giving up (MCP 2026-07-28 "Step-Up Authorization Flow", step 4). */
const MAX_STEP_UPS = 2;

/**
 * What to ask for after `insufficient_scope`: everything asked for before and what is needed now, or that
 * asking again is of no use: too many attempts for this operation, or all of it was asked for and granted.
 *
 * @param operation - what was refused, for instance `tools/call contact_card`
 */
export function stepUp(
  session: Pick<Session, 'requested' | 'tokens' | 'stepUp'>,
  operation: string,
  needed: readonly string[],
  exchangeId: string | undefined,
): { scopes: readonly string[]; stepUp: StepUp; problem?: undefined } | { problem: Problem } {
  const attempts = session.stepUp?.operation === operation ? session.stepUp.attempts : 0;
  const granted = session.tokens.scopes ?? session.requested;
  const hopeless = needed.every((scope) => session.requested.includes(scope) && granted.includes(scope));
  if (attempts >= MAX_STEP_UPS || hopeless)
    return { problem: { reason: 'step_up_exhausted', exchangeId, needed, attempts } };
  return {
    scopes: [...new Set([...session.requested, ...needed])],
    stepUp: { operation, attempts: attempts + 1 },
  };
}
