import type { Route } from 'next';
import { Link } from '#components/ui/link.tsx';

export const VALIDATE_PATH = '/inspector/client-metadata' satisfies Route;
export const GENERATE_PATH = '/inspector/client-metadata/write' satisfies Route;

const PAGES = [
  { href: VALIDATE_PATH, label: 'Validate' },
  { href: GENERATE_PATH, label: 'Generate' },
] as const;

/** Path of the page that validates the document of a client. */
export const validationPath = (clientId: string) =>
  `${VALIDATE_PATH}?client_id=${encodeURIComponent(clientId)}` as const;

/** Links between the two pages about client metadata documents. */
export function ClientMetadataPages({ here }: { here: (typeof PAGES)[number]['href'] }) {
  return (
    <nav
      aria-label="Client metadata documents"
      className="mb-6 flex gap-1 overflow-x-auto border-b border-border"
    >
      {PAGES.map(({ href, label }) => (
        <Link
          key={href}
          href={href}
          aria-current={href === here ? 'page' : undefined}
          className="-mb-px flex min-h-10 items-center border-b-2 border-transparent px-3 text-sm whitespace-nowrap text-muted-foreground hover:text-foreground aria-[current=page]:border-primary aria-[current=page]:text-foreground"
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
