/**
 * Why a request was not authenticated. Only the log shows the reason ({@link rejectionLogFields}); `challengeResponse`
 * maps it to one of a few fixed responses.
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
  | { reason: 'machine' }
  | { reason: 'revoked' }
  | { reason: 'connection_expired' }
  | { reason: 'keys_unavailable'; detail: string };

/** Thrown when a request is not authenticated. `rejection` has the reason. */
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

/** A value from a token for the log: printable ASCII only and truncated, so that a token cannot forge log lines. */
export function loggable(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  return printable.length > MAX_LOGGED ? `${printable.slice(0, MAX_LOGGED)}…` : printable;
}

/** The log fields of a rejection: the reason and, for some, the received and the expected value. */
export function rejectionLogFields(rejection: TokenRejection): Record<string, string | number> {
  const { reason, ...details } = rejection;
  if (rejection.reason === 'audience' || rejection.reason === 'issuer')
    return { reason, detail: `${reason}: got ${rejection.got}, expected ${rejection.expected}` };
  return { reason, ...details };
}
