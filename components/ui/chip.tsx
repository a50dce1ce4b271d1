import type { Route } from 'next';
import type { ReactNode } from 'react';
import { Link } from './link.tsx';

/** A filter as a link; the current one is marked. */
export function Chip<Path extends string>({
  href,
  current,
  children,
}: {
  href: Route<Path>;
  current: boolean;
  children: ReactNode;
}) {
  return (
    <Link
      href={href}
      aria-current={current ? 'true' : undefined}
      className="inline-flex min-h-8 items-center rounded-lg px-3 text-sm text-muted-foreground hover:text-foreground aria-[current]:bg-accent aria-[current]:text-primary"
    >
      {children}
    </Link>
  );
}
