import { ArrowRight } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { PAGES } from '#lib/config/pages.ts';

/** Links to the pages that have a description. */
export function PageLinks() {
  const pages = PAGES.filter(({ description }) => description);
  if (pages.length === 0) return null;
  return (
    <nav
      aria-label="Pages"
      className="mt-24 grid gap-x-8 border-t border-border sm:auto-cols-fr sm:grid-flow-col"
    >
      {pages.map(({ path, label, description }) => (
        <Link key={path} href={path} className="group border-b border-border py-6 sm:border-none">
          <span className="inline-flex items-center gap-2 font-medium">
            {label}
            <ArrowRight size={16} aria-hidden className="transition-transform group-hover:translate-x-1" />
          </span>
          <span className="mt-1 block text-sm text-muted-foreground">{description}</span>
        </Link>
      ))}
    </nav>
  );
}
