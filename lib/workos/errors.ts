/**
 * The WorkOS API could not be asked or gave no usable answer. The message names the operation and the status,
 * never a key, a token or a body.
 */
export class WorkosUnavailable extends Error {
  readonly code = 'workos_unavailable';
  /** HTTP status of the answer; undefined when there was none. */
  readonly status: number | undefined;

  constructor(operation: string, status?: number) {
    super(`WorkOS could not ${operation} (${status ?? 'no answer'}).`);
    this.name = 'WorkosUnavailable';
    this.status = status;
  }
}

/** HTTP status that an error of `@workos-inc/node` carries, if it carries one. */
export function workosStatus(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined;
}
