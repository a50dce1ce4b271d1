import type { ReactNode } from 'react';

/** A filter as a link; the chosen one says so. */
export function Chip({ href, current, children }: { href: string; current: boolean; children: ReactNode }) {
  return (
    <a
      href={href}
      aria-current={current ? 'true' : undefined}
      className="inline-flex min-h-8 items-center rounded-box px-3 text-small text-muted hover:text-ink aria-[current]:bg-accent-soft aria-[current]:text-accent"
    >
      {children}
    </a>
  );
}
