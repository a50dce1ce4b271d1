import { useState } from 'react';
import { cn } from '#components/ui/cn.ts';
import { duration } from './call-state.tsx';
import { ExchangeDetail } from './exchange-detail.tsx';
import { outcome } from './sequence-row.tsx';
import type { Row } from './state.ts';

const MAX_SHOWN = 60;

/** The requests of calls, the newest first. */
export function RequestList({ rows }: { rows: readonly Row[] }) {
  const [open, setOpen] = useState<string>();
  const numbered = rows
    .map((row, index) => ({ row, number: index + 1 }))
    .filter(({ row }) => row.step === 'mcp' || row.step === 'refresh');
  if (numbered.length === 0) return <p className="text-sm text-muted-foreground">No requests yet</p>;
  return (
    <ol className="divide-y divide-border">
      {numbered
        .slice(-MAX_SHOWN)
        .reverse()
        .map(({ row, number }) => (
          <li key={row.id}>
            <button
              type="button"
              aria-expanded={open === row.id}
              onClick={() => setOpen(open === row.id ? undefined : row.id)}
              className="printed flex min-h-10 w-full items-baseline gap-2 rounded-sm px-1 py-2 text-left text-sm hover:bg-muted"
            >
              <span className="shrink-0 text-muted-foreground tabular-nums">{number}</span>
              <code className="min-w-0 flex-1 truncate">{row.title}</code>
              <span
                className={cn(
                  'shrink-0 font-mono tabular-nums',
                  row.error === undefined ? 'text-muted-foreground' : 'text-destructive',
                )}
              >
                {outcome(row)}
              </span>
              {row.durationMs > 0 && (
                <span className="shrink-0 text-muted-foreground tabular-nums">
                  {duration(row.durationMs)}
                </span>
              )}
            </button>
            {open === row.id && (
              <div className="pb-2">
                <ExchangeDetail exchange={row} />
              </div>
            )}
          </li>
        ))}
    </ol>
  );
}
