import { Link } from '#components/ui/link.tsx';

const PAGES = [
  { href: '/inspector/client-metadata', label: 'Check a document' },
  { href: '/inspector/client-metadata/write', label: 'Write a document' },
] as const;

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
