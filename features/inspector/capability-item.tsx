import type { ReactNode } from 'react';
import { sanitize } from '#lib/text/sanitize.ts';
import { LazyDetails } from './lazy-details.tsx';

/** A tool, resource or prompt of a server: its name, and on expansion its description and how to use it. */
export function CapabilityItem({
  name,
  title,
  description,
  badges,
  children,
}: {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  badges?: ReactNode;
  children: ReactNode;
}) {
  return (
    <li>
      <LazyDetails
        className="rounded-lg border border-border bg-card"
        summaryClass="px-4 py-3"
        summary={
          <>
            <code className="text-sm wrap-anywhere">{sanitize(name, 200)}</code>
            {title && title !== name && (
              <span className="ml-2 text-sm text-muted-foreground">{sanitize(title, 120)}</span>
            )}
            {badges && <span className="ml-2 inline-flex flex-wrap gap-1 align-middle">{badges}</span>}
          </>
        }
      >
        <div className="space-y-4 border-t border-border px-4 py-4">
          {description && (
            <p className="max-w-[65ch] text-sm text-muted-foreground">{sanitize(description, 2000)}</p>
          )}
          {children}
        </div>
      </LazyDetails>
    </li>
  );
}
