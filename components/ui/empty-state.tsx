import type { ReactNode } from 'react';
import type { Icon } from './icons.tsx';

/** An empty list: the reason, and what to do next. */
export function EmptyState({
  icon: Icon,
  title,
  children,
}: {
  icon: Icon;
  title: string;
  children?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center rounded-lg border border-dashed border-border px-6 py-12 text-center">
      <Icon size={16} aria-hidden className="text-muted-foreground" />
      <p className="mt-3 font-medium">{title}</p>
      {children && (
        <div className="mt-1 max-w-[52ch] text-sm text-balance text-muted-foreground">{children}</div>
      )}
    </div>
  );
}
