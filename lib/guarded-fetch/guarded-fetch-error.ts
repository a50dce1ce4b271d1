export type GuardedFetchCode = 'blocked' | 'timeout' | 'too_large' | 'encoded' | 'network' | 'limited';

// A stranger who could tell these apart could map a network by having us knock on doors.
const UNREACHABLE =
  'This address could not be fetched. It is unreachable, too slow, or not a public https address.';

const MESSAGES: Record<GuardedFetchCode, string> = {
  blocked: UNREACHABLE,
  timeout: UNREACHABLE,
  network: UNREACHABLE,
  too_large: 'The answer is larger than what is read here.',
  encoded: 'The answer is compressed, although it was asked for without any encoding.',
  limited: 'Too many requests were made. Wait a minute and try again.',
};

const BRAND = Symbol.for('mcp-authkit-starter.guarded-fetch-error');

/**
 * A guarded fetch that did not happen or did not finish. `message` may be shown to anyone and never says whether
 * the address was refused, closed or filtered; `code` and `reason` are for logs and tests.
 */
export class GuardedFetchError extends Error {
  readonly [BRAND] = true;
  readonly code: GuardedFetchCode;
  /** Why, for the log: never holds anything of the answer. */
  readonly reason: string;

  constructor(code: GuardedFetchCode, reason: string) {
    super(MESSAGES[code]);
    this.name = 'GuardedFetchError';
    this.code = code;
    this.reason = reason;
  }

  /** Every bundle has a copy of this class, and the guarded fetch of the process throws that of the first. */
  static override [Symbol.hasInstance](value: unknown): value is GuardedFetchError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
