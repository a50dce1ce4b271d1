import type { ReactNode } from 'react';

/** The header of a page: its `h1`, a sentence, and actions for the whole page. */
export function PageHeader({
  title,
  lead,
  actions,
}: {
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-8 gap-y-4 pt-8 pb-6 sm:pt-12">
      <div className="min-w-0 max-w-[65ch]">
        <h1 className="text-3xl break-words">{title}</h1>
        {lead && <p className="mt-2 text-muted-foreground">{lead}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
