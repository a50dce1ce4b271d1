import { z } from 'zod';

/** Rows in the longest page. */
export const MAX_PAGE = 1_000;

/** The number of rows for a page: a whole number from 1 to {@link MAX_PAGE}, whatever was asked for. */
export function pageSize(asked: number | undefined, byDefault: number): number {
  const size = Math.trunc(asked ?? byDefault) || byDefault;
  return Math.min(Math.max(1, size), MAX_PAGE);
}

/** PostgreSQL has no text with a NUL in it. */
const text = z.string().regex(/^[^\0]*$/);
const shape = z.tuple([text, text, text]);

/**
 * Where a page of a list ended: the order it was in, the sort value and the id of its last row. Opaque text for
 * a URL; it says nothing that the page did not show.
 */
export function encodeCursor(order: string, value: string, id: string): string {
  return Buffer.from(JSON.stringify([order, value, id])).toString('base64url');
}

/** What {@link encodeCursor} took, for the same order; undefined for anything else, which means the first page. */
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
