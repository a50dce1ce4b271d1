import { z } from 'zod';

/** Most rows in a page. */
const MAX_PAGE = 1_000;

/** The number of rows of a page: the requested one, rounded and limited to 1 to {@link MAX_PAGE}. */
export function pageSize(requested: number | undefined, defaultSize: number): number {
  const size = Math.trunc(requested ?? defaultSize) || defaultSize;
  return Math.min(Math.max(1, size), MAX_PAGE);
}

/** PostgreSQL text cannot contain NUL. */
const text = z.string().regex(/^[^\0]*$/);
const shape = z.tuple([text, text, text]);

/**
 * Encodes where a page ended: its order, and the sort value and id of its last row. Opaque text for a URL, with nothing
 * that the page does not show.
 */
export function encodeCursor(order: string, value: string, id: string): string {
  return Buffer.from(JSON.stringify([order, value, id])).toString('base64url');
}

/** Decodes a cursor of {@link encodeCursor}; undefined for another order or anything else, which means the first page. */
export function decodeCursor(
  order: string,
  cursor: string | undefined,
): { value: string; id: string } | undefined {
  if (cursor === undefined || cursor.length > 2_000) return undefined;
  let decoded: unknown;
  try {
    decoded = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  const parsed = shape.safeParse(decoded);
  if (!parsed.success || parsed.data[0] !== order) return undefined;
  return { value: parsed.data[1], id: parsed.data[2] };
}
