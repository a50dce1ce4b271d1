import type { ReactNode } from 'react';

/** The square that stands for a client: its initials, and its logo on top of them. */
export function ClientMark({ children }: { children: ReactNode }) {
  return (
    <span
      aria-hidden
      className="relative flex size-10 shrink-0 items-center justify-center overflow-hidden rounded-lg bg-muted text-sm text-muted-foreground"
    >
      {children}
    </span>
  );
}
