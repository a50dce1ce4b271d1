/**
 * The WorkOS API could not be reached or gave no usable response. The message names the operation and the status, never
 * a key, a token or a body.
 */
export class WorkosUnavailableError extends Error {
  readonly code = 'workos_unavailable';
  /** HTTP status of the response; undefined without one. */
  readonly status: number | undefined;
  /** `Retry-After` of a 429 in milliseconds; undefined without one. */
  readonly retryAfterMs: number | undefined;

  constructor(operation: string, status?: number, retryAfterMs?: number) {
    super(`WorkOS could not ${operation} (${status ?? 'no response'}).`);
    this.name = 'WorkosUnavailableError';
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** `Retry-After` in an error of `@workos-inc/node`, in milliseconds; undefined without a usable one. */
export function workosRetryAfterMs(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('retryAfter' in error)) return undefined;
  const seconds = error.retryAfter;
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
}

/**
 * HTTP status in an error of `@workos-inc/node`, if there was a response. For a response that is not JSON it is in
 * `rawStatus` of the cause.
 */
export function workosStatus(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('rawStatus' in error && typeof error.rawStatus === 'number') return error.rawStatus;
  if ('status' in error && typeof error.status === 'number') return error.status;
  return workosStatus(error.cause);
}

/** The error code that WorkOS returned (`invalid_grant`, `sso_required`), if it is one. */
export function workosErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  for (const name of ['error', 'code']) {
    const code: unknown = Reflect.get(error, name);
    if (typeof code === 'string' && /^[a-z_]{1,60}$/.test(code)) return code;
  }
  return workosErrorCode(error.cause);
}
