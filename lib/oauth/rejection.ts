/**
 * Why a request was not authenticated, one variant a reason. Stays inside: {@link rejectionLogFields} shows it
 * to the operator, `challengeResponse` turns it into the fixed answer a stranger sees.
 */
export type TokenRejection =
  | { reason: 'missing' }
  | { reason: 'malformed_authorization' }
  | { reason: 'malformed_token' }
  | { reason: 'token_too_large'; bytes: number }
  | { reason: 'type'; got: string }
  | { reason: 'algorithm'; got: string }
  | { reason: 'unknown_key' }
  | { reason: 'signature' }
  | { reason: 'expired' }
  | { reason: 'issued_in_future' }
  | { reason: 'lifetime'; seconds: number }
  | { reason: 'issuer'; got: string; expected: string }
  | { reason: 'audience'; got: string; expected: string }
  | { reason: 'claim'; claim: string }
  | { reason: 'revoked' }
  | { reason: 'keys_unavailable'; detail: string };

/** Thrown by `verifyAccessToken`; tests and callers read `rejection`. */
export class AccessTokenRejectedError extends Error {
  readonly code = 'access_token_rejected';
  readonly rejection: TokenRejection;

  constructor(rejection: TokenRejection) {
    super(rejection.reason);
    this.name = 'AccessTokenRejectedError';
    this.rejection = rejection;
  }
}

const MAX_LOGGED = 200;

/** A claim of a token for a log line: printable ASCII only, cut, so that a token cannot write log lines. */
export function loggable(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  return printable.length > MAX_LOGGED ? `${printable.slice(0, MAX_LOGGED)}…` : printable;
}

/** What a log line says about a rejection: the reason and, where they help, what came and what was expected. */
export function rejectionLogFields(rejection: TokenRejection): Record<string, string | number> {
  const { reason, ...details } = rejection;
  if (rejection.reason === 'audience' || rejection.reason === 'issuer')
    return { reason, detail: `${reason}: got ${rejection.got}, expected ${rejection.expected}` };
  return { reason, ...details };
}
