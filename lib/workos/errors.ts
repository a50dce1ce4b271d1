/**
 * The WorkOS API could not be asked or gave no usable answer. The message names the operation and the status,
 * never a key, a token or a body.
 */
export class WorkosUnavailableError extends Error {
  readonly code = 'workos_unavailable';
  /** HTTP status of the answer; undefined when there was none. */
  readonly status: number | undefined;

  constructor(operation: string, status?: number) {
    super(`WorkOS could not ${operation} (${status ?? 'no answer'}).`);
    this.name = 'WorkosUnavailableError';
    this.status = status;
  }
}

/**
 * HTTP status of the answer that an error of `@workos-inc/node` is about, if there was one. An answer whose body
 * is not JSON has it in `rawStatus`, one level down.
 */
export function workosStatus(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('rawStatus' in error && typeof error.rawStatus === 'number') return error.rawStatus;
  if ('status' in error && typeof error.status === 'number') return error.status;
  return workosStatus(error.cause);
}
