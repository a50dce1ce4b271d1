import { HttpError } from '../http/http-error.ts';

type Page<T> = { items: T[]; metadata: { before: string | null; after: string | null } };

/**
 * One page of a list, by the parameters of the WorkOS API: `limit` (1 to 100, default 10), `order` (`desc`, newest
 * first, or `asc`), and `before` or `after` the id of an item.
 *
 * @param newestFirst - the whole list
 * @throws {HttpError} 422 for parameters out of range
 */
export function page<T extends { id: string }>(newestFirst: readonly T[], query: URLSearchParams): Page<T> {
  const limit = Number(query.get('limit') ?? '10');
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw new HttpError(422, 'unprocessable_entity', 'limit must be from 1 to 100');
  const order = query.get('order') ?? 'desc';
  if (order !== 'asc' && order !== 'desc')
    throw new HttpError(422, 'unprocessable_entity', 'order must be asc or desc');

  const list = order === 'desc' ? newestFirst : newestFirst.toReversed();
  const before = query.get('before');
  const after = query.get('after');
  const position = (id: string) => list.findIndex((item) => item.id === id);
  let start = after === null ? 0 : position(after) + 1;
  let end = Math.min(start + limit, list.length);
  if (before !== null) {
    end = Math.max(position(before), 0);
    start = Math.max(end - limit, 0);
  }
  const items = list.slice(start, end);
  return {
    items,
    metadata: {
      before: start > 0 ? (items[0]?.id ?? null) : null,
      after: end < list.length ? (items.at(-1)?.id ?? null) : null,
    },
  };
}
