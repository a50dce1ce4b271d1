import type { ReactNode } from 'react';
import { cn } from './cn.ts';

/**
 * A table. On a screen below 768 px (`narrow:`) each row is a stack of blocks, without column titles; a cell then shows its
 * `label`.
 */
export function Table({ caption, children }: { caption: string; children: ReactNode }) {
  return (
    <table className="block w-full text-left wide:table wide:table-fixed">
      <caption className="sr-only">{caption}</caption>
      {children}
    </table>
  );
}

export function TableHead({ children }: { children: ReactNode }) {
  return (
    <thead className="sr-only wide:not-sr-only wide:table-header-group">
      <tr>{children}</tr>
    </thead>
  );
}

/** A column title; `sort` is the current sort order of the column. */
export function ColumnTitle({
  sort,
  className,
  children,
}: {
  sort?: 'ascending' | 'descending';
  className?: string;
  children: ReactNode;
}) {
  return (
    <th
      scope="col"
      aria-sort={sort}
      className={cn('border-b border-border px-3 pb-2 text-sm font-normal text-muted-foreground', className)}
    >
      {children}
    </th>
  );
}

/** Rows of one item, with a border below. It is `relative`, so that a link can cover it. */
export function RowGroup({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <tbody
      id={id}
      className="relative block border-b border-border py-3 wide:table-row-group wide:py-0 [&:has(a:hover)]:bg-card"
    >
      {children}
    </tbody>
  );
}

export function Row({ children }: { children: ReactNode }) {
  return <tr className="block wide:table-row">{children}</tr>;
}

/** For cells that share a line when rows are stacked. */
export const INLINE_CELL =
  'narrow:mr-3 narrow:inline-flex narrow:max-w-full narrow:gap-1.5 narrow:[&>span]:w-auto';

/** A cell. `label` is the column title, shown beside the value when rows are stacked. */
export function Cell({
  label,
  colSpan,
  className,
  children,
}: {
  label?: string;
  colSpan?: number;
  className?: string;
  children?: ReactNode;
}) {
  return (
    <td
      colSpan={colSpan}
      className={cn(
        'flex items-baseline gap-3 py-1 wide:table-cell wide:px-3 wide:py-1.5 wide:align-middle',
        className,
      )}
    >
      {label && (
        <span aria-hidden className="w-24 shrink-0 text-sm text-muted-foreground wide:hidden">
          {label}
        </span>
      )}
      <div className="min-w-0 flex-1">{children}</div>
    </td>
  );
}
