import { timingSafeEqual } from 'node:crypto';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Problem } from '../problems.ts';
import type { Flow } from './flow.ts';

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Checks an authorization response against its flow: `state`, then `iss` by exact comparison (RFC 9207 section 2.4),
 * and only then the other parameters. A parameter that is present twice counts as missing (RFC 6749 section 3.1).
 *
 * @param flow - the flow that this browser began with this `state`; undefined when there is none
 * @returns the code to redeem, or why it must not be redeemed
 */
export function readCallback(
  parameters: URLSearchParams,
  flow: Flow | undefined,
): { code: string; problem?: undefined } | { problem: Problem } {
  const single = (name: string) => {
    const values = parameters.getAll(name);
    return values.length === 1 && values[0] !== '' ? values[0] : undefined;
  };
  const state = single('state');
  if (state === undefined) return { problem: { reason: 'state_missing' } };
  if (flow === undefined || !equal(state, flow.state)) return { problem: { reason: 'state_unknown' } };

  const { issuer, sendsIssuer } = flow.target;
  const expected = issuer;
  if (parameters.has('iss')) {
    const got = single('iss') ?? '';
    if (got !== expected) return { problem: { reason: 'callback_issuer_mismatch', got, expected } };
  } else if (sendsIssuer) return { problem: { reason: 'callback_issuer_missing', expected } };

  const error = parameters.get('error');
  if (error !== null)
    return {
      problem: {
        reason: 'authorization_refused',
        error: sanitize(error, 60),
        description: sanitize(parameters.get('error_description'), 200),
      },
    };
  const code = single('code');
  return code === undefined ? { problem: { reason: 'code_missing' } } : { code };
}
