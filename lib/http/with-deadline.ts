/**
 * The result of `work`, or of `late` when the work takes longer. The work itself goes on; its result is dropped.
 *
 * @param milliseconds - that the work may take
 * @param late - returns what to use instead, or throws
 * @example
 * await withDeadline(query(), 2_000, () => {
 *   throw new Error('The database is slow.');
 * });
 */
export async function withDeadline<T>(work: Promise<T>, milliseconds: number, late: () => T): Promise<T> {
  const { promise: expired, resolve: expire } = Promise.withResolvers<void>();
  const timer = setTimeout(expire, milliseconds);
  try {
    return await Promise.race([work, expired.then(late)]);
  } finally {
    clearTimeout(timer);
  }
}
