import { ChevronRight } from '#components/ui/icons.tsx';
import type { App } from '#lib/connections/app-queries.ts';
import { type ListQuery, listHref } from '../search-params.ts';

/** The list with the connections of an app below its row, or without them when they are shown now. */
export const unfoldHref = (query: ListQuery, { key, latest }: App) =>
  `${listHref(query, { open: query.open === key ? undefined : key })}#app-${latest.id}` as '/clients';

/** Whether the connections of an app are shown. */
export function UnfoldMark({ open }: { open: boolean }) {
  return (
    <ChevronRight size={14} aria-hidden className={`mr-0.5 inline align-[-2px] ${open ? 'rotate-90' : ''}`} />
  );
}
