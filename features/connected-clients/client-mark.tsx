import type { ReactNode } from 'react';

/** The square in front of a client's name: its initials, and its logo on top of them. */
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
