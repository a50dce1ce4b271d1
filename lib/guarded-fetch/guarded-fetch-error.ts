export type GuardedFetchCode = 'blocked' | 'timeout' | 'too_large' | 'encoded' | 'network' | 'limited';

// Different messages would let a client scan the network of this server.
const UNREACHABLE =
  'This address could not be fetched. It is unreachable, too slow, or not a public https address.';

const MESSAGES: Record<GuardedFetchCode, string> = {
  blocked: UNREACHABLE,
  timeout: UNREACHABLE,
  network: UNREACHABLE,
  too_large: 'The response is too large.',
  encoded: 'The response is compressed, although the request accepts no encoding.',
  limited: 'Too many requests were made. Wait a minute and try again.',
};

const BRAND = Symbol.for('mcp-authkit-starter.guarded-fetch-error');

/**
 * A guarded fetch that was refused or did not finish. `message` may be shown to anyone and does not reveal whether the
 * address was refused, closed or filtered; `code` and `reason` are for logs and tests.
 */
export class GuardedFetchError extends Error {
  readonly [BRAND] = true;
  readonly code: GuardedFetchCode;
  /** The reason, for the log; contains nothing of the response. */
  readonly reason: string;

  constructor(code: GuardedFetchCode, reason: string) {
    super(MESSAGES[code]);
    this.name = 'GuardedFetchError';
    this.code = code;
    this.reason = reason;
  }

  /** Each bundle has a copy of this class; the guarded fetch of the process throws the copy of the first bundle. */
  static override [Symbol.hasInstance](value: unknown): value is GuardedFetchError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
